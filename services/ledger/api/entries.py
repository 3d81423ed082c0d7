"""`/ledger-entries`: rows of a ledger by hand (個別入力): drafted, tried, submitted."""

from typing import Annotated

from fastapi import Body, Query, Request, Response

from libs.common.answers import may_answer
from libs.common.clock import Now
from libs.common.etags import IfMatch, etag
from libs.common.paging import Paging, ordered
from libs.common.problem_codes import PreconditionFailed, PreconditionRequired
from libs.common.routing import Reading, Router, Transaction
from libs.common.security import CurrentCaller, requires
from libs.common.wire import Instant, PolicyNumber

from .. import tables
from ..actions import entries as actions
from ..domain.by_hand import Processing
from ..errors import (
    EntryNotAcceptable,
    EntryNotEditable,
    EntryNotFound,
    LedgerBeingApplied,
    NotOfThisProcessing,
)
from ..queries import entries as queries
from .entry_shapes import (
    EntryId,
    EntryStatus,
    LedgerEntry,
    LedgerEntryAssessment,
    LedgerEntryCreate,
    LedgerEntryFinding,
    LedgerEntryPage,
    LedgerEntrySummary,
    LedgerEntryUpdate,
)

router = Router(tags=["ledger-entries"], dependencies=[requires("ledger-entries:read")])
may_write = requires("ledger-entries:write")


@router.get("/ledger-entries", openapi_extra={"x-summary-ja": "個別入力の一覧"})
async def list_ledger_entries(
    tx: Reading,
    paging: Paging,
    *,
    status: Annotated[list[EntryStatus], Query(max_length=2)] = [],  # noqa: B006
    processing: Annotated[list[Processing], Query(max_length=5)] = [],  # noqa: B006
    policy_number: Annotated[list[PolicyNumber], Query(max_length=100)] = [],  # noqa: B006
    updated_at_from: Instant | None = None,
    sort: str | None = None,
) -> LedgerEntryPage:
    """List what your company wrote by hand, drafts and what was taken in."""
    wanted = queries.EntryFilter(status, processing, policy_number, updated_at_from)
    sorts = {"updated_at": tables.Entry.updated_at}
    statement = ordered(queries.entries(wanted), sort, sorts, tables.Entry.id)
    return LedgerEntryPage.of(await paging.of(tx, statement), LedgerEntrySummary.of)


@router.get(
    "/ledger-entries/{entry_id}",
    responses=may_answer(EntryNotFound),
    openapi_extra={"x-summary-ja": "個別入力の照会"},
)
async def get_ledger_entry(entry_id: EntryId, tx: Reading, response: Response) -> LedgerEntry:
    """Read what was written by hand (個別入力)."""
    return _shown(await queries.entry(tx, entry_id), response)


@router.post(
    "/ledger-entries",
    status_code=201,
    dependencies=[may_write],
    responses=may_answer(NotOfThisProcessing),
    openapi_extra={"x-summary-ja": "個別入力の作成"},
)
async def create_ledger_entry(
    wish: LedgerEntryCreate, tx: Transaction, caller: CurrentCaller, at: Now, response: Response
) -> LedgerEntry:
    """Begin an entry by hand (個別入力の作成) as a draft, which may lack anything.

    It is of one policy. Its own items are the first row; a contract of several branches, or the
    split of one (枝分け), has its other rows in `further_rows`.
    """
    content = wish.model_dump(mode="json", exclude_none=True, exclude={"processing"})
    entry = await actions.begin(tx, wish.processing, content, caller.subject, at)
    response.headers["Location"] = f"/v1/ledger-entries/{entry.id}"
    return _shown(entry, response)


@router.patch(
    "/ledger-entries/{entry_id}",
    dependencies=[may_write],
    responses=may_answer(
        EntryNotFound,
        EntryNotEditable,
        NotOfThisProcessing,
        PreconditionRequired,
        PreconditionFailed,
    ),
    openapi_extra={"x-summary-ja": "個別入力の変更"},
)
async def update_ledger_entry(
    entry_id: EntryId,
    wish: Annotated[LedgerEntryUpdate, Body(media_type="application/merge-patch+json")],
    tx: Transaction,
    seen_version: IfMatch,
    at: Now,
    response: Response,
) -> LedgerEntry:
    """Change a draft (作成中の個別入力の変更): what is named gets its new value."""
    taken_away = {name: None for name in wish.model_fields_set if getattr(wish, name) is None}
    named = wish.model_dump(mode="json", include=wish.model_fields_set, exclude_none=True)
    return _shown(
        await actions.change(tx, entry_id, seen_version, taken_away | named, at), response
    )


@router.delete(
    "/ledger-entries/{entry_id}",
    status_code=204,
    dependencies=[may_write],
    responses=may_answer(EntryNotFound, EntryNotEditable, PreconditionRequired, PreconditionFailed),
    openapi_extra={"x-summary-ja": "個別入力の削除"},
)
async def delete_ledger_entry(entry_id: EntryId, tx: Transaction, seen_version: IfMatch) -> None:
    """Delete a draft (作成中の個別入力の削除)."""
    await actions.delete(tx, entry_id, seen_version)


@router.post(
    "/ledger-entries/{entry_id}/assess",
    responses=may_answer(EntryNotFound),
    openapi_extra={"x-summary-ja": "個別入力の審査(提出なし)"},
)
async def assess_ledger_entry(entry_id: EntryId, tx: Reading, at: Now) -> LedgerEntryAssessment:
    """Try an entry (提出前の確認): every rule of a file is asked, and nothing is stored."""
    found = await actions.assess(tx, entry_id, at)
    return LedgerEntryAssessment(
        acceptable=not any(it.severity == "ERROR" for it in found.found),
        findings=[LedgerEntryFinding.of(it, found.entry) for it in found.found],
        deemed_received_on=found.received_on,
    )


@router.post(
    "/ledger-entries/{entry_id}/submit",
    dependencies=[may_write],
    responses=may_answer(
        EntryNotFound,
        EntryNotEditable,
        LedgerBeingApplied,
        EntryNotAcceptable,
        PreconditionRequired,
        PreconditionFailed,
    ),
    openapi_extra={"x-summary-ja": "個別入力の申込み"},
)
async def submit_ledger_entry(
    entry_id: EntryId,
    seen_version: IfMatch,
    tx: Transaction,
    at: Now,
    request: Request,
    response: Response,
) -> LedgerEntry:
    """Submit an entry (個別入力の申込み): it does what a file of its rows would do.

    A file of yours that was submitted earlier and holds the same policy goes first.
    """
    files = request.app.state.files
    return _shown(await actions.submit(tx, files, entry_id, seen_version, at), response)


def _shown(entry: tables.Entry, response: Response) -> LedgerEntry:
    response.headers["ETag"] = etag(entry.version)
    return LedgerEntry.of(entry)
