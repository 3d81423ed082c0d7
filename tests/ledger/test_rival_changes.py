"""Two who want something of one contract at once: they are judged in turn, and told the truth."""

import asyncio
from typing import Any

from services.ledger.actions.processing import carry_out_next
from services.ledger.domain.partition import POLICY_ITEMS
from tests.kit.running import Running
from tests.ledger import given, rounds
from tests.ledger.rounds import Holder, MoveClock

TUESDAY, WEDNESDAY = "2026-08-25T10:15:00", "2026-08-26T09:00:00"
MONTH_END, SEPTEMBER = "2026-08-31T09:00:00", "2026-09-14T10:15:00"


async def test_of_two_changes_the_second_is_judged_by_what_the_first_made(
    ledger: Running, clock_at: MoveClock
) -> None:
    """Given two files with a contract's first change, when two workers take them, one is late."""
    holder, number = await _final(ledger, clock_at)
    first = await _sent(ledger, holder, _change(holder, number, "841370"))
    second = await _sent(ledger, holder, _change(holder, number, "850440"))

    await asyncio.gather(*(_work_off(ledger) for _ in range(2)))

    statuses = [(await _upload(ledger, holder, it))["status"] for it in (first, second)]
    assert statuses == ["APPLIED", "INVALID"]
    found = await given.findings(ledger, second, holder.code)
    assert [it["rule"] for it in found if it["severity"] == "ERROR"] == ["L111"]
    histories = await given.histories_of(ledger, number, holder.code)
    assert [it["goods_hs_code"] for it in histories] == ["847989", "841370"]


async def test_a_correction_comes_before_the_months_end_or_after_it(
    ledger: Running, clock_at: MoveClock
) -> None:
    """Given a correction as the month is closed, when both act at once, then they agree."""
    clock_at(TUESDAY)
    holder = await rounds.holder(ledger)
    [number] = await holder.applies()
    clock_at(WEDNESDAY)
    await holder.is_shown()
    clock_at(MONTH_END)
    upload_id = await _sent(ledger, holder, _correction(holder, number))

    closed, _ = await asyncio.gather(
        holder.staff("fixed-ledgers", agreement_code=holder.agreement_code, month="2026-08"),
        _work_off(ledger),
    )

    upload = await _upload(ledger, holder, upload_id)
    [history] = await given.histories_of(ledger, number, holder.code)
    if upload["status"] == "APPLIED":
        # Corrected first: what was shown is no more, and the month had nothing to make final.
        assert (closed.status_code, history["finalised_on"]) == (409, None), closed.text
        assert history["revision"] == 1
    else:
        found = await given.findings(ledger, upload_id, holder.code)
        refused = [(it["rule"], it["code"]) for it in found if it["severity"] == "ERROR"]
        assert refused == [("L105", "awaiting-invoice")]
        assert (history["revision"], history["finalised_on"]) == (0, "2026-08-31")


async def test_all_or_nothing_leaves_the_good_changes_undone(
    ledger: Running, clock_at: MoveClock
) -> None:
    """Given a good change beside a bad one, when all or nothing is asked, then nothing is done."""
    holder, number = await _final(ledger, clock_at)
    good = _change(holder, number, "841370")
    bad = _change(holder, number[:-6] + "999999", "841370")

    upload_id = await _sent(ledger, holder, good + bad, count=2, acceptance="ALL_OR_NOTHING")
    await _work_off(ledger)

    assert (await _upload(ledger, holder, upload_id))["status"] == "INVALID"
    assert len(await given.histories_of(ledger, number, holder.code)) == 1


async def _final(ledger: Running, clock_at: MoveClock) -> tuple[Holder, str]:
    clock_at(TUESDAY)
    holder = await rounds.holder(ledger)
    [number] = await holder.applies()
    clock_at(WEDNESDAY)
    await holder.is_shown()
    clock_at(MONTH_END)
    closed = await holder.is_closed("2026-08")
    await given.invoiced(ledger, closed["id"], holder.code)
    clock_at(SEPTEMBER)
    return holder, number


def _change(holder: Holder, number: str, goods: str) -> bytes:
    told = {"processing_type": "2", "history_number": "01", "application_date": "260914"}
    why = {"contract_change_date": "260910", "change_reason": "04", "goods_hs_code": goods}
    return given.change_row(**_policy(holder, number) | told | why)


def _correction(holder: Holder, number: str) -> bytes:
    told = {"processing_type": "4", "application_date": "260831", "goods_hs_code": "841370"}
    return given.change_row(**_policy(holder, number) | told)


def _policy(holder: Holder, number: str) -> dict[str, str]:
    parts = (number[:2], number[2:11], number[11:13], number[13:])
    return dict(zip(POLICY_ITEMS, parts, strict=True)) | {"applicant_code": holder.code}


async def _sent(
    ledger: Running, holder: Holder, content: bytes, count: int = 1, **fields: str
) -> str:
    sent = await given.handed_in(
        ledger,
        content,
        tenant=holder.code,
        file_name="舫商事.csv",
        declared_count=str(count),
        mode="SUBMIT",
        **fields,
    )
    upload_id: str = sent.json()["id"]
    return upload_id


async def _upload(ledger: Running, holder: Holder, upload_id: str) -> dict[str, Any]:
    return await given.worked_off(ledger, upload_id, holder.code)


async def _work_off(ledger: Running) -> None:
    while await carry_out_next(ledger.databases, ledger.app.state.files):
        pass
