"""Named reads of check ledgers (照合用台帳): lists, one with its lines, what a new one shows."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Insert,
    Select,
    and_,
    cast,
    exists,
    func,
    insert,
    literal,
    literal_column,
    null,
    or_,
    select,
    union_all,
)
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.types import Integer, SmallInteger, Text

from .. import tables
from ..errors import CheckLedgerLineNotFound, CheckLedgerNotFound
from .cycle import STATE, History, contract_of, pending, same_state

Ledger = tables.CheckLedger
Line = tables.CheckLedgerLine
Mark = tables.Mark

_SHOWN = ("kind", *STATE, "upload_id", "upload_row")


@dataclass(frozen=True, slots=True)
class CheckLedgerFilter:
    """Which check ledgers are asked for; an empty part asks for all."""

    agreement_codes: Sequence[str] = ()
    statuses: Sequence[str] = ()
    published_on_from: date | None = None
    published_on_to: date | None = None
    updated_at_from: datetime | None = None


def check_ledgers(wanted: CheckLedgerFilter) -> Select[Ledger]:
    """Select the check ledgers that fit, for paging."""
    statement = select(Ledger)
    if wanted.agreement_codes:
        statement = statement.where(Ledger.agreement_code.in_(wanted.agreement_codes))
    if wanted.statuses:
        statement = statement.where(Ledger.status.in_(wanted.statuses))
    if wanted.published_on_from is not None:
        statement = statement.where(Ledger.published_on >= wanted.published_on_from)
    if wanted.published_on_to is not None:
        statement = statement.where(Ledger.published_on <= wanted.published_on_to)
    if wanted.updated_at_from is not None:
        statement = statement.where(Ledger.updated_at >= wanted.updated_at_from)
    return statement


async def check_ledger(tx: AsyncSession, ledger_id: str, *, lock: bool = False) -> Ledger:
    """Find a check ledger.

    Raises: CheckLedgerNotFound.
    """
    key = (tx.info["tenant"], ledger_id)
    found = await tx.get(Ledger, key, with_for_update=lock, populate_existing=lock)
    if found is None:
        raise CheckLedgerNotFound
    return found


async def until(tx: AsyncSession, agreement_code: str, to_on: date) -> Ledger | None:
    """Find the check ledger of an agreement whose last day is this one."""
    of_period = select(Ledger).where(Ledger.agreement_code == agreement_code, Ledger.to_on == to_on)
    return (await tx.scalars(of_period)).one_or_none()


async def last_day_before(tx: AsyncSession, agreement_code: str, day: date) -> date | None:
    """Tell the last day before a day that an agreement's check ledgers cover."""
    return await tx.scalar(
        select(func.max(Ledger.to_on)).where(
            Ledger.agreement_code == agreement_code, Ledger.to_on < day
        )
    )


async def line(tx: AsyncSession, ledger_id: str, number: int) -> Line:
    """Find a line of a check ledger.

    Raises: CheckLedgerLineNotFound.
    """
    found = await tx.get(Line, (tx.info["tenant"], ledger_id, number))
    if found is None:
        raise CheckLedgerLineNotFound
    return found


@dataclass(frozen=True, slots=True)
class LineFilter:
    """Which lines are asked for; an empty part asks for all."""

    kinds: Sequence[str] = ()
    lateness: Sequence[str] = ()
    marked: bool | None = None


def lines(ledger_id: str, wanted: LineFilter) -> Select[Any]:
    """Select lines with their mark, and with what was found in a refused row, as JSON.

    Shape: ordered by line; `mark_kind` is null where nothing is marked; `rules` and `error_count`
    are of refused rows and complete, `errors` are those that were kept.
    """
    refused = tables.RefusedRow
    statement = (
        select(
            Line.check_ledger_id,
            Line.line,
            *(getattr(Line, name) for name in _SHOWN),
            Mark.kind.label("mark_kind"),
            *(Mark.rule, Mark.reason_ja, Mark.reason_en, Mark.marked_at),
            *(tables.Upload.layout, tables.Upload.slots, tables.Contract.lateness),
            *(refused.rules, refused.error_count, _errors().label("errors")),
        )
        .outerjoin(Mark, same_state(Mark, Line))
        .outerjoin(tables.Upload, tables.Upload.id == Line.upload_id)
        .outerjoin(refused, _is_of(refused, Line))
        .outerjoin(tables.Contract, contract_of(Line))
        .where(Line.check_ledger_id == ledger_id)
        .order_by(Line.line)
    )
    if wanted.kinds:
        statement = statement.where(Line.kind.in_(wanted.kinds))
    if wanted.lateness:
        statement = statement.where(tables.Contract.lateness.in_(wanted.lateness))
    if wanted.marked is not None:
        statement = statement.where(
            Mark.kind.is_not(None) if wanted.marked else Mark.kind.is_(None)
        )
    return statement


