"""Contracts over HTTP: as they stand, as they held on a day, as they were known at a moment."""

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from libs.common import clock
from libs.common.dates import JAPAN
from services.ledger.domain.partition import POLICY_ITEMS
from tests.kit import then
from tests.kit.running import Running
from tests.ledger import given
from tests.ledger.given import TOTO

AUGUST_25 = datetime(2026, 8, 25, 10, 15, tzinfo=JAPAN)
DAY = timedelta(days=1)

Move = Callable[[datetime], None]


@pytest.fixture
def move_clock(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Move:
    """The business clock of one test, on 25 August 2026 until it is moved."""
    file = tmp_path / "clock.json"
    monkeypatch.setenv("MOYAI_CLOCK_FILE", str(file))
    clock.move(file, AUGUST_25)
    return lambda to: clock.move(file, to)


async def test_a_history_says_when_it_became_final_and_was_invoiced(
    ledger: Running, move_clock: Move
) -> None:
    """Given a contract that becomes final, when it is read before and after, then it is said."""
    number = await given.contract(ledger)
    [applied] = await given.histories_of(ledger, number, TOTO)

    ledger_id = await given.fixed_ledger(ledger, number)
    [final] = await given.histories_of(ledger, number, TOTO)
    await given.invoiced(ledger, ledger_id)
    [invoiced] = await given.histories_of(ledger, number, TOTO)

    told = [(it["finalised_on"], it["invoiced_on"]) for it in (applied, final, invoiced)]
    assert told == [(None, None), ("2026-08-31", None), ("2026-08-31", "2026-08-31")]


async def test_what_was_known_earlier_is_told_as_it_was(ledger: Running, move_clock: Move) -> None:
    """Given a contract, final, then reduced to zero, when asked of each moment, then as it was."""
    number = await given.contract(ledger)
    await given.invoiced(ledger, await given.fixed_ledger(ledger, number))
    move_clock(AUGUST_25 + 20 * DAY)
    upload = await _changed(ledger, _to_zero(number))
    assert upload["status"] == "APPLIED", await given.findings(ledger, upload["id"], TOTO)

    moments = (AUGUST_25 + DAY, AUGUST_25 + 10 * DAY, AUGUST_25 + 21 * DAY)
    asked = [{"known_at": it.isoformat()} for it in moments]
    then_known = [await given.contract_of(ledger, number, TOTO, **it) for it in asked]

    now = await given.contract_of(ledger, number, TOTO)
    assert [it["status"] for it in (*then_known, now)] == [
        "APPLIED", "IN_FORCE", "TERMINATED", "TERMINATED",
    ]  # fmt: skip
    [first] = then_known[0]["branches"]
    assert (first["history_number"], first["finalised_on"], first["valid_to"]) == ("00", None, None)
    [last] = now["branches"]
    assert (last["history_number"], last["status"]) == ("01", "REDUCED_TO_ZERO")
    assert now["version"] == then_known[0]["version"] == 2


async def test_each_day_has_the_state_that_holds_on_it(ledger: Running, move_clock: Move) -> None:
    """Given a change from 10 September, when days around it are asked, then each has its state."""
    number = await given.contract(ledger)
    await given.invoiced(ledger, await given.fixed_ledger(ledger, number))
    move_clock(AUGUST_25 + 20 * DAY)
    await _changed(ledger, _to_zero(number))

    answers = [
        await given.contract_of(ledger, number, TOTO, as_of=day)
        for day in ("2026-07-17", "2026-07-18", "2026-09-09", "2026-09-10")
    ]

    assert answers[0]["code"] == "not-found"
    found = [it["branches"][0]["history_number"] for it in answers[1:]]
    assert found == ["00", "00", "01"]


async def test_a_cancelled_contract_has_no_amounts(ledger: Running, move_clock: Move) -> None:
    """Given a contract applied for by mistake, when cancelled, then it is there, for nothing."""
    number = await given.contract(ledger)

    upload = await _changed(ledger, _row(number, processing_type="5", history_number="00"))

    assert upload["status"] == "APPLIED", await given.findings(ledger, upload["id"], TOTO)
    contract = await given.contract_of(ledger, number, TOTO)
    assert (contract["status"], contract["totals"]) == ("CANCELLED", [])
    [branch] = contract["branches"]
    assert (branch["status"], branch["revision"]) == ("CANCELLED", 0)


async def test_facts_of_a_correction_have_its_revision(ledger: Running, move_clock: Move) -> None:
    """Given a contract, when it is corrected, then the others hear its next revision."""
    number = await given.contract(ledger)
    upload = await _changed(
        ledger, _row(number, processing_type="4", goods_hs_code="841370", history_number="00")
    )

    told = [
        (it["history_number"], it["revision"], it["status"])
        for bucket in range(16)
        for _, data in await then.told(ledger, str(bucket), TOTO)
        if data["upload_id"] == upload["id"]
        for it in data["histories"]
    ]

    assert told == [("00", 1, "ACTIVE")]


def _row(number: str, **items: str) -> bytes:
    """A change record of one of 東都機械貿易's policies; what is not named is blank."""
    parts = (number[:2], number[2:11], number[11:13], number[13:])
    named = dict(zip(POLICY_ITEMS, parts, strict=True)) | {"applicant_code": TOTO}
    return given.change_row(**named | {"application_date": "260914"} | items)


def _to_zero(number: str) -> bytes:
    amounts = ("contract_principal", "pre_shipment_amount", "post_shipment_amount")
    return _row(
        number,
        processing_type="2",
        contract_change_date="260910",
        change_reason="02",
        shipment_flag="2",
        settlement_flag_1="2",
        settlement_principal_1="0",
        **dict.fromkeys(amounts, "0"),
    )


async def _changed(ledger: Running, row: bytes) -> dict[str, Any]:
    sent = await given.handed_in(
        ledger,
        row,
        tenant=TOTO,
        file_name=f"{uuid4().hex}.csv",
        declared_count="1",
        mode="SUBMIT",
    )
    return await given.worked_off(ledger, sent.json()["id"], TOTO)
