"""Contracts as a file: a line for each branch as it stands, in the form somebody asks for."""

import csv
import io
import json
from typing import Any

import pytest
from python_calamine import CalamineWorkbook

from libs.common import exports
from services.ledger.queries import branches
from tests.kit import then
from tests.kit.running import Running
from tests.ledger import rounds
from tests.ledger.domain import changing
from tests.ledger.rounds import Holder, MoveClock

TUESDAY = "2026-08-25T10:15:00"
PATH = "ledger-contracts/export"


async def _lines(holder: Holder, **query: str) -> list[dict[str, Any]]:
    answer = await holder.gets(PATH, format="jsonl", **query)
    assert answer.status_code == 200, answer.text
    return [json.loads(line) for line in answer.text.splitlines()]


async def test_each_branch_is_a_line_as_it_stands(ledger: Running, clock_at: MoveClock) -> None:
    """Given two contracts, one corrected, when taken as a file, then each has its last state."""
    clock_at(TUESDAY)
    holder = await rounds.holder(ledger)
    corrected, other = await holder.applies(2)
    await holder.asks(corrected, changing.correction())

    lines = await _lines(holder)

    told = [(it["policy_number"], it["goods_hs_code"], it["revision"]) for it in lines]
    assert told == [(corrected, "848180", "1"), (other, "847989", "0")]
    assert (lines[0]["contract_status"], lines[0]["branch_number"]) == ("APPLIED", "00")
    assert lines[0]["settlement_principal_1"] == "250000"


async def test_a_file_has_what_the_list_would(ledger: Running, clock_at: MoveClock) -> None:
    """Given contracts of two files, when one upload is asked for, then only its are there."""
    clock_at(TUESDAY)
    holder = await rounds.holder(ledger)
    await holder.applies()
    [number] = await holder.applies()
    upload = (await holder.reads(f"ledger-contracts/{number}"))["upload_id"]

    [line] = await _lines(holder, upload_id=upload)

    assert line["policy_number"] == number
    assert await _lines(holder, upload_id="100% '; DROP") == []


async def test_contracts_are_opened_in_a_spreadsheet(ledger: Running, clock_at: MoveClock) -> None:
    """Given a contract, when taken as CSV and as a workbook, then digits and numbers are right."""
    clock_at(TUESDAY)
    holder = await rounds.holder(ledger)
    [number] = await holder.applies()

    text = await holder.gets(PATH, charset="cp932")
    book = await holder.gets(PATH, format="xlsx")

    [line] = csv.DictReader(io.StringIO(text.content.decode("cp932")))
    assert (line["policy_number"], line["revision"]) == (number, "0")
    head, row = (
        CalamineWorkbook.from_filelike(io.BytesIO(book.content)).get_sheet_by_index(0).to_python()
    )
    cells = dict(zip(head, row, strict=True))
    assert (cells["policy_number"], cells["contract_principal"]) == (number, 250000)


async def test_many_contracts_are_read_part_by_part(
    ledger: Running, clock_at: MoveClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Given more contracts than are read at once, when taken, then each comes once, in order."""
    monkeypatch.setattr(branches, "_CONTRACTS_AT_ONCE", 2)
    clock_at(TUESDAY)
    holder = await rounds.holder(ledger)
    numbers = await holder.applies(5)

    assert [it["policy_number"] for it in await _lines(holder)] == sorted(numbers)


async def test_too_many_branches_are_no_file(
    ledger: Running, clock_at: MoveClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Given more branches than a file may have, when they are asked for, then that is said."""
    monkeypatch.setattr(exports, "MAX_ROWS", 1)
    clock_at(TUESDAY)
    holder = await rounds.holder(ledger)
    await holder.applies(2)

    then.refused(await holder.gets(PATH), 422, "validation-failed", "export-too-large")


async def test_a_file_has_nobody_elses_contracts(ledger: Running, clock_at: MoveClock) -> None:
    """Given one holder's contract, when another takes its own as a file, then it is empty."""
    clock_at(TUESDAY)
    await (await rounds.holder(ledger)).applies()

    assert await _lines(await rounds.holder(ledger)) == []
