"""Rows by hand over HTTP: drafted, tried, submitted; judged and applied as files are."""

import asyncio
import json
import zlib
from typing import Any

import pytest
from sqlalchemy import text

from services.ledger.actions.processing import carry_out_next
from services.ledger.queries import changes
from tests.kit import then
from tests.kit.engines import ROOT
from tests.kit.running import Running
from tests.ledger import given
from tests.ledger.entering import GOOD, PATH, Desk, application, applied, as_entry, rows_of
from tests.ledger.given import TOTO
from tests.ledger.hostile import NAME, judged, row

pytestmark = pytest.mark.usefixtures("august_25", "nothing_waits")


async def test_a_trial_finds_what_a_file_would_and_stores_nothing(ledger: Running) -> None:
    """Given a draft with faults, when it is tried, then each is pointed at in both languages."""
    desk = Desk(ledger)
    settlements = [GOOD["settlements"][0] | {"settlement_principal": "1"}]
    draft = await desk.drafts(**application(payer_code="9999999", settlements=settlements))

    found = await desk.asks(draft)

    assert {(it["rule"], it["pointer"], *it["item_nos"]) for it in found} >= {
        ("L042", "#/payer_code", 25),
        ("L063", "#/post_shipment_amount", 35, 41),
    }
    assert "9999999" in found[0]["detail"]
    english = await desk.asks(draft, "en")
    assert english[0]["detail"] == "Buyer code 9999999 is not registered. Register the buyer first."
    assert (await desk.reads(draft["id"])).json() == draft


async def test_the_entry_of_the_documents_is_taken_in(ledger: Running) -> None:
    """Given the body that the reference shows, when somebody sends just that, then it is good."""
    desk = Desk(ledger)
    number = application()["policy_number"]

    entered = await desk.submits(await desk.drafts(**_documented() | {"policy_number": number}))

    assert entered.json()["status"] == "APPLIED"


def _documented() -> dict[str, Any]:
    document = json.loads((ROOT / "openapi.json").read_text(encoding="utf-8"))
    body = document["paths"]["/v1/ledger-entries"]["post"]["requestBody"]["content"]
    example: dict[str, Any] = body["application/json"]["example"]
    return example


async def test_an_entry_with_errors_is_refused_and_stays_a_draft(ledger: Running) -> None:
    """Given a draft with an error, when it is submitted, then 422 points at it, repeating nothing.

    Mended, it is taken in.
    """
    desk = Desk(ledger)
    draft = await desk.drafts(**application(payer_code="9999999"))

    refused = await desk.submits(draft)

    [item] = then.refused(refused, 422, "business-rule-violated", "entry-not-acceptable")["errors"]
    assert (item["pointer"], item["item_no"], item["params"]) == (
        "#/payer_code",
        25,
        {"rule": "L042"},
    )
    assert "9999999" not in refused.text
    mended = (await desk.changes(draft, payer_code="3344550")).json()
    assert (await desk.submits(mended)).json()["status"] == "APPLIED"


@pytest.mark.parametrize("name", ["errors1", "errors1_change"])
async def test_a_row_by_hand_is_judged_as_in_a_file(ledger: Running, name: str) -> None:
    """Given every row of a fixture, when tried by hand and alone in a file, then all is found."""
    desk = Desk(ledger)
    compared = 0
    for cells in rows_of((given.FIXTURES / name / "submit.cp932.csv").read_bytes()):
        begun = await desk.begins(**as_entry(cells))
        if begun.status_code == 422:
            continue  # what is no day or number in JSON is refused where it is typed
        by_hand = await desk.asks(begun.json())
        content = (",".join(cells) + "\r\n").encode("cp932")
        _, found = await judged(ledger, content)
        assert _told(by_hand) == _told([it for it in found if it["row"] is not None])
        compared += 1

    assert compared >= 9


def _told(found: list[dict[str, Any]]) -> list[tuple[object, ...]]:
    told = ("rule", "severity", "item_nos", "code", "params", "detail", "detail_en")
    return [tuple(it[name] for name in told) for it in found]


