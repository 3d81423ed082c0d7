"""Procedures over HTTP: what was heard of, and what may be taken off the list."""

from uuid import uuid4

import httpx
import pytest

from libs.common.wire import new_id
from tests.kit import hearing, then
from tests.kit.running import Running
from tests.kit.stand_in_identity import OTHER_TENANT
from tests.underwriting import given

READ, WRITE = "procedures:read", "procedures:write"


async def read(service: Running, procedure_id: str) -> httpx.Response:
    """Read a procedure as its company."""
    return await service.client.get(f"/v1/procedures/{procedure_id}", headers=service.caller(READ))


async def dismissed(
    service: Running, procedure_id: str, version: int | None = 1, key: str = ""
) -> httpx.Response:
    """Dismiss a procedure as its company."""
    headers = service.caller(READ, WRITE) | {"Idempotency-Key": key or uuid4().hex}
    if version is not None:
        headers["If-Match"] = f'"{version}"'
    return await service.client.post(f"/v1/procedures/{procedure_id}/dismiss", headers=headers)


async def listed(service: Running, query: str = "") -> list[str]:
    """The ids of the procedures on the list."""
    answer = await service.client.get(
        f"/v1/procedures?limit=100&sort=-updated_at{query}", headers=service.caller(READ)
    )
    assert answer.status_code == 200, answer.text
    return [item["id"] for item in answer.json()["items"]]


async def test_a_ledger_handed_in_is_a_procedure(underwriting: Running) -> None:
    """Given a ledger, when it was received and judged, then the procedure shows the verdict."""
    procedure = await given.procedure(underwriting, "RECEIVED", "READY")

    shown = (await read(underwriting, procedure)).json()

    upload = procedure.replace("procedure_", "upload_")
    assert (shown["status"], shown["finished"], shown["version"]) == ("READY", False, 2)
    assert shown["resource_url"] == f"/v1/ledger-uploads/{upload}"
    assert (shown["kind"], shown["allowed_actions"]) == ("LEDGER_UPLOAD", [])
    assert shown["deadline_on"] is None


async def test_a_row_entered_by_hand_is_a_finished_procedure(underwriting: Running) -> None:
    """Given a row by hand, when it was taken in and is told twice, then it is listed once."""
    entry = new_id("entry")
    fact = await given.entry_told(underwriting, entry)
    await hearing.told_again(underwriting, fact)

    shown = (await read(underwriting, entry.replace("entry_", "procedure_"))).json()

    assert (shown["kind"], shown["status"], shown["finished"]) == ("LEDGER_ENTRY", "APPLIED", True)
    assert shown["title"] == "1020010035726000001"
    assert shown["resource_url"] == f"/v1/ledger-entries/{entry}"


async def test_a_notified_loss_is_a_procedure_with_its_deadline(underwriting: Running) -> None:
    """Given a loss notice, when it is filed, then its number, day and deadline are listed."""
    notice = new_id("loss_notice")
    await given.notice_told(underwriting, "submitted", notice)

    shown = (await read(underwriting, notice.replace("loss_notice_", "procedure_"))).json()

    assert (shown["kind"], shown["status"], shown["finished"]) == (
        "LOSS_NOTICE",
        "SUBMITTED",
        False,
    )
    assert (shown["title"], shown["reference_id"]) == ("LN26-000001", notice)
    assert (shown["received_on"], shown["deadline_on"]) == ("2026-11-18", "2026-11-20")
    assert shown["resource_url"] == f"/v1/loss-notices/{notice}"


async def test_a_withdrawn_notice_is_finished(underwriting: Running) -> None:
    """Given a filed notice, when it is withdrawn and told again, then it may be dismissed."""
    notice = new_id("loss_notice")
    await given.notice_told(underwriting, "submitted", notice)
    fact = await given.notice_told(underwriting, "withdrawn", notice)
    await hearing.told_again(underwriting, fact)

    answer = await dismissed(underwriting, notice.replace("loss_notice_", "procedure_"), version=2)

    assert (answer.status_code, answer.json()["status"]) == (200, "WITHDRAWN")


