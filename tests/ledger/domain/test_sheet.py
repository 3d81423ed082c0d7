"""A ledger as a sheet: what is stored is written out as people write it."""

import polars as pl

from services.ledger.domain.sheet import written_out
from services.ledger.domain.states import ITEMS
from services.ledger.domain.telling import settlements, spread_settlements
from tests.ledger.domain import given

_PLAIN = [item.name for item in ITEMS if item.slot is None]


def _line(settled: str | None, **items: str) -> pl.DataFrame:
    """One line as it is read: text in every column."""
    cells = dict.fromkeys(_PLAIN) | items | {"settlements": settled}
    return pl.DataFrame([cells], schema=dict.fromkeys(cells, pl.String()))


def test_settlements_are_read_back_as_they_were_written() -> None:
    """Given two settlements written as JSON, when they are read, then each is in its slot again."""
    accepted = given.judged(given.in_two_settlements()).accepted
    written = accepted.select(settlements([1, 2]))

    [read] = spread_settlements(written).to_dicts()

    assert (read["settlement_method_1"], read["usance_period_1"]) == ("41", "90")
    assert (read["settlement_method_2"], read["due_date_2"]) == ("49", "2027-02-26")
    assert read["settlement_principal_2"] == "125000.00"
    assert read["due_date_1"] is None
    assert {read[f"settlement_method_{slot}"] for slot in (3, 4, 5)} == {None}


def test_an_empty_slot_stays_empty_between_others() -> None:
    """Given settlements in slots 1 and 3, when written out, then the second slot is blank."""
    line = _line('[{"slot":1,"settlement_method":"41"},{"slot":3,"settlement_method":"60"}]')

    sheet = written_out(line, [f"settlement_method_{slot}" for slot in range(1, 6)])

    assert sheet.row(0) == ("41", None, "60", None, None)


def test_amounts_lose_the_zeros_that_say_nothing() -> None:
    """Given amounts and a rate as stored, when written out, then none is longer than it must be."""
    line = _line(
        '[{"slot":1,"settlement_principal":"1000.00"}]',
        contract_principal="250000.00",
        pre_shipment_amount="238500.50",
        post_shipment_amount="0.00",
        exchange_rate="148.2500",
    )
    names = ["contract_principal", "pre_shipment_amount", "post_shipment_amount", "exchange_rate"]

    sheet = written_out(line, [*names, "settlement_principal_1"])

    assert sheet.row(0) == ("250000", "238500.5", "0", "148.25", "1000")


def test_a_flag_is_1_or_nothing() -> None:
    """Given one flag that is set and one that is not, when written out, then it is as in files."""
    line = _line("[]", effectuation_condition_flag="t", other_insurance_flag="f")

    sheet = written_out(line, ["effectuation_condition_flag", "other_insurance_flag"])

    assert sheet.row(0) == ("1", None)


def test_a_line_without_a_history_has_blank_items() -> None:
    """Given a line of a refused row, when written out, then all items are blank."""
    sheet = written_out(_line(None), [item.name for item in ITEMS])

    assert set(sheet.row(0)) == {None}