def _is_of(refused: type[tables.RefusedRow], line: type[Line]) -> ColumnElement[bool]:
    return and_(
        refused.tenant == line.tenant,
        refused.upload_id == line.upload_id,
        refused.row == line.upload_row,
    )


def _errors() -> Any:
    finding = tables.UploadFinding
    found = func.row_to_json(literal_column(finding.__tablename__))
    in_order = func.json_agg(aggregate_order_by(found, finding.number))
    return (
        select(in_order)
        .where(
            finding.tenant == Line.tenant,
            finding.upload_id == Line.upload_id,
            finding.row == Line.upload_row,
            finding.severity == "ERROR",
        )
        .scalar_subquery()
    )


def insert_lines(tx: AsyncSession, ledger: Ledger) -> Insert:
    """Write the lines of a new check ledger: what nobody was shown yet, and what is marked."""
    shown = union_all(_contracts(ledger), _refused(ledger)).subquery()
    columns = [shown.c[name] for name in _SHOWN]
    numbered = select(
        literal(tx.info["tenant"]),
        literal(ledger.id),
        func.row_number().over(order_by=columns),
        *columns,
    )
    return insert(Line).from_select(["tenant", "check_ledger_id", "line", *_SHOWN], numbered)


def _contracts(ledger: Ledger) -> Select[Any]:
    upload, entry = tables.Upload, tables.Entry
    # What came by hand names its entry where others name their file.
    received_on = func.coalesce(upload.deemed_received_on, entry.deemed_received_on)
    return (
        pending(ledger.agreement_code)
        .outerjoin(upload, (upload.tenant == History.tenant) & (upload.id == History.upload_id))
        .outerjoin(entry, (entry.tenant == History.tenant) & (entry.id == History.upload_id))
        .where(
            received_on <= ledger.to_on,
            or_(
                ~exists().where(same_state(Line, History)),
                exists().where(same_state(Mark, History)),
            ),
        )
        .with_only_columns(
            literal("CONTRACT").label("kind"),
            *(getattr(History, name) for name in STATE),
            cast(null(), Text).label("upload_id"),
            cast(null(), Integer).label("upload_row"),
        )
    )


def _refused(ledger: Ledger) -> Select[*tuple[Any, ...]]:
    row, upload = tables.RefusedRow, tables.Upload
    return (
        select(
            literal("REFUSED").label("kind"),
            row.policy_number,
            cast(null(), Text).label("branch_number"),
            cast(null(), Text).label("history_number"),
            cast(null(), SmallInteger).label("revision"),
            row.upload_id,
            row.row.label("upload_row"),
        )
        .join(upload, (upload.tenant == row.tenant) & (upload.id == row.upload_id))
        .where(
            row.agreement_code == ledger.agreement_code,
            upload.deemed_received_on <= ledger.to_on,
            ~exists().where(Line.kind == "REFUSED", _is_of(row, Line)),
        )
    )


async def count_lines(tx: AsyncSession, ledger: Ledger) -> None:
    """Count the lines of a check ledger, and how many of them are marked or refused."""
    refused = func.count().filter(Line.kind == "REFUSED")
    of_ledger = select(func.count(), refused).where(Line.check_ledger_id == ledger.id)
    ledger.line_count, ledger.refused_count = (await tx.execute(of_ledger)).one()
    await count_marks(tx, ledger)


async def count_marks(tx: AsyncSession, ledger: Ledger) -> None:
    """Count the marked lines of a check ledger."""
    marked = select(func.count()).select_from(Mark).join(Line, same_state(Line, Mark))
    ledger.marked_count = await tx.scalar(marked.where(Line.check_ledger_id == ledger.id)) or 0


def with_policy(policy_number: str) -> Select[Ledger]:
    """Select the check ledgers that show a policy."""
    shown = select(Line.check_ledger_id).where(Line.policy_number == policy_number)
    return select(Ledger).where(Ledger.id.in_(shown))
