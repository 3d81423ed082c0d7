"""Check ledgers over HTTP: published once a period, read by line, confirmed by their holder."""

import asyncio
import json

import pytest

from services.ledger.actions import processing
from tests.kit import then
from tests.kit.running import Running
from tests.ledger import rounds
from tests.ledger.rounds import MoveClock

TUESDAY = "2026-08-25T10:15:00"
WEDNESDAY = "2026-08-26T09:00:00"
NEXT_WEDNESDAY = "2026-09-02T09:00:00"
WHOLLY = {"acceptance": "ALL_OR_NOTHING"}


async def test_what_was_received_until_yesterday_is_shown(
    ledger: Running, clock_at: MoveClock
) -> None:
    """Given contracts of Tuesday and of today, when staff publish, then Tuesday's are shown."""
    clock_at(TUESDAY)
    holder = await rounds.holder(ledger)
    of_tuesday = await holder.applies(2)
    clock_at(WEDNESDAY)
    await holder.applies()

    published = await holder.is_shown()

    assert (published["from_on"], published["to_on"]) == ("2026-08-19", "2026-08-25")
    assert (published["published_on"], published["status"]) == ("2026-08-26", "PUBLISHED")
    assert (published["line_count"], published["marked_count"]) == (2, 0)
    assert published["sample"] is False
    shown = await holder.lines(published)
    assert [it["policy_number"] for it in shown] == of_tuesday
    assert {(it["kind"], it["mark"], it["branch_number"]) for it in shown} == {
        ("CONTRACT", None, "00")
    }


async def test_what_was_shown_is_not_shown_again(ledger: Running, clock_at: MoveClock) -> None:
    """Given one ledger with a contract, when the next is published, then it has only new ones."""
    clock_at(TUESDAY)
    holder = await rounds.holder(ledger)
    await holder.applies()
    clock_at(WEDNESDAY)
    await holder.is_shown()
    new = await holder.applies()
    clock_at(NEXT_WEDNESDAY)

    second = await holder.is_shown()

    assert (second["from_on"], second["to_on"]) == ("2026-08-26", "2026-09-01")
    assert [it["policy_number"] for it in await holder.lines(second)] == new


async def test_nothing_received_is_nothing_shown(ledger: Running, clock_at: MoveClock) -> None:
    """Given a holder that sent nothing, when staff publish, then there is nothing to publish."""
    clock_at(WEDNESDAY)
    holder = await rounds.holder(ledger)

    answer = await holder.staff("check-ledgers", agreement_code=holder.agreement_code)

    then.refused(answer, 409, "state-conflict", "nothing-to-publish")
    assert (await holder.reads("check-ledgers"))["items"] == []


async def test_of_one_period_there_is_one_ledger(ledger: Running, clock_at: MoveClock) -> None:
    """Given a contract, when three publish it at once and one later, then it is one ledger."""
    clock_at(TUESDAY)
    holder = await rounds.holder(ledger)
    await holder.applies()
    clock_at(WEDNESDAY)

    twins = await asyncio.gather(*(holder.is_shown() for _ in range(3)))
    later = await holder.is_shown()

    assert {it["id"] for it in (*twins, later)} == {later["id"]}
    listed = await holder.reads("check-ledgers", agreement_code=holder.agreement_code)
    assert [it["id"] for it in listed["items"]] == [later["id"]]
    told = await then.told(ledger, later["id"], holder.code)
    assert [kind for kind, _ in told] == ["ledger.check_ledger.published.v1"]


async def test_the_others_hear_of_it(ledger: Running, clock_at: MoveClock) -> None:
    """Given a contract, when it is shown and confirmed, then both are told with their counts."""
    clock_at(TUESDAY)
    holder = await rounds.holder(ledger)
    await holder.applies()
    clock_at(WEDNESDAY)
    published = await holder.is_shown()

    await holder.confirms(published)

    expected = {
        "check_ledger_id": published["id"],
        "agreement_code": holder.agreement_code,
        "policyholder_code": holder.code,
        "from_on": "2026-08-19",
        "to_on": "2026-08-25",
        "published_on": "2026-08-26",
        "line_count": 1,
        "marked_count": 0,
        "refused_count": 0,
    }
    assert await then.told(ledger, published["id"], holder.code) == [
        ("ledger.check_ledger.published.v1", expected),
        ("ledger.check_ledger.confirmed.v1", expected),
    ]


