"""What others told us of contracts and causes, kept as our own copies."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from libs.common.batches import keep_newest, write_batch

from .. import tables

Row = dict[str, Any]

_KEEP_HISTORY = keep_newest(tables.BranchHistory, by="revision")


@dataclass(frozen=True, slots=True, kw_only=True)
class AppliedSettlement:
    """What we need of one settlement of a contract: when it is due, and how much."""

    slot: int
    usance_unit: str | None = None
    usance_period: int | None = None
    due_date: date | None = None
    settlement_principal: Decimal | None = None
    settlement_interest: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AppliedHistory:
    """What we need of one contract history: what a loss notice is judged against."""

    policy_number: str
    branch_number: str
    history_number: str
    revision: int
    status: str
    currency: str
    contract_date: date
    pre_shipment_amount: Decimal
    post_shipment_amount: Decimal | None = None
    payer_code: str
    sales_counterparty_code: str
    guarantor_code: str | None = None
    settlements: list[AppliedSettlement]

    @property
    def key(self) -> tuple[str, str, str]:
        """Which history it is."""
        return self.policy_number, self.branch_number, self.history_number


async def keep_histories(tx: AsyncSession, histories: Sequence[AppliedHistory]) -> None:
    """Keep branch histories as a ledger brought them; of one history the newest revision."""
    newest = {it.key: it for it in sorted(histories, key=lambda it: it.revision)}
    # In ascending order, so that two batches never wait for each other's rows.
    await write_batch(tx, _KEEP_HISTORY, [newest[key] for key in sorted(newest)])


async def keep_causes(
    tx: AsyncSession, version: int, valid_from: date, causes: Sequence[Row]
) -> None:
    """Keep a published version of the causes of loss (事由)."""
    cause = tables.LossCause
    # The whole table was told: what a version said before is replaced.
    await tx.execute(delete(cause).where(cause.version == version))
    of_version = {"version": version, "valid_from": valid_from}
    if causes:
        await tx.execute(insert(cause), [row | of_version for row in causes])
