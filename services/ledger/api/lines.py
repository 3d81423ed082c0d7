"""`/check-ledgers/{id}/lines` and `…/export`: what a check ledger shows, line by line."""

import json
from collections.abc import Callable
from typing import Annotated, Any, Literal, Self

import polars as pl
from fastapi import Query, Request, Response

from libs.common import context
from libs.common.answers import may_answer
from libs.common.cells import Column
from libs.common.downloads import Download
from libs.common.paging import PageShape, Paging
from libs.common.routing import Reading, Router
from libs.common.security import CurrentCaller, requires
from libs.common.wire import Instant, Output

from .. import tables
from ..domain.findings import Finding, detail_en, detail_ja
from ..domain.layout import BY_CODE, Layout
from ..errors import CheckLedgerNotFound, TooLongForWorkbook
from ..queries import check_ledgers as queries
from ..queries.items import frames
from .findings import LedgerFinding, finding_of
from .lateness import Lateness, LatenessWanted
from .ledger_files import LedgerExport, LedgerFile, as_ledger_files
from .rule_codes import RuleCode

router = Router(tags=["check-ledgers"], dependencies=[requires("check-ledgers:read")])

Kind = Literal["CONTRACT", "REFUSED"]
Words = Callable[[Finding, Layout | None], str]
MARK = "*"
"""What stands before a line that must be corrected. Source: ledger notes §2.4."""

_NOT_KEPT_JA = "(ファイル全体のエラーが多いため、このうち{count}件の内容は保存されていません。)"
_NOT_KEPT_EN = "({count} of these are not kept in words: the file has too many errors.)"

_COLUMNS = (
    Column("line", "number"),
    Column("kind", "code"),
    Column("mark", "code"),
    Column("rule", "code"),
    Column("reason_ja", "text"),
    Column("reason_en", "text"),
    Column("rules", "code"),
    Column("errors_total", "number"),
    Column("errors_ja", "text"),
    Column("errors_en", "text"),
    Column("upload_id", "code"),
    Column("upload_row", "number"),
    Column("policy_number", "text"),
    Column("branch_number", "code"),
    Column("history_number", "code"),
    Column("revision", "number"),
    Column("lateness", "code"),
)


class LineMark(Output):
    """Why a line is marked `*` (照合の *): staff say so, or what it names has changed since."""

    kind: Literal["STAFF", "RECHECK"]
    rule: RuleCode | None
    reason: str
    reason_en: str
    marked_at: Instant


class CheckLedgerLine(Output):
    """One stored history, or one refused row with its errors (照合用台帳の明細).

    `rules` and `errors_total` say of a refused row by which rules it is wrong, and how often;
    `errors` may be fewer, for of a file with very many only some are kept word by word.
    """

    id: str
    line: int
    kind: Kind
    policy_number: str | None
    branch_number: str | None
    history_number: str | None
    revision: int | None
    lateness: Lateness | None
    upload_id: str | None
    upload_row: int | None
    mark: LineMark | None
    rules: list[RuleCode]
    errors_total: int
    errors: list[LedgerFinding]

    @classmethod
    def of(cls, line: Any) -> Self:
        """Show a line as it was read."""
        layout = _layout(line)
        return cls(
            id=f"{line.check_ledger_id}-{line.line}",
            **{name: getattr(line, name) for name in _NAMED},
            mark=_mark(line),
            rules=line.rules or [],
            errors_total=line.error_count or 0,
            errors=[LedgerFinding.of(it, layout) for it in _errors(line)],
        )


_MADE = ("id", "mark", "rules", "errors_total", "errors")
_NAMED = tuple(name for name in CheckLedgerLine.model_fields if name not in _MADE)


class CheckLedgerLinePage(PageShape[CheckLedgerLine]):
    """A page of lines, in order."""


@router.get(
    "/check-ledgers/{check_ledger_id}/lines",
    responses=may_answer(CheckLedgerNotFound),
    openapi_extra={"x-summary-ja": "照合用台帳の明細"},
)
async def list_check_ledger_lines(
    check_ledger_id: str,
    tx: Reading,
    paging: Paging,
    *,
    kind: Annotated[list[Kind], Query(max_length=2)] = [],  # noqa: B006
    lateness: LatenessWanted = [],  # noqa: B006
    marked: bool | None = None,
) -> CheckLedgerLinePage:
    """Read what a check ledger shows: what is stored, what is marked, what was refused and why."""
    wanted = queries.LineFilter(kind, lateness, marked)
    ledger = await queries.check_ledger(tx, check_ledger_id)
    page = await paging.of(tx, queries.lines(ledger.id, wanted))
    return CheckLedgerLinePage.of(page, CheckLedgerLine.of)


@router.get(
    "/check-ledgers/{check_ledger_id}/export",
    response_class=Response,
    responses=as_ledger_files() | may_answer(CheckLedgerNotFound, TooLongForWorkbook),
    openapi_extra={"x-summary-ja": "照合用台帳のデータ出力"},
)
async def export_check_ledger(
    check_ledger_id: str, tx: Reading, caller: CurrentCaller, export: LedgerExport, request: Request
) -> Download:
    """Take a check ledger as a file: mark, errors, and every item of each line (データ出力)."""
    ledger = await queries.check_ledger(tx, check_ledger_id)
    found = frames(
        request.app.state.databases,
        caller.tenant,
        queries.lines(ledger.id, queries.LineFilter()),
        tables.CheckLedgerLine,
        ledger.line_count,
    )
    name = f"check-ledger-{ledger.agreement_code}-{ledger.published_on}"
    return LedgerFile(name, ledger.line_count, found, _COLUMNS, _prepared).of(export)


def _mark(line: Any) -> LineMark | None:
    if line.mark_kind is None:
        return None
    english = line.reason_en
    return LineMark(
        kind=line.mark_kind,
        rule=line.rule,
        reason=english if context.language.get() == "en" else line.reason_ja,
        reason_en=english,
        marked_at=line.marked_at,
    )


def _errors(line: Any) -> list[tables.UploadFinding]:
    return [tables.UploadFinding(**it) for it in line.errors or ()]


def _layout(line: Any) -> Layout | None:
    return BY_CODE.get((line.layout, line.slots))


def _prepared(lines: pl.DataFrame) -> pl.DataFrame:
    """Add to lines as read the mark and, in both languages, the errors that are shown."""
    marked = pl.col("mark_kind").is_not_null()
    mark = pl.when(marked).then(pl.lit(MARK)).otherwise(pl.lit("OK"))
    found = lines.select("errors", "error_count", "layout", "slots").rows()
    return lines.with_columns(
        pl.when(pl.col("kind") == "CONTRACT").then(mark).alias("mark"),
        pl.col("rules").str.strip_chars("{}").str.replace_all(",", " "),
        pl.Series("errors_ja", [_in_words(it, detail_ja, _NOT_KEPT_JA) for it in found], pl.String),
        pl.Series("errors_en", [_in_words(it, detail_en, _NOT_KEPT_EN) for it in found], pl.String),
        errors_total=pl.col("error_count"),
    )


def _in_words(
    found: tuple[str | None, str | None, str, str], words: Words, not_kept: str
) -> str | None:
    errors, total, layout, slots = found
    if total is None:
        return None
    every = [finding_of(tables.UploadFinding(**it)) for it in json.loads(errors or "[]")]
    columns = BY_CODE[layout, int(slots)]
    told = [f"{it.rule} {words(it, columns)}" for it in every]
    if len(every) < int(total):
        told.append(not_kept.format(count=int(total) - len(every)))
    return "; ".join(told)