async def test_a_submitted_entry_is_a_contract_as_from_a_file(ledger: Running) -> None:
    """Given the same row by hand and in a file, when both are taken in, then nothing differs."""
    by_file = await given.contract(ledger)
    entry = await applied(Desk(ledger))
    other = {"policy_number", "upload_id", "updated_at", "known_from", "version"}

    [mine] = (await given.contract_of(ledger, entry["policy_number"], TOTO))["branches"]
    [theirs] = (await given.contract_of(ledger, by_file, TOTO))["branches"]

    assert (mine["upload_id"], mine["upload_row"]) == (entry["id"], 1)
    assert {name: it for name, it in mine.items() if name not in other} == {
        name: it for name, it in theirs.items() if name not in other
    }


async def test_the_others_hear_of_it_as_of_a_file(ledger: Running) -> None:
    """Given an entry that is taken in, when its transaction ends, then the contract is told."""
    entry = await applied(Desk(ledger))

    bucket = zlib.crc32(entry["policy_number"].encode()) % 16
    told = [data for _, data in await then.told(ledger, str(bucket), TOTO)]
    [fact] = [data for data in told if data["upload_id"] == entry["id"]]
    [history] = fact["histories"]
    assert history["policy_number"] == entry["policy_number"]


async def test_what_is_warned_of_stays_with_the_entry(ledger: Running) -> None:
    """Given an application of another day, when it is taken in, then its warning is kept."""
    entry = await applied(Desk(ledger), application_date="2026-08-24")

    [warning] = entry["warnings"]
    assert (warning["rule"], warning["severity"], warning["pointer"]) == (
        "L053",
        "WARNING",
        "#/application_date",
    )
    assert entry["deemed_received_on"] == "2026-08-25"
    assert entry["allowed_actions"] == []


async def test_a_contract_is_corrected_by_hand(ledger: Running) -> None:
    """Given a contract, when its goods are corrected by hand, then it has a new revision."""
    desk = Desk(ledger)
    number = (await applied(desk))["policy_number"]
    draft = await desk.drafts(
        processing="CORRECT",
        policy_number=number,
        applicant_code=TOTO,
        application_date="2026-08-25",
        goods_hs_code="841370",
    )

    answer = await desk.submits(draft)

    assert answer.status_code == 200, answer.text
    [branch] = (await given.contract_of(ledger, number, TOTO))["branches"]
    assert (branch["goods_hs_code"], branch["revision"]) == ("841370", 1)


async def test_an_answer_that_was_lost_is_given_again(ledger: Running) -> None:
    """Given a submitted entry, when the same request comes again, then it has the same answer."""
    desk = Desk(ledger)
    draft = await desk.drafts(**application())

    first = await desk.submits(draft, "lost")
    again = await desk.submits(draft, "lost")

    assert first.status_code == 200, first.text
    assert (again.json(), again.headers["idempotency-replayed"]) == (first.json(), "true")


async def test_of_two_entries_of_one_policy_one_is_taken(ledger: Running) -> None:
    """Given two drafts under one number, when both are submitted at once, then one is refused."""
    desk = Desk(ledger)
    twins = application()
    drafts = [await desk.drafts(**twins), await desk.drafts(**twins)]

    answers = await asyncio.gather(*map(desk.submits, drafts))

    taken, refused = sorted(answers, key=lambda it: it.status_code)
    assert taken.status_code == 200, taken.text
    [item] = then.refused(refused, 422, "business-rule-violated", "entry-not-acceptable")["errors"]
    assert (item["pointer"], item["params"]["rule"]) == ("#/policy_number", "L034")


