"""Fixed ledgers (確定用台帳): their lines are told first, then the ledger, and are invoiced."""

from datetime import date

from pydantic import BaseModel
from sqlalchemy.ext.asyncio import AsyncSession

from libs.common import clock
from libs.common.events import Event

from ..actions import invoices
from ..domain.invoice import ListedLine
from .root import inbox


class FixedLine(BaseModel):
    """What we need of a line: which revision of which history became final."""

    line: int
    policy_number: str
    branch_number: str
    history_number: str
    revision: int
    late_surcharge: bool = False


class FixedLedgerListed(Event, type="ledger.fixed_ledger.listed.v1", key="fixed_ledger_id"):
    """What we need of a part of a fixed ledger (確定用台帳の明細): its lines."""

    fixed_ledger_id: str
    lines: list[FixedLine]


class FixedLedgerPublished(Event, type="ledger.fixed_ledger.published.v1", key="fixed_ledger_id"):
    """What we need of a fixed ledger (確定用台帳): what it is for, and how long it is."""

    fixed_ledger_id: str
    agreement_code: str
    month: str
    published_on: date
    line_count: int


@inbox.on
async def note_lines(tx: AsyncSession, fact: FixedLedgerListed) -> None:
    """Lines of a fixed ledger are noted until the ledger is told."""
    lines = [ListedLine(**dict(line)) for line in fact.lines]
    await invoices.note_lines(tx, fact.fixed_ledger_id, lines, clock.now())


@inbox.on
async def invoice(tx: AsyncSession, fact: FixedLedgerPublished) -> None:
    """A fixed ledger is invoiced (保険料請求)."""
    await invoices.invoice(tx, invoices.FixedLedger(**dict(fact)), clock.now())
