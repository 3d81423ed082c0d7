"""Facts claims hears, and the act each one leads to."""

from datetime import date

from pydantic import BaseModel
from sqlalchemy.ext.asyncio import AsyncSession

from libs.common.events import Event
from libs.common.inbox import Inbox

from .actions import copies

inbox = Inbox("claims.inbox")

_CAUSES = "loss_causes"


class ContractsApplied(Event, type="ledger.contracts.applied.v1", key="bucket"):
    """What we need of applied contracts (申込台帳の受理): their histories."""

    bucket: int
    histories: list[copies.AppliedHistory]


class CodeRow(BaseModel):
    """One code with its attributes."""

    code: str
    attributes: dict[str, str]

    def says(self, attribute: str) -> bool:
        """Tell whether an attribute is set."""
        return self.attributes.get(attribute) == "Y"


class CodeTableState(Event, type="premium.code_table.state.v1", key="edition"):
    """What we need of a code table (コード表): its codes, from its first day."""

    name: str
    version: int
    valid_from: date
    rows: list[CodeRow]


@inbox.on
async def copy_contracts(tx: AsyncSession, fact: ContractsApplied) -> None:
    """Applied contracts are what losses happen to."""
    await copies.keep_histories(tx, fact.histories)


@inbox.on
async def copy_causes(tx: AsyncSession, fact: CodeTableState) -> None:
    """A published table of causes says why a loss may have happened."""
    if fact.name != _CAUSES:
        return
    flags = ("pre_shipment", "post_shipment", "takes_overdue")
    rows = [{"code": row.code} | {flag: row.says(flag) for flag in flags} for row in fact.rows]
    await copies.keep_causes(tx, fact.version, fact.valid_from, rows)