async def test_an_entry_waits_for_a_file_but_not_for_long(
    ledger: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Given a file that is just being applied, when an entry is submitted, then it is told to wait.

    Files go on beside each other, and when they are through, the entry is taken in.
    """
    monkeypatch.setattr(
        changes, "_LONGEST_WAIT", text("SELECT set_config('lock_timeout', '50ms', true)")
    )
    desk = Desk(ledger)
    draft = await desk.drafts(**application())

    async with ledger.databases.tenant(TOTO) as part, ledger.databases.tenant(TOTO) as other:
        await changes.beside_others(part)
        await changes.beside_others(other)
        early = await desk.submits(draft)

    problem = then.refused(early, 409, "state-conflict", "ledger-being-applied")
    assert (problem["retryable"], early.headers["retry-after"]) == (True, "5")
    assert (await desk.submits(draft)).status_code == 200


async def test_an_entry_does_not_overtake_a_file(ledger: Running) -> None:
    """Given a file submitted but not read yet, when its policy is entered, then it waits.

    When the file has been applied, the entry is judged by what the file did.
    """
    desk = Desk(ledger)
    draft = await desk.drafts(**application(policy_number="1020010035726910900"))
    sent = await _file_of(ledger, "910900", mode="SUBMIT")

    early = await desk.submits(draft)

    problem = then.refused(early, 409, "state-conflict", "ledger-being-applied")
    assert (problem["retryable"], early.headers["retry-after"]) == (True, "5")
    assert (await given.worked_off(ledger, sent, TOTO))["status"] == "APPLIED"
    late = await desk.submits(draft)
    [item] = then.refused(late, 422, "business-rule-violated", "entry-not-acceptable")["errors"]
    assert item["params"]["rule"] == "L034"


@pytest.mark.parametrize("acceptance", ["PER_POLICY", "ALL_OR_NOTHING"])
async def test_a_file_keeps_only_its_own_policies_waiting(ledger: Running, acceptance: str) -> None:
    """Given a file that is read but not applied yet, when policies are entered, one has to wait.

    Whatever the file does not hold is taken in before it.
    """
    desk = Desk(ledger)
    serial = {"PER_POLICY": "910903", "ALL_OR_NOTHING": "910905"}[acceptance]
    own = await desk.drafts(**application(policy_number=f"1020010035726{serial}"))
    other = await desk.drafts(**application(policy_number=f"1020010035726{int(serial) + 1}"))
    sent = await _file_of(ledger, serial, mode="SUBMIT", acceptance=acceptance)
    await carry_out_next(ledger.databases, ledger.app.state.files)

    waits = await desk.submits(own)
    goes_first = await desk.submits(other)

    then.refused(waits, 409, "state-conflict", "ledger-being-applied")
    assert goes_first.status_code == 200, goes_first.text
    assert (await given.worked_off(ledger, sent, TOTO))["status"] == "APPLIED"


async def test_a_file_on_trial_keeps_no_entry_waiting(ledger: Running) -> None:
    """Given a dry run not taken up yet, when the same policy is entered, then it is taken in."""
    desk = Desk(ledger)
    draft = await desk.drafts(**application(policy_number="1020010035726910901"))
    await _file_of(ledger, "910901", mode="DRY_RUN")

    answer = await desk.submits(draft)

    assert answer.status_code == 200, answer.text


async def _file_of(ledger: Running, serial: str, **said: str) -> str:
    """A file of one policy has been handed in; gives its id."""
    content = row(c3=serial.encode())
    sent = await given.handed_in(
        ledger, content, tenant=TOTO, file_name=NAME, declared_count="1", **said
    )
    upload_id: str = sent.json()["id"]
    return upload_id


async def test_entries_are_listed_by_what_they_are(ledger: Running) -> None:
    """Given drafts and what was taken in, when listed by state and number, then those come."""
    desk = Desk(ledger)
    entry = await applied(desk)
    await desk.drafts(processing="CHANGE", policy_number=entry["policy_number"])

    answer = await ledger.client.get(
        PATH,
        params={"policy_number": entry["policy_number"], "processing": "NEW", "status": "APPLIED"},
        headers=desk.headers(),
    )

    [listed] = answer.json()["items"]
    assert (listed["id"], listed["policy_number"]) == (entry["id"], entry["policy_number"])
