"""Contracts over HTTP: as they stand, as they held on a day, as they were known at a moment."""

from typing import Any
from uuid import uuid4

from services.ledger.domain.partition import POLICY_ITEMS
from tests.kit import then
from tests.kit.running import Running
from tests.ledger import given
from tests.ledger.given import TOTO
from tests.ledger.rounds import MoveClock

AUGUST_25, SEPTEMBER_14 = "2026-08-25T10:15:00", "2026-09-14T10:15:00"


async def test_a_history_says_when_it_became_final_and_was_invoiced(
    ledger: Running, clock_at: MoveClock
) -> None:
    """Given a contract that becomes final, when it is read before and after, then it is said."""
    clock_at(AUGUST_25)
    number = await given.contract(ledger)
    [applied] = await given.histories_of(ledger, number, TOTO)

    ledger_id = await given.fixed_ledger(ledger, number)
    [final] = await given.histories_of(ledger, number, TOTO)
    await given.invoiced(ledger, ledger_id)
    [invoiced] = await given.histories_of(ledger, number, TOTO)

    told = [(it["finalised_on"], it["invoiced_on"]) for it in (applied, final, invoiced)]
    assert told == [(None, None), ("2026-08-31", None), ("2026-08-31", "2026-08-31")]


async def test_what_was_known_earlier_is_told_as_it_was(
    ledger: Running, clock_at: MoveClock
) -> None:
    """Given a contract, final, then reduced to zero, when asked of each moment, then as it was."""
    clock_at(AUGUST_25)
    number = await given.contract(ledger)
    await given.invoiced(ledger, await given.fixed_ledger(ledger, number))
    clock_at(SEPTEMBER_14)
    upload = await _changed(ledger, _to_zero(number))
    assert upload["status"] == "APPLIED", await given.findings(ledger, upload["id"], TOTO)

    days = ("2026-08-26", "2026-09-04", "2026-09-15")
    then_known = [
        await given.contract_of(ledger, number, TOTO, known_at=f"{day}T00:00:00Z") for day in days
    ]

    now = await given.contract_of(ledger, number, TOTO)
    assert [it["status"] for it in (*then_known, now)] == [
        "APPLIED", "IN_FORCE", "TERMINATED", "TERMINATED",
    ]  # fmt: skip
    [first] = then_known[0]["branches"]
    assert (first["history_number"], first["finalised_on"], first["valid_to"]) == ("00", None, None)
    [last] = now["branches"]
    assert (last["history_number"], last["status"]) == ("01", "REDUCED_TO_ZERO")
    assert now["version"] == then_known[0]["version"] == 2


async def test_each_day_has_the_state_that_holds_on_it(
    ledger: Running, clock_at: MoveClock
) -> None:
    """Given a change from 10 September, when days around it are asked, then each has its state."""
    clock_at(AUGUST_25)
    number = await given.contract(ledger)
    await given.invoiced(ledger, await given.fixed_ledger(ledger, number))
    clock_at(SEPTEMBER_14)
    await _changed(ledger, _to_zero(number))

    answers = [
        await given.contract_of(ledger, number, TOTO, as_of=day)
        for day in ("2026-07-17", "2026-07-18", "2026-09-09", "2026-09-10")
    ]

    assert answers[0]["code"] == "not-found"
    found = [it["branches"][0]["history_number"] for it in answers[1:]]
    assert found == ["00", "00", "01"]


async def test_a_cancelled_contract_has_no_amounts(ledger: Running, clock_at: MoveClock) -> None:
    """Given a contract applied for by mistake, when cancelled, then it is there, for nothing."""
    clock_at(AUGUST_25)
    number = await given.contract(ledger)

    upload = await _changed(ledger, _row(number, processing_type="5", history_number="00"))

    assert upload["status"] == "APPLIED", await given.findings(ledger, upload["id"], TOTO)
    contract = await given.contract_of(ledger, number, TOTO)
    assert (contract["status"], contract["totals"]) == ("CANCELLED", [])
    [branch] = contract["branches"]
    assert (branch["status"], branch["revision"]) == ("CANCELLED", 0)


async def test_facts_of_a_correction_have_its_revision(
    ledger: Running, clock_at: MoveClock
) -> None:
    """Given a contract, when it is corrected, then the others hear its next revision."""
    clock_at(AUGUST_25)
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
