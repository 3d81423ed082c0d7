"""Check and fixed ledgers as files: every item of every line, in the form somebody asks for."""

import csv
import io
import json
from datetime import date
from typing import Any

import pytest
from python_calamine import CalamineWorkbook

from services.ledger.api import ledger_files
from tests.kit import then
from tests.kit.running import Running
from tests.ledger import rounds
from tests.ledger.rounds import REASON, Holder, MoveClock

TUESDAY = "2026-08-25T10:15:00"
WEDNESDAY = "2026-08-26T09:00:00"
MONTH_END = "2026-08-31T09:00:00"


async def _shown(ledger: Running, clock_at: MoveClock) -> tuple[Holder, str, dict[str, Any]]:
    """A marked contract, a good one and a refused row; gives holder, path and the mark's reason."""
    clock_at(TUESDAY)
    holder = await rounds.holder(ledger)
    due = {"settlement_method_2": "49", "due_date_2": "270226", "settlement_principal_2": "125000"}
    two = {"settlement_principal_1": "125000", "effectuation_condition_flag": "1"}
    await holder.sends(
        {"insured_department": "機械第一部①"},
        due | two | {"effective_date": "260801"},
        {"payer_code": "9999999"},
    )
    clock_at(WEDNESDAY)
    published = await holder.is_shown()
    first = (await holder.lines(published))[0]["id"]
    reason = REASON | {"reason_ja": "=部署名𠮷をご確認ください"}
    marked = await holder.staff(f"check-ledger-lines/{first}/mark", **reason)
    assert marked.status_code == 200, marked.text
    return holder, f"check-ledgers/{published['id']}/export", reason


def _rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text, newline="")))


async def test_every_item_of_a_check_ledger_is_written_out(
    ledger: Running, clock_at: MoveClock
) -> None:
    """Given marked, good and refused lines, when taken as lines of JSON, then all is there."""
    holder, path, reason = await _shown(ledger, clock_at)

    answer = await holder.gets(path, format="jsonl")

    assert answer.status_code == 200, answer.text
    marked, good, refused = [json.loads(line) for line in answer.text.splitlines()]
    assert (marked["mark"], marked["reason_ja"]) == ("*", reason["reason_ja"])
    assert (good["mark"], good["reason_ja"], good["errors_ja"]) == ("OK", None, None)
    assert (
        good
        | {
            "kind": "CONTRACT",
            "applicant_code": holder.code,
            "processing_type": "1",
            "contract_date": "2026-07-18",
            "contract_principal": "250000",
            "pre_shipment_amount": "238500.5",
            "effectuation_condition_flag": "1",
            "other_insurance_flag": None,
            "payer_code": "3344550",
            "settlement_method_1": "41",
            "usance_period_1": "90",
            "due_date_2": "2027-02-26",
            "settlement_principal_2": "125000",
            "settlement_method_3": None,
        }
        == good
    )
    assert (refused["kind"], refused["mark"], refused["contract_date"]) == ("REFUSED", None, None)
    assert refused["errors_ja"].startswith("L042 バイヤーコード「9999999」")
    assert refused["errors_en"].startswith("L042 Buyer code 9999999")
    assert refused["upload_row"] == "3"


async def test_a_check_ledger_is_opened_in_a_japanese_spreadsheet(
    ledger: Running, clock_at: MoveClock
) -> None:
    """Given letters CP932 has and lacks, when taken in it, then those it lacks are 〓."""
    holder, path, _ = await _shown(ledger, clock_at)

    answer = await holder.gets(path, format="csv", charset="cp932")

    assert answer.headers["content-type"] == "text/csv; charset=cp932"
    assert ".csv" in answer.headers["content-disposition"]
    assert "機械第一部①".encode("cp932") in answer.content
    marked, *_ = _rows(answer.content.decode("cp932"))
    assert marked["insured_department"] == "機械第一部①"
    # What a spreadsheet would run as a formula is text to it.
    assert marked["reason_ja"] == "'=部署名〓をご確認ください"


async def test_a_check_ledger_is_a_workbook(ledger: Running, clock_at: MoveClock) -> None:
    """Given the same, when taken as a workbook, then numbers, days and codes keep their kind."""
    holder, path, _ = await _shown(ledger, clock_at)

    answer = await holder.gets(path, format="xlsx")

    sheet = CalamineWorkbook.from_filelike(io.BytesIO(answer.content)).get_sheet_by_index(0)
    head, _, good, _ = sheet.to_python()
    line = dict(zip(head, good, strict=True))
    assert (line["line"], line["contract_principal"]) == (2, 250000)
    assert line["due_date_2"] == date(2027, 2, 26)
    assert (line["currency_code"], line["branch_number"]) == ("001", "00")


async def test_a_fixed_ledger_is_written_out(ledger: Running, clock_at: MoveClock) -> None:
    """Given a final contract, when its ledger is taken, then it has the items as they were then."""
    clock_at(TUESDAY)
    holder = await rounds.holder(ledger)
    [number] = await holder.applies()
    clock_at(WEDNESDAY)
    await holder.is_shown()
    clock_at(MONTH_END)
    closed = await holder.is_closed("2026-08")

    answer = await holder.gets(f"fixed-ledgers/{closed['id']}/export", charset="utf-8-bom")

    [line] = _rows(answer.content.decode("utf-8-sig"))
    assert (line["line"], line["policy_number"], line["revision"]) == ("1", number, "0")
    assert (line["contract_number"], line["settlement_principal_1"]) == ("TKT-26-E01", "250000")


async def test_a_workbook_has_its_limit_and_text_has_not(
    ledger: Running, clock_at: MoveClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Given more lines than a workbook may have, when taken, then text is given, no workbook."""
    holder, path, _ = await _shown(ledger, clock_at)
    monkeypatch.setattr(ledger_files, "MAX_ROWS", 2)

    workbook = await holder.gets(path, format="xlsx")
    text = await holder.gets(path, format="csv")

    then.refused(workbook, 422, "validation-failed", "too-long-for-workbook")
    assert len(_rows(text.text)) == 3
