"""Layouts over HTTP: described column by column, and as sheets to fill in."""

import csv
import io
import zipfile
from typing import Any

import httpx
import pytest
from python_calamine import CalamineWorkbook

from services.ledger.domain.layout import BY_CODE
from tests.kit import then
from tests.kit.running import Running


async def _gets(ledger: Running, path: str, language: str = "ja", **query: str) -> httpx.Response:
    headers = ledger.caller("ledger-layouts:read") | {"Accept-Language": language}
    return await ledger.client.get(f"/v1/ledger-layouts{path}", params=query, headers=headers)


async def _columns(ledger: Running, layout: str) -> dict[str, dict[str, Any]]:
    answer = await _gets(ledger, f"/{layout}")
    assert answer.status_code == 200, answer.text
    return {f"{it['field']}_{it['slot'] or 0}": it for it in answer.json()["columns"]}


async def test_every_layout_says_how_it_is_recognised(ledger: Running) -> None:
    """Given both layouts, when they are listed, then columns and bytes tell their forms apart."""
    answer = await _gets(ledger, "")

    forms = {
        (it["layout"], form["settlement_slots"]): (form["column_count"], form["record_bytes"])
        for it in answer.json()["items"]
        for form in it["forms"]
    }
    assert forms == {
        ("2103", 2): (49, 353),
        ("2103", 5): (70, 491),
        ("2110", 2): (57, 369),
        ("2110", 5): (81, 510),
    }


async def test_a_column_says_what_it_holds(ledger: Running) -> None:
    """Given new applications, when read, then each column tells place, kind, codes and need."""
    columns = await _columns(ledger, "2103")

    assert len(columns) == 70
    assert columns["payer_code_0"] == {
        "position": 25,
        "column": "Y",
        "item_no": 25,
        "slot": None,
        "field": "payer_code",
        "name_ja": "支払人",
        "name_en": "payer code",
        "kind": "BUYER_CODE",
        "width": 7,
        "decimals": None,
        "byte_from": 185,
        "justified": "LEFT",
        "code_table": None,
        "codes": [],
        "mandatory_for": ["NEW"],
        "clearable": False,
    }
    assert columns["currency_code_0"]["code_table"] == "currencies"
    assert columns["exchange_rate_0"]["decimals"] == 4
    assert columns["other_insurance_flag_0"]["codes"] == ["1"]
    assert columns["settlement_principal_5"]["justified"] == "RIGHT"


async def test_a_change_says_which_request_needs_an_item(ledger: Running) -> None:
    """Given changes, when read, then items tell the requests that need them or may clear them."""
    columns = await _columns(ledger, "2110")

    assert columns["processing_type_0"]["codes"] == ["2", "3", "4", "5"]
    assert columns["history_number_0"]["mandatory_for"] == ["CANCEL"]
    assert columns["change_reason_0"]["mandatory_for"] == ["CHANGE", "INCREASE"]
    assert columns["goods_hs_code_0"]["mandatory_for"] == ["INCREASE"]
    assert [columns[name]["clearable"] for name in ("guarantor_code_0", "payer_code_0")] == [
        True,
        False,
    ]


@pytest.mark.parametrize(("layout", "slots"), [("2103", 2), ("2103", 5), ("2110", 2), ("2110", 5)])
async def test_a_sheet_has_a_heading_for_every_column(
    ledger: Running, layout: str, slots: int
) -> None:
    """Given a layout, when its sheet is taken, then a row in CP932 names its items in order."""
    answer = await _gets(ledger, f"/{layout}/template", settlement_slots=str(slots))

    assert answer.headers["content-type"] == "text/csv; charset=cp932"
    [headings] = csv.reader(io.StringIO(answer.content.decode("cp932")))
    columns = BY_CODE[layout, slots].columns
    assert headings == [f"{it.item_no} {it.name_ja}{it.slot or ''}" for it in columns]


async def test_a_sheet_is_opened_in_any_spreadsheet(ledger: Running) -> None:
    """Given UTF-8 and English, when a sheet is taken, then it has a mark and English headings."""
    answer = await _gets(ledger, "/2110/template", "en", charset="utf-8-bom")

    headings = answer.content.decode("utf-8-sig").strip().split(",")
    assert answer.content.startswith(b"\xef\xbb\xbf")
    assert headings[0] == '"1 processing type"'
    assert headings[-1] == '"49 settlement interest2"'


async def test_a_workbook_keeps_leading_zeros_and_has_no_macros(ledger: Running) -> None:
    """Given a workbook, when it is looked into, then every column is text and nothing can run."""
    answer = await _gets(ledger, "/2103/template", format="xlsx")

    book = zipfile.ZipFile(io.BytesIO(answer.content))
    sheet = CalamineWorkbook.from_filelike(io.BytesIO(answer.content)).get_sheet_by_index(0)
    assert sheet.to_python()[0][:2] == ["1 証券番号:本支店", "2 証券番号:特約コード"]
    assert not [name for name in book.namelist() if "vba" in name.lower()]
    columns = book.read("xl/worksheets/sheet1.xml").decode().partition("<sheetData>")[0]
    assert '<col min="1" max="49" width="9.140625" style="1"/>' in columns
    assert 'formatCode="@"' in book.read("xl/styles.xml").decode()


async def test_there_are_no_other_layouts(ledger: Running) -> None:
    """Given a code nobody gave to a layout, when it is read, then there is none."""
    then.refused(await _gets(ledger, "/2104"), 404, "not-found", "layout-not-found")
    then.refused(await _gets(ledger, "/2104/template"), 404, "not-found", "layout-not-found")
