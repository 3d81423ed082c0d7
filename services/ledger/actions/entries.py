"""Entries (個別入力): rows of one policy by hand, judged and applied as a file of them is."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime
from typing import Any

from obstore.store import ObjectStore
from sqlalchemy.ext.asyncio import AsyncSession

from libs.common import context
from libs.common.dates import today_in_japan
from libs.common.etags import match
from libs.common.outbox import announce
from libs.common.problems import Item
from libs.common.wire import new_id

from .. import events, tables
from ..domain.by_hand import Processing, as_rows, layout_of, misplaced, pointer_to
from ..domain.case import Case
from ..domain.findings import Found, Severity, detail_en, detail_ja
from ..domain.judging import Judgement
from ..domain.layout import CHANGES
from ..domain.report import found_in
from ..errors import (
    EntryNotAcceptable,
    EntryNotEditable,
    LedgerBeingApplied,
    NotOfThisProcessing,
)
from ..queries import entries as queries
from ..queries.changes import RETRY_AFTER_SECONDS, alone, lock_contracts
from .applying import apply
from .judging import Submission, judge_submission
from .turns import is_awaited

_FINDINGS_KEPT = 10_000
_MISPLACED_JA = "この処理種別では入力できません。"
_MISPLACED_EN = "This does not belong to this kind of processing."
_NOT_REPEATED = "…"
"""What stands in a refusal where a text would repeat what was sent."""

Content = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Assessment:
    """What would become of an entry that is submitted now."""

    entry: tables.Entry
    found: Sequence[Found]
    received_on: date


async def begin(
    tx: AsyncSession, processing: Processing, content: Content, entered_by: str, at: datetime
) -> tables.Entry:
    """Begin an entry as a draft, which may lack anything.

    Raises: NotOfThisProcessing.
    """
    entry = tables.Entry(
        tenant=tx.info["tenant"],
        id=new_id("entry"),
        processing=processing,
        status="DRAFT",
        warnings=[],
        entered_by=entered_by,
        version=0,
    )
    _write(entry, content, at)
    tx.add(entry)
    return entry


async def change(
    tx: AsyncSession, entry_id: str, seen_version: int, changes: Content, at: datetime
) -> tables.Entry:
    """Change a draft: what is named gets its new value, what is not stays.

    Raises: EntryNotFound, PreconditionFailed, EntryNotEditable, NotOfThisProcessing.
    """
    entry = await _draft(tx, entry_id, seen_version)
    _write(entry, {**entry.content, **changes}, at)
    return entry


async def delete(tx: AsyncSession, entry_id: str, seen_version: int) -> None:
    """Delete a draft; what was submitted stays.

    Raises: EntryNotFound, PreconditionFailed, EntryNotEditable.
    """
    await tx.delete(await _draft(tx, entry_id, seen_version))


async def assess(tx: AsyncSession, entry_id: str, at: datetime) -> Assessment:
    """Judge an entry as if it were submitted now (審査); nothing is stored.

    Raises: EntryNotFound.
    """
    entry = await queries.entry(tx, entry_id)
    judgement, case = await _judged(tx, entry, at)
    return Assessment(entry, found_in(judgement.findings), case.received_on)


async def submit(
    tx: AsyncSession, store: ObjectStore, entry_id: str, seen_version: int, at: datetime
) -> tables.Entry:
    """Submit an entry (申込み): what a file of its rows would have done is done.

    Raises: EntryNotFound, PreconditionFailed, EntryNotEditable, LedgerBeingApplied,
    EntryNotAcceptable.
    """
    entry = await _draft(tx, entry_id, seen_version)
    await _take_turn(tx, store, entry)
    known_from = await _lock(tx, entry, at)
    judgement, case = await _judged(tx, entry, at)
    found = found_in(judgement.findings)
    if judgement.errors:
        raise EntryNotAcceptable(items=[_item(it, entry) for it in found if _refuses(it)])
    await apply(tx, entry.id, judgement, case, known_from)
    entry.status, entry.warnings = "APPLIED", [asdict(it) for it in found]
    entry.received_at, entry.deemed_received_on = at, case.received_on
    entry.request_id = context.request_id.get()
    entry.version, entry.updated_at = entry.version + 1, at
    await _tell(tx, entry, case.received_on)
    return entry


async def _draft(tx: AsyncSession, entry_id: str, seen_version: int) -> tables.Entry:
    entry = await queries.entry(tx, entry_id, lock=True)
    match(seen_version, entry.version)
    if entry.status != "DRAFT":
        raise EntryNotEditable
    return entry


def _write(entry: tables.Entry, content: Content, at: datetime) -> None:
    kept = {name: value for name, value in content.items() if value is not None}
    if wrong := misplaced(Processing(entry.processing), kept):
        raise NotOfThisProcessing(
            items=[
                Item("not-allowed-here", _MISPLACED_JA, _MISPLACED_EN, pointer) for pointer in wrong
            ]
        )
    entry.content, entry.request_id = kept, context.request_id.get()
    entry.version, entry.updated_at = entry.version + 1, at


async def _take_turn(tx: AsyncSession, store: ObjectStore, entry: tables.Entry) -> None:
    """Let a file that was submitted earlier and holds the same policy go first (受付順)."""
    await alone(tx)
    if await is_awaited(tx, store, entry.content.get("policy_number", "")):
        raise LedgerBeingApplied(retry_after=RETRY_AFTER_SECONDS)


async def _lock(tx: AsyncSession, entry: tables.Entry, at: datetime) -> datetime:
    """Keep others from the contract that a change is of; gives the instant of what is done."""
    if layout_of(Processing(entry.processing)).code != CHANGES.code:
        return at
    return await lock_contracts(tx, [entry.content.get("policy_number", "")])


async def _judged(tx: AsyncSession, entry: tables.Entry, at: datetime) -> tuple[Judgement, Case]:
    processing = Processing(entry.processing)
    submission = Submission(
        as_rows(processing, entry.content),
        layout_of(processing),
        # As of a file sent by Web: the true time counts (ledger notes A26).
        today_in_japan(at),
        _evidence_declared(entry.content),
    )
    return await judge_submission(tx, submission, _FINDINGS_KEPT)


def _evidence_declared(content: Content) -> dict[str, str]:
    """Read which contract of an entry is declared to need evidence (証憑が必要な契約), and why."""
    if "evidence_case" not in content:
        return {}
    return {content.get("policy_number", ""): content["evidence_case"]}


async def _tell(tx: AsyncSession, entry: tables.Entry, received_on: date) -> None:
    told = events.EntryApplied(
        entry_id=entry.id,
        policyholder_code=entry.tenant,
        processing=entry.processing,
        policy_number=entry.content["policy_number"],
        status=entry.status,
        received_on=received_on,
    )
    await announce(tx, told)


def _refuses(found: Found) -> bool:
    return found.severity == Severity.ERROR


def _item(found: Found, entry: tables.Entry) -> Item:
    finding = replace(found.finding, value=found.finding.value and _NOT_REPEATED)
    layout = layout_of(Processing(entry.processing))
    return Item(
        code=finding.code,
        detail=detail_ja(finding, layout),
        detail_en=detail_en(finding, layout),
        pointer=pointer_to(finding, entry.content),
        item_no=next(iter(found.item_nos), None),
        params={"rule": finding.rule},
    )