async def test_its_holder_confirms_it_once(ledger: Running, clock_at: MoveClock) -> None:
    """Given a ledger, when its holder confirms it, twice and with one key, then it is confirmed."""
    clock_at(TUESDAY)
    holder = await rounds.holder(ledger)
    await holder.applies()
    clock_at(WEDNESDAY)
    published = await holder.is_shown()

    confirmed = await holder.confirms(published, **{"Idempotency-Key": "checked"})
    replayed = await holder.confirms(published, **{"Idempotency-Key": "checked"})
    stale = await holder.confirms(published)
    again = await holder.confirms(confirmed.json())

    assert published["allowed_actions"] == ["CONFIRM"]
    assert (confirmed.json()["status"], confirmed.json()["allowed_actions"]) == ("CONFIRMED", [])
    assert (replayed.json(), replayed.headers["idempotency-replayed"]) == (confirmed.json(), "true")
    then.refused(stale, 412, "precondition-failed")
    then.refused(again, 409, "state-conflict", "already-confirmed")


async def test_rows_refused_at_upload_stand_beside_what_was_stored(
    ledger: Running, clock_at: MoveClock
) -> None:
    """Given a row of an unknown buyer, when the good one is shown, then its error is, too, once."""
    clock_at(TUESDAY)
    holder = await rounds.holder(ledger)
    upload, numbers = await holder.sends({}, {"payer_code": "9999999"})
    clock_at(WEDNESDAY)

    published = await holder.is_shown()

    assert (published["line_count"], published["refused_count"]) == (2, 1)
    [refused] = await holder.lines(published, kind="REFUSED")
    assert (refused["upload_id"], refused["upload_row"]) == (upload["id"], 2)
    assert (refused["policy_number"], refused["revision"]) == (numbers[1], None)
    assert [it["rule"] for it in refused["errors"]] == refused["rules"] == ["L042"]
    assert refused["errors_total"] == 1
    assert all(it["detail"] and it["detail_en"] for it in refused["errors"])
    clock_at(NEXT_WEDNESDAY)
    answer = await holder.staff("check-ledgers", agreement_code=holder.agreement_code)
    then.refused(answer, 409, "state-conflict", "nothing-to-publish")


