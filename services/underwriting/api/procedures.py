"""`/procedures`: every paper a policyholder has handed in (手続), wherever it is kept."""

from typing import Annotated, Self

from fastapi import Query, Response
from pydantic import Field

from libs.common.answers import may_answer
from libs.common.clock import Now
from libs.common.etags import IfMatch, etag
from libs.common.paging import PageShape, Paging, ordered
from libs.common.problem_codes import PreconditionFailed, PreconditionRequired
from libs.common.routing import Reading, Router, Transaction
from libs.common.security import requires
from libs.common.wire import BusinessDate, Instant, Output

from .. import queries, tables
from ..actions import procedures
from ..errors import ProcedureNotFinished, ProcedureNotFound

router = Router(tags=["procedures"], dependencies=[requires("procedures:read")])

SORTS = {
    "updated_at": tables.Procedure.updated_at,
    "received_on": tables.Procedure.received_on,
}

ProcedureId = Annotated[
    str,
    Field(
        pattern="^procedure_[0-9a-hjkmnp-tv-z]{26}$",
        examples=["procedure_01m804gnfyejjb59e5dbx4yqmy"],
    ),
]
Word = Annotated[str, Field(pattern="^[A-Z][A-Z_]{0,39}$")]


class ProcedureSummary(Output):
    """A procedure in a list; `resource_url` leads to the paper itself, which is the truth."""

    id: ProcedureId
    kind: Word
    status: Word
    title: str
    reference_id: str
    resource_url: str
    finished: bool
    received_on: BusinessDate
    deadline_on: BusinessDate | None
    updated_at: Instant


class ProcedurePage(PageShape[ProcedureSummary]):
    """A page of procedures."""


class Procedure(ProcedureSummary):
    """A procedure (手続), and what its list lets you do with it."""

    dismissed: bool
    allowed_actions: list[str]
    version: int

    @classmethod
    def of(cls, row: tables.Procedure) -> Self:
        """Show a row."""
        return cls(
            **dict(ProcedureSummary.model_validate(row)),
            dismissed=row.dismissed,
            allowed_actions=["DISMISS"] if row.finished and not row.dismissed else [],
            version=row.version,
        )


@router.get("/procedures", openapi_extra={"x-summary-ja": "手続の一覧"})
async def list_procedures(
    tx: Reading,
    paging: Paging,
    *,
    status: Annotated[list[Word], Query(max_length=20)] = [],  # noqa: B006
    finished: bool | None = None,
    dismissed: bool = False,
    updated_at_from: Instant | None = None,
    sort: str | None = None,
) -> ProcedurePage:
    """List what your company has handed in (手続一覧), without what was dismissed."""
    wanted = queries.ProcedureFilter(status, finished, dismissed, updated_at_from)
    page = await paging.of(
        tx, ordered(queries.procedures(wanted), sort, SORTS, tables.Procedure.id)
    )
    return ProcedurePage.of(page, ProcedureSummary.model_validate)


@router.get(
    "/procedures/{id}",
    responses=may_answer(ProcedureNotFound),
    openapi_extra={"x-summary-ja": "手続の照会"},
)
async def get_procedure(
    id: ProcedureId,  # noqa: A002 (its name on the wire)
    tx: Reading,
    response: Response,
) -> Procedure:
    """Read one procedure (手続)."""
    row = await queries.procedure(tx, id)
    response.headers["ETag"] = etag(row.version)
    return Procedure.of(row)


@router.post(
    "/procedures/{id}/dismiss",
    dependencies=[requires("procedures:write")],
    responses=may_answer(
        ProcedureNotFound, ProcedureNotFinished, PreconditionRequired, PreconditionFailed
    ),
    openapi_extra={"x-summary-ja": "手続を一覧から外す"},
)
async def dismiss_procedure(
    id: ProcedureId,  # noqa: A002 (its name on the wire)
    tx: Transaction,
    seen_version: IfMatch,
    now: Now,
    response: Response,
) -> Procedure:
    """Take a finished procedure off the list (手続の非表示); news of it puts it back."""
    row = await procedures.dismiss_procedure(tx, id, seen_version, now)
    response.headers["ETag"] = etag(row.version)
    return Procedure.of(row)
