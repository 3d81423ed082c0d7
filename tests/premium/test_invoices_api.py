"""Invoices over HTTP, after fixed ledgers were published."""

from typing import Any

import pytest_asyncio

from tests.kit.running import Running

from . import given

ONE = 12_090
"""Yen of the worked example under a comprehensive agreement."""


@pytest_asyncio.fixture(autouse=True, scope="module", loop_scope="session")
async def _rulebook(premium: Running) -> None:
    await given.the_settlement_methods(premium)
    await given.agreement_told(premium)


async def read(premium: Running, path: str = "", **params: Any) -> Any:
    """Your company reads its invoices."""
    headers = premium.caller("invoices:read")
    answer = await premium.client.get(f"/v1/invoices{path}", params=params, headers=headers)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def invoice_of(premium: Running, ledger: given.FixedLedger) -> dict[str, Any]:
    """Read the one invoice of a fixed ledger."""
    found = await read(premium, limit=100, sort="-updated_at")
    [invoice] = [it for it in found["items"] if it["fixed_ledger_id"] == ledger.fixed_ledger_id]
    whole: dict[str, Any] = await read(premium, f"/{invoice['id']}")
    return whole


async def test_a_fixed_ledger_is_invoiced_on_its_day(premium: Running) -> None:
    """Given two contracts that became final on 30 November, then they are due on 19 December."""
    histories = [given.applied(given.policy_number()) for _ in range(2)]

    ledger = await given.applied_and_final(premium, *histories)

    invoice = await invoice_of(premium, ledger)
    assert (invoice["status"], invoice["issued_on"], invoice["due_on"]) == (
        "ISSUED",
        "2026-11-30",
        "2026-12-19",
    )
    assert invoice["total"] == {"amount": str(2 * ONE), "currency": "JPY"}
    assert (invoice["line_count"], invoice["waiting_count"], invoice["sample"]) == (2, 0, True)
