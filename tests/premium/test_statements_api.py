"""Calculation statements over HTTP: every premium of an invoice in its parts, as a file."""

import csv
import json
from decimal import ROUND_HALF_UP, Decimal
from io import BytesIO
from math import floor

import httpx
import pytest
import pytest_asyncio
from python_calamine import CalamineWorkbook

from libs.common import exports
from tests.kit import then
from tests.kit.running import Running

from . import given, invoicing
from .invoicing import ONE, invoice_of, refused


@pytest_asyncio.fixture(autouse=True, scope="module", loop_scope="session")
async def _rulebook(premium: Running) -> None:
    await given.the_settlement_methods(premium)
    await given.agreement_told(premium)


async def statement(premium: Running, invoice_id: str, **wish: str) -> httpx.Response:
    """Your company takes a calculation statement as a file."""
    headers = premium.caller("invoices:read")
    path = f"/v1/invoices/{invoice_id}/export"
    answer = await premium.client.get(path, params=wish, headers=headers)
    assert answer.status_code == 200, answer.text
    return answer


async def test_a_reader_can_work_every_premium_out_again(premium: Running) -> None:
    """Given a statement, when its figures are multiplied by hand, then each part comes out."""
    baht = {"currency": "THB", "pre_shipment_amount": "1000.55", "post_shipment_amount": "900"}
    await given.exchange_rates(premium, ("THB", "2026-01-01", "93.5"))
    ledger = await invoicing.applied_and_final(
        premium, given.applied(given.policy_number(), **baht)
    )
    invoice = await invoice_of(premium, ledger)

    told = (await statement(premium, invoice["id"], format="jsonl")).text.splitlines()

    rows = [json.loads(line) for line in told]
    assert [row["phase"] for row in rows] == ["PRE_SHIPMENT", "POST_SHIPMENT"]
    for row in rows:
        figure = {name: Decimal(value) for name, value in row.items() if name in NUMBERS}
        insured = floor(figure["amount_in_currency"] * figure["exchange_rate"])
        exact = figure["daily_rate"] * figure["days"] + figure["least_rate"]
        rate = exact.quantize(Decimal("0.001"), ROUND_HALF_UP)
        factors = figure["cover_adjustment"] * figure["product_coefficient"]
        assert insured == figure["insured"]
        assert rate == figure["base_rate"]
        assert floor(insured * rate / 100 * factors) == figure["part_premium"]
    assert sum(int(row["part_premium"]) for row in rows) == int(rows[0]["premium"])
    assert (rows[0]["amount"], rows[1]["amount"]) == (invoice["total"]["amount"], None)


NUMBERS = {
    "amount_in_currency",
    "exchange_rate",
    "insured",
    "days",
    "daily_rate",
    "least_rate",
    "base_rate",
    "cover_adjustment",
    "product_coefficient",
    "part_premium",
}


async def test_a_premium_of_nothing_stands_in_the_statement_too(premium: Running) -> None:
    """Given a contract reduced to nothing, then its line has no part and gives all back."""
    first = given.applied(given.policy_number())
    await invoicing.applied_and_final(premium, first)
    nothing = {"pre_shipment_amount": "0", "post_shipment_amount": "0", "history_number": "01"}
    ledger = await invoicing.applied_and_final(premium, first | nothing, month="2026-12")
    invoice = await invoice_of(premium, ledger)

    answer = await statement(premium, invoice["id"])

    [row] = csv.DictReader(answer.text.splitlines())
    assert (row["phase"], row["part_premium"]) == ("", "")
    assert (row["premium"], row["already_invoiced"], row["amount"]) == ("0", str(ONE), str(-ONE))
    assert row["history_number"] == "01"


async def test_a_statement_is_named_after_its_invoice(premium: Running) -> None:
    """Given a statement as a workbook, then its name is the invoice's and its yen are numbers."""
    ledger = await invoicing.applied_and_final(premium, given.applied(given.policy_number()))
    invoice = await invoice_of(premium, ledger)

    answer = await statement(premium, invoice["id"], format="xlsx")

    name = f"statement-{invoice['invoice_number']}.xlsx"
    assert f'filename="{name}"' in answer.headers["content-disposition"]
    head, *rows = (
        CalamineWorkbook.from_filelike(BytesIO(answer.content)).get_sheet_by_index(0).to_python()
    )
    amounts = [row[head.index("amount")] for row in rows]
    assert amounts == [ONE, ""]


async def test_a_statement_has_a_bound_as_a_workbook_only(
    premium: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Given more rows than a workbook may have, when taken, then as text all are there."""
    monkeypatch.setattr(exports, "MAX_ROWS", 1)
    ledger = await invoicing.applied_and_final(premium, given.applied(given.policy_number()))
    invoice = await invoice_of(premium, ledger)

    workbook = await refused(premium, f"/{invoice['id']}/export?format=xlsx")
    text = await statement(premium, invoice["id"], format="jsonl")

    problem = then.refused(workbook, 422, "validation-failed", "statement-too-long-for-workbook")
    assert "csv" in problem["detail"]
    assert len(text.text.splitlines()) > 1