async def test_a_row_whose_errors_were_too_many_to_keep_still_says_why_it_was_refused(
    ledger: Running, clock_at: MoveClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Given 102 errors of which 100 are kept, when shown, then every row names its rules.

    As a file it says in both languages what is not kept in words.
    """
    monkeypatch.setattr(processing, "FINDINGS_KEPT", 100)
    clock_at(TUESDAY)
    holder = await rounds.holder(ledger)
    wrong = {"payer_code": "9999999", "delivery_terms": "8"}
    upload, _ = await holder.sends(*({} | wrong for _ in range(51)))
    clock_at(WEDNESDAY)

    published = await holder.is_shown()

    kept = upload["findings_kept"] - upload["warning_count"]
    assert (upload["error_count"], kept) == (102, 100)
    *_, whole, last = await holder.lines(published, limit="51")
    assert [len(it["errors"]) for it in (whole, last)] == [2, 0]
    assert whole["rules"] == last["rules"] == ["L025", "L042"]
    assert whole["errors_total"] == last["errors_total"] == 2
    exported = await holder.gets(f"check-ledgers/{published['id']}/export", format="jsonl")
    *_, written = map(json.loads, exported.text.splitlines())
    assert (written["rules"], written["errors_total"]) == ("L025 L042", "2")
    assert written["errors_ja"].startswith("(ファイル全体のエラーが多いため、このうち2件")
    assert written["errors_en"].startswith("(2 of these are not kept in words")


async def test_of_a_file_refused_as_a_whole_the_wrong_rows_are_shown(
    ledger: Running, clock_at: MoveClock
) -> None:
    """Given a file of all or nothing with one wrong row, when shown, then that row is, alone."""
    clock_at(TUESDAY)
    holder = await rounds.holder(ledger)
    upload, numbers = await holder.sends_saying(WHOLLY, {}, {"payer_code": "9999999"})
    clock_at(WEDNESDAY)

    published = await holder.is_shown()

    assert upload["status"] == "INVALID"
    assert (published["line_count"], published["refused_count"]) == (1, 1)
    [refused] = await holder.lines(published)
    assert (refused["policy_number"], refused["upload_row"]) == (numbers[1], 2)
    assert "L042" in {it["rule"] for it in refused["errors"]}


async def test_what_is_refused_as_it_is_applied_is_shown_and_a_trial_is_not(
    ledger: Running, clock_at: MoveClock
) -> None:
    """Given a good trial whose number is taken meanwhile, when submitted, then its row is shown.

    A trial alone asks for nothing, and is on no ledger.
    """
    clock_at(TUESDAY)
    holder = await rounds.holder(ledger)
    row = {"serial_number": "000777"}
    await holder.sends_saying(WHOLLY | {"mode": "DRY_RUN"}, {"payer_code": "9999999"})
    tried, _ = await holder.sends_saying(WHOLLY | {"mode": "DRY_RUN"}, row)
    await holder.sends(row)
    submitted = await holder.submits(tried)
    clock_at(WEDNESDAY)

    published = await holder.is_shown()

    assert (tried["status"], submitted["status"]) == ("READY", "INVALID")
    [refused] = await holder.lines(published, kind="REFUSED")
    assert (refused["upload_id"], [it["rule"] for it in refused["errors"]]) == (
        tried["id"],
        ["L034"],
    )


async def test_osaka_shows_on_its_own_days(ledger: Running, clock_at: MoveClock) -> None:
    """Given a holder of the Osaka branch, when shown on the 31st, then from the 20th, as sample."""
    clock_at("2026-08-25T10:15:00")
    holder = await rounds.holder(ledger, office="15")
    await holder.applies()
    clock_at("2026-08-31T06:30:00")

    published = await holder.is_shown()

    assert (published["from_on"], published["to_on"]) == ("2026-08-20", "2026-08-30")
    assert (published["branch_office_code"], published["sample"]) == ("15", True)


async def test_another_policyholders_ledger_is_not_found(
    ledger: Running, clock_at: MoveClock
) -> None:
    """Given a ledger, when another policyholder reads or confirms it, then it is not there."""
    clock_at(TUESDAY)
    holder, stranger = await rounds.holder(ledger), await rounds.holder(ledger)
    await holder.applies()
    clock_at(WEDNESDAY)
    published = await holder.is_shown()
    path = f"check-ledgers/{published['id']}"

    answers = [
        await stranger.gets(path),
        await stranger.gets(f"{path}/lines"),
        await stranger.gets(f"{path}/export"),
        await stranger.confirms(published),
    ]
    wrong = await stranger.staff("check-ledgers", agreement_code=holder.agreement_code)

    for answer in answers:
        then.refused(answer, 404, "not-found", "check-ledger-not-found")
    then.refused(wrong, 404, "not-found", "agreement-not-found")


async def test_ledgers_are_found_by_day_and_state(ledger: Running, clock_at: MoveClock) -> None:
    """Given two ledgers, one confirmed, when they are filtered, then each is found by its own."""
    clock_at(TUESDAY)
    holder = await rounds.holder(ledger)
    await holder.applies()
    clock_at(WEDNESDAY)
    first = await holder.is_shown()
    await holder.confirms(first)
    await holder.applies()
    clock_at(NEXT_WEDNESDAY)
    second = await holder.is_shown()

    async def found(**params: str) -> list[str]:
        return [it["id"] for it in (await holder.reads("check-ledgers", **params))["items"]]

    assert await found() == [first["id"], second["id"]]
    assert await found(sort="-published_on") == [second["id"], first["id"]]
    assert await found(status="CONFIRMED") == [first["id"]]
    assert await found(published_on_from="2026-08-27") == [second["id"]]
    assert await found(published_on_to="2026-08-26") == [first["id"]]
    assert await found(updated_at_from="2026-09-01T00:00:00Z") == [second["id"]]
    assert await found(agreement_code="999999999") == []
