"""`/access-history-exports`: taking a part of the access history away (アクセス履歴の出力)."""

from typing import Annotated, Literal

from fastapi import Response
from pydantic import Field, WithJsonSchema

from libs.common.answers import may_answer
from libs.common.downloads import Download
from libs.common.exports import ExportWish, as_files
from libs.common.problem_codes import RateLimited, StepUpRequired
from libs.common.routing import Reading, Router, Transaction
from libs.common.security import requires
from libs.common.wire import Input, Instant, Output

from .. import queries, tables
from ..actions import history_exports
from ..errors import ExportRangeRefused, HistoryExportNotFound
from .desk import Act

router = Router(tags=["access-history"], dependencies=[requires("access-history:export")])

HistoryExportId = Annotated[str, Field(pattern="^history_export_[0-9a-z]{26}$")]
_CHARSETS: dict[str, Literal["utf-8-bom", "cp932"]] = {"UTF_8": "utf-8-bom", "CP932": "cp932"}

# Every process has the member; this one is refused at once, or done.
_WhatFailed = Annotated[
    None,
    WithJsonSchema(
        {
            "description": "What it failed of: of nothing, since an export is ready at once.",
            "anyOf": [{"$ref": "#/components/schemas/Problem"}, {"type": "null"}],
        }
    ),
]


class HistoryExportCreate(Input):
    """Which part of the access history, and as what file.

    `JSONL` holds the hashes and the checkpoints by which nothing can be changed unseen.
    """

    occurred_at_from: Instant
    occurred_at_to: Instant
    format: Literal["CSV", "JSONL"] = "JSONL"
    charset: Annotated[
        Literal["UTF_8", "CP932"], Field(description="Of CSV; UTF-8 begins with its mark.")
    ] = "UTF_8"


class ExportProgress(Output):
    """How far an export is, in entries."""

    done: int
    total: int


class HistoryExport(Output):
    """A part of the access history to be taken away; it is ready at once, whatever its length."""

    export_id: HistoryExportId
    status: Literal["READY"]
    progress: ExportProgress
    format: Literal["CSV", "JSONL"]
    charset: Literal["UTF_8", "CP932"]
    occurred_at_from: Instant
    occurred_at_to: Instant
    first_seq: int | None
    last_seq: int | None
    requested_by: str
    requested_at: Instant
    finished_at: Instant
    problem: _WhatFailed

    @classmethod
    def of(cls, row: tables.HistoryExport) -> "HistoryExport":
        """Show an export."""
        names = ("export_id", "format", "charset", "occurred_at_from", "occurred_at_to")
        shown = {name: getattr(row, name) for name in (*names, "requested_by", "requested_at")}
        total = row.last_seq - row.first_seq + 1
        return cls(
            **shown,
            status="READY",
            progress=ExportProgress(done=total, total=total),
            first_seq=row.first_seq if total else None,
            last_seq=row.last_seq if total else None,
            finished_at=row.requested_at,
            problem=None,
        )


@router.post(
    "/access-history-exports",
    status_code=202,
    responses=may_answer(ExportRangeRefused, StepUpRequired, RateLimited),
    openapi_extra={"x-summary-ja": "アクセス履歴の出力"},
)
async def create_access_history_export(
    wish: HistoryExportCreate, acting: Act, tx: Transaction, response: Response
) -> HistoryExport:
    """Take a part of the access history away, of twelve months at most; itself written down."""
    await history_exports.count_export(acting)
    row = await history_exports.request(tx, acting, history_exports.ExportWish(**dict(wish)))
    response.headers["Location"] = f"/v1/access-history-exports/{row.export_id}"
    return HistoryExport.of(row)


@router.get(
    "/access-history-exports/{export_id}",
    responses=may_answer(HistoryExportNotFound, StepUpRequired),
    openapi_extra={"x-summary-ja": "アクセス履歴の出力の照会"},
)
async def get_access_history_export(export_id: HistoryExportId, tx: Reading) -> HistoryExport:
    """See what an export holds."""
    return HistoryExport.of(await queries.history_export(tx, export_id))


@router.get(
    "/access-history-exports/{export_id}/content",
    response_class=Response,
    responses=as_files() | may_answer(HistoryExportNotFound, StepUpRequired),
    openapi_extra={"x-summary-ja": "アクセス履歴の出力のダウンロード"},
)
async def download_access_history_export(export_id: HistoryExportId, acting: Act) -> Download:
    """Download an export; `verify-history` finds whatever was changed in its JSON lines."""
    row = await history_exports.download(acting, export_id)
    databases, name = acting.desk.databases, f"access-history-{row.export_id}"
    if row.format == "JSONL":
        pieces = history_exports.lines(databases, row)
        return ExportWish("jsonl", "utf-8").answer(name, pieces)
    rows = history_exports.rows(databases, row)
    return ExportWish("csv", _CHARSETS[row.charset]).of(name, history_exports.COLUMNS, rows)
