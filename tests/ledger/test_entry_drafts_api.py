"""Drafts of rows by hand over HTTP: begun, changed, deleted, and nobody else's."""

import pytest

from tests.kit import then
from tests.kit.running import Running
from tests.ledger.entering import PATH, Desk, application, applied

pytestmark = pytest.mark.usefixtures("august_25", "nothing_waits")


async def test_a_draft_may_lack_anything(ledger: Running) -> None:
    """Given nothing but its kind, when an entry is begun, then it is a draft to be filled in."""
    desk = Desk(ledger)

    answer = await desk.begins(processing="NEW")

    draft = answer.json()
    assert answer.headers["location"] == f"{PATH}/{draft['id']}"
    assert (answer.headers["etag"], draft["version"]) == ('"1"', 1)
    assert (draft["status"], draft["allowed_actions"]) == ("DRAFT", ["UPDATE", "SUBMIT", "DELETE"])
    assert (draft["payer_code"], draft["settlements"], draft["received_at"]) == (None, [], None)
    assert (await desk.reads(draft["id"])).json() == draft


async def test_what_is_typed_in_any_width_is_folded(ledger: Running) -> None:
    """Given codes in full width, when they are entered, then they are kept as they are meant."""
    draft = await Desk(ledger).drafts(processing="NEW", payer_code=" １２３４５６０ ")

    assert draft["payer_code"] == "1234560"


async def test_a_draft_changes_member_by_member(ledger: Running) -> None:
    """Given a draft, when some members are sent, then those change, and null takes away."""
    desk = Desk(ledger)
    draft = await desk.drafts(**application(reference_number="A"))

    answer = await desk.changes(draft, goods_hs_code="848180", reference_number=None)

    changed = answer.json()
    assert (changed["goods_hs_code"], changed["reference_number"]) == ("848180", None)
    assert changed["settlements"] == draft["settlements"]
    assert changed["version"] == 2
    then.refused(await desk.changes(draft, payer_code="1"), 412, "precondition-failed")


async def test_members_of_another_kind_are_pointed_at(ledger: Running) -> None:
    """Given a new application, when it gives a reason of change, then that does not belong."""
    desk = Desk(ledger)

    answer = await desk.begins(processing="NEW", change_reason="04")

    [item] = then.refused(answer, 422, "validation-failed", "not-of-this-processing")["errors"]
    assert (item["code"], item["pointer"]) == ("not-allowed-here", "#/change_reason")
    draft = await desk.drafts(processing="NEW")
    again = await desk.changes(draft, clear=["payer_code"])
    then.refused(again, 422, "validation-failed", "not-of-this-processing")


@pytest.mark.parametrize(
    ("member", "value"),
    [
        ("application_date", "260825"),
        ("contract_principal", 250000),
        ("other_insurance_flag", "1"),
        ("shipment_flag", "2"),
        ("settlements", [{"slot": 6}]),
        ("settlements", [{"slot": 1}, {"slot": 1}]),
        ("policy_number", "10-200100357-26-000001"),
        ("upload_id", "x"),
    ],
)
async def test_a_member_of_a_wrong_type_is_refused(
    ledger: Running, member: str, value: object
) -> None:
    """Given a member that is no item or of no item's type, when entered, then it is named."""
    answer = await Desk(ledger).begins(processing="NEW", **{member: value})

    [item] = then.refused(answer, 422, "validation-failed")["errors"]
    assert item["pointer"].startswith(f"#/{member}")


async def test_what_was_submitted_stays_as_it_is(ledger: Running) -> None:
    """Given an entry that was taken in, when it is changed or deleted, then it is too late."""
    desk = Desk(ledger)
    entry = await applied(desk)

    changed = await desk.changes(entry, payer_code="1")
    deleted = await ledger.client.delete(f"{PATH}/{entry['id']}", headers=desk.headers(entry))
    again = await desk.submits(entry)

    for answer in (changed, deleted, again):
        then.refused(answer, 409, "state-conflict", "entry-not-editable")


async def test_a_draft_is_deleted(ledger: Running) -> None:
    """Given a draft, when it is deleted, then it is gone."""
    desk = Desk(ledger)
    draft = await desk.drafts(processing="CANCEL")

    answer = await ledger.client.delete(f"{PATH}/{draft['id']}", headers=desk.headers(draft))

    assert answer.status_code == 204
    then.refused(await desk.reads(draft["id"]), 404, "not-found", "entry-not-found")


async def test_another_policyholders_entry_is_not_found(ledger: Running) -> None:
    """Given a draft, when another policyholder reads, changes or submits it, then it is not there.

    The same is said of an entry that nobody has.
    """
    draft = await Desk(ledger).drafts(**application())
    stranger = Desk(ledger, "061007700")

    for answer in (
        await stranger.reads(draft["id"]),
        await stranger.changes(draft, payer_code="1"),
        await stranger.submits(draft),
    ):
        then.refused(answer, 404, "not-found", "entry-not-found")
