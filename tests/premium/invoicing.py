"""Fixed ledgers as premium is told of them, and the invoices that came of them."""

from dataclasses import dataclass
from itertools import count
from typing import Any

import httpx
from sqlalchemy import select

from libs.common.deliveries import Delivery
from services.premium import tables
from tests.kit import hearing, then
from tests.kit.running import Running
from tests.kit.stand_in_identity import TENANT

from . import given

ONE = 12_090
"""Yen of the worked example under a comprehensive agreement; premiums follow its amounts."""

_ledgers = count(1)


@dataclass(frozen=True)
class FixedLedger:
    """A fixed ledger as the ledger tells it: the lines of its parts, then itself."""

    fixed_ledger_id: str
    lines: list[dict[str, Any]]
    month: str
    published_on: str

    def published(self) -> dict[str, Any]:
        """The fact that it was published."""
        return {
            "fixed_ledger_id": self.fixed_ledger_id,
            "agreement_code": given.AGREEMENT,
            "policyholder_code": TENANT,
            "month": self.month,
            "published_on": self.published_on,
            "line_count": len(self.lines),
        }


def fixed_ledger(
    *histories: dict[str, Any], month: str = "2026-11", published_on: str = "2026-11-30"
) -> FixedLedger:
    """A fixed ledger nobody has told of yet, with these histories on its lines."""
    names = ("policy_number", "branch_number", "history_number", "revision")
    lines = [
        {"line": line} | {name: history[name] for name in names}
        for line, history in enumerate(histories, 1)
    ]
    return FixedLedger(f"fixed_ledger_{next(_ledgers):026d}", lines, month, published_on)


async def listed(service: Running, ledger: FixedLedger, at_once: int = 500) -> list[Delivery]:
    """Premium has heard the lines of a fixed ledger, so many in a fact."""
    key, kind = ledger.fixed_ledger_id, "ledger.fixed_ledger.listed.v1"
    parts = [ledger.lines[n : n + at_once] for n in range(0, len(ledger.lines), at_once)]
    return [
        await hearing.told(service, kind, key, {"fixed_ledger_id": key, "lines": part})
        for part in parts
    ]


async def published_ledger(service: Running, ledger: FixedLedger) -> Delivery:
    """Premium has heard that a fixed ledger was published."""
    key, kind = ledger.fixed_ledger_id, "ledger.fixed_ledger.published.v1"
    return await hearing.told(service, kind, key, ledger.published())


async def finalised(service: Running, *histories: dict[str, Any], **when: str) -> FixedLedger:
    """Histories have become final: premium has heard their ledger whole."""
    ledger = fixed_ledger(*histories, **when)
    await listed(service, ledger)
    await published_ledger(service, ledger)
    return ledger


async def applied_and_final(
    service: Running, *histories: dict[str, Any], **when: str
) -> FixedLedger:
    """Histories were applied for, have premiums, and have become final."""
    await given.contracts_applied(service, *histories)
    return await finalised(service, *histories, **when)


def amounts(millions: int) -> dict[str, str]:
    """The amounts of a contract of so many millions of yen."""
    return dict.fromkeys(("pre_shipment_amount", "post_shipment_amount"), f"{millions}000000")


async def invoice(premium: Running, ledger: FixedLedger) -> tables.Invoice:
    """Read a ledger's one invoice."""
    async with premium.databases.tenant(TENANT) as tx:
        mine = tables.Invoice.fixed_ledger_id == ledger.fixed_ledger_id
        return (await tx.scalars(select(tables.Invoice).where(mine))).one()


async def asked(premium: Running, ledger: FixedLedger) -> list[int | None]:
    """What each line of a ledger is asked for."""
    line = tables.InvoiceLine
    async with premium.databases.tenant(TENANT) as tx:
        mine = select(line.amount).where(line.fixed_ledger_id == ledger.fixed_ledger_id)
        return [it if it is None else int(it) for it in await tx.scalars(mine.order_by(line.line))]


async def told(premium: Running, ledger: FixedLedger) -> list[dict[str, Any]]:
    """The facts told of a ledger's invoice."""
    row = await invoice(premium, ledger)
    return [fact for _, fact in await then.told(premium, row.id)]


async def read(premium: Running, path: str = "", **params: Any) -> Any:
    """Your company reads its invoices."""
    headers = premium.caller("invoices:read")
    answer = await premium.client.get(f"/v1/invoices{path}", params=params, headers=headers)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def invoice_of(premium: Running, ledger: FixedLedger) -> dict[str, Any]:
    """Read the one invoice of a fixed ledger."""
    found = await read(premium, limit=100, sort="-updated_at")
    [invoice] = [it for it in found["items"] if it["fixed_ledger_id"] == ledger.fixed_ledger_id]
    whole: dict[str, Any] = await read(premium, f"/{invoice['id']}")
    return whole


async def refused(premium: Running, path: str, tenant: str = TENANT) -> httpx.Response:
    """A company asks for what it does not get."""
    headers = premium.caller("invoices:read", tenant=tenant)
    return await premium.client.get(f"/v1/invoices{path}", headers=headers)