async def test_a_fact_told_twice_is_noted_once(underwriting: Running) -> None:
    """Given a fact that was handled, when it arrives again, then nothing changes."""
    procedure = await given.procedure(underwriting, "RECEIVED")
    upload = procedure.replace("procedure_", "upload_")
    fact = await given.upload_told(underwriting, "applied", upload, "APPLIED")
    before = (await read(underwriting, procedure)).json()

    await hearing.told_again(underwriting, fact)

    assert (await read(underwriting, procedure)).json() == before


@pytest.mark.parametrize("end", ["APPLIED", "INVALID", "CANCELLED", "FAILED"])
async def test_a_finished_procedure_is_taken_off_the_list(underwriting: Running, end: str) -> None:
    """Given a finished procedure, when dismissed, then only the list of dismissed ones has it."""
    procedure = await given.procedure(underwriting, end)

    answer = await dismissed(underwriting, procedure)

    assert (answer.status_code, answer.json()["dismissed"]) == (200, True)
    assert procedure not in await listed(underwriting)
    assert procedure in await listed(underwriting, "&dismissed=true")


async def test_an_open_procedure_stays_on_the_list(underwriting: Running) -> None:
    """Given a procedure under way, when dismissed, then it is refused."""
    procedure = await given.procedure(underwriting, "RECEIVED")

    answer = await dismissed(underwriting, procedure)

    then.refused(answer, 409, "state-conflict", "procedure-not-finished")
    assert procedure in await listed(underwriting)


async def test_news_puts_a_procedure_back_on_the_list(underwriting: Running) -> None:
    """Given a dismissed dry run, when it is submitted after all, then it is listed again."""
    procedure = await given.procedure(underwriting, "READY", mode="DRY_RUN")
    await dismissed(underwriting, procedure)
    upload = procedure.replace("procedure_", "upload_")

    await given.upload_told(underwriting, "applied", upload, "APPLIED")

    assert procedure in await listed(underwriting)


async def test_a_dismissal_repeated_is_answered_the_same(underwriting: Running) -> None:
    """Given a dismissal whose answer was lost, when sent again, then the first answer comes."""
    procedure = await given.procedure(underwriting, "APPLIED")
    key = uuid4().hex
    first = await dismissed(underwriting, procedure, key=key)

    again = await dismissed(underwriting, procedure, key=key)

    assert again.headers["idempotency-replayed"] == "true"
    assert again.json() == first.json()


async def test_a_dismissal_needs_the_version_that_was_read(underwriting: Running) -> None:
    """Given a finished procedure, when dismissed blindly or from an old version, then it stays."""
    procedure = await given.procedure(underwriting, "RECEIVED", "APPLIED")

    blind = await dismissed(underwriting, procedure, version=None)
    stale = await dismissed(underwriting, procedure, version=1)

    then.refused(blind, 428, "precondition-required")
    assert then.refused(stale, 412, "precondition-failed")["current_version"] == 2
    assert procedure in await listed(underwriting)


async def test_the_list_is_filtered(underwriting: Running) -> None:
    """Given procedures open and finished, when asked for one kind, then the other is missing."""
    under_way = await given.procedure(underwriting, "RECEIVED")
    invalid = await given.procedure(underwriting, "INVALID")

    assert under_way not in await listed(underwriting, "&finished=true")
    assert invalid not in await listed(underwriting, "&finished=false")
    assert invalid in await listed(underwriting, "&status=INVALID&status=FAILED")
    assert await listed(underwriting, "&updated_at_from=2099-01-01T00:00:00Z") == []


async def test_another_company_never_sees_it(underwriting: Running) -> None:
    """Given another company's procedure, when read or dismissed, then it is not there."""
    theirs = await given.procedure(underwriting, "APPLIED", tenant=OTHER_TENANT)

    then.refused(await read(underwriting, theirs), 404, "not-found", "procedure-not-found")
    then.refused(await dismissed(underwriting, theirs), 404, "not-found", "procedure-not-found")
    assert theirs not in await listed(underwriting)


async def test_to_dismiss_takes_a_right_of_its_own(underwriting: Running) -> None:
    """Given the right to read alone, when a procedure is dismissed, then 403 is the answer."""
    procedure = await given.procedure(underwriting, "APPLIED")

    answer = await underwriting.client.post(
        f"/v1/procedures/{procedure}/dismiss",
        headers=underwriting.caller(READ) | {"Idempotency-Key": "k", "If-Match": '"1"'},
    )

    assert answer.status_code == 403
