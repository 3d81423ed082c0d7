"""`/ledger-uploads`: hand in a ledger file (申込台帳), follow it, submit a good dry run."""

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Header, Query, Request, Response
from sqlalchemy.ext.asyncio import AsyncSession

from libs.common import idempotency
from libs.common.answers import may_answer
from libs.common.clock import Now, now
from libs.common.etags import IfMatch, etag
from libs.common.file_kinds import FileRules, is_plain_text
from libs.common.files import MIB, ReceivedFile, file_body, receive_file
from libs.common.paging import Paging, ordered
from libs.common.problem_codes import (
    FileRejected,
    PayloadTooLarge,
    PreconditionFailed,
    PreconditionRequired,
    ValidationFailed,
)
from libs.common.routing import Reading, Router, Transaction
from libs.common.security import CurrentCaller, requires

from .. import tables
from ..actions import uploads as actions
from ..actions.waiting import wait_for_change
from ..domain.allowances import Allowance
from ..errors import (
    AlreadyUnderWay,
    DailyAllowanceReached,
    DryRunTooOld,
    NotReadyToSubmit,
    UploadNotFound,
)
from ..queries import uploads as queries
from ..settings import LedgerSettings
from .upload_shapes import (
    LedgerUpload,
    LedgerUploadCreate,
    LedgerUploadPage,
    LedgerUploadSummary,
    Status,
)

router = Router(tags=["ledger"])
may_read = requires("ledger-uploads:read")
may_write = requires("ledger-uploads:write")

# Names are judged with the content, as findings; at once refused is only what is no text.
RULES = FileRules(max_bytes=256 * MIB, kinds={}, otherwise=is_plain_text)
RETRY_AFTER = {"Retry-After": "2"}
_WAIT = re.compile(r"(?:^|[,\s])wait=([0-9]{1,2})(?:$|[,;\s])")
_LONGEST_WAIT_SECONDS = 30


@dataclass(frozen=True, slots=True)
class HandedIn:
    """A file that has arrived, and the transaction in which its upload is written down."""

    tx: AsyncSession
    file: ReceivedFile


async def _handed_in(request: Request, caller: CurrentCaller) -> AsyncIterator[HandedIn]:
    key = idempotency.key_of(request) or ""
    async with receive_file(request, request.app.state.files, caller.tenant, RULES) as file:
        wish = idempotency.wish_of(request, caller, key, file.fingerprint)
        async with request.app.state.databases.tenant(caller.tenant) as tx:
            await idempotency.take(tx, wish)
            request.state.tx, request.state.wish = tx, wish
            yield HandedIn(tx, file)


@router.post(
    "/ledger-uploads",
    status_code=202,
    dependencies=[may_write],
    responses=may_answer(FileRejected, PayloadTooLarge, ValidationFailed, DailyAllowanceReached),
    openapi_extra=file_body(LedgerUploadCreate) | {"x-summary-ja": "台帳ファイルの提出"},
)
async def create_ledger_upload(
    handed_in: Annotated[HandedIn, Depends(_handed_in, scope="function")],
    caller: CurrentCaller,
    at: Now,
    request: Request,
    response: Response,
) -> LedgerUpload:
    """Hand in a ledger file (申込台帳): it is judged, and applied if you said `SUBMIT`."""
    wish = handed_in.file.fields_as(LedgerUploadCreate)
    handing_in = actions.HandingIn(
        handed_in.file,
        mode=wish.mode,
        acceptance=wish.acceptance,
        declared_layout=wish.layout,
        declared_count=wish.declared_count,
        charset=wish.charset,
        evidence_cases=tuple(filter(None, wish.evidence_cases.split(","))),
        submitted_by=caller.subject,
    )
    settings: LedgerSettings = request.app.state.settings
    allowance = Allowance(settings.files_of_a_sender, settings.bytes_of_a_company)
    upload = await actions.receive(handed_in.tx, handing_in, allowance, at)
    return _started(upload, response)


@router.get(
    "/ledger-uploads",
    dependencies=[may_read],
    openapi_extra={"x-summary-ja": "提出した台帳ファイルの一覧"},
)
async def list_ledger_uploads(
    tx: Reading,
    paging: Paging,
    status: Annotated[list[Status], Query(max_length=8)] = [],  # noqa: B006
    sort: str | None = None,
) -> LedgerUploadPage:
    """List the ledger files your company has handed in."""
    sorts = {"updated_at": tables.Upload.updated_at, "received_at": tables.Upload.received_at}
    statement = ordered(queries.uploads(list(status)), sort, sorts, tables.Upload.id)
    return LedgerUploadPage.of(await paging.of(tx, statement), LedgerUploadSummary.model_validate)


@router.get(
    "/ledger-uploads/{upload_id}",
    dependencies=[may_read],
    responses=may_answer(UploadNotFound),
    openapi_extra={"x-summary-ja": "台帳ファイルの処理状況"},
)
async def get_ledger_upload(
    upload_id: str,
    request: Request,
    caller: CurrentCaller,
    response: Response,
    prefer: Annotated[
        str | None, Header(description="`wait=20`: answer when the status changes.")
    ] = None,
) -> LedgerUpload:
    """Read how far a ledger file is; `Prefer: wait=20` waits for the next status."""
    seconds = _seconds_to_wait(prefer)
    databases = request.app.state.databases
    upload = await wait_for_change(databases, caller.tenant, upload_id, seconds)
    if seconds:
        response.headers["Preference-Applied"] = f"wait={seconds}"
    response.headers["ETag"] = etag(upload.version)
    if upload.finished_at is None:
        response.headers.update(RETRY_AFTER)
    return LedgerUpload.of(upload)


@router.post(
    "/ledger-uploads/{upload_id}/submit",
    status_code=202,
    dependencies=[may_write],
    responses=may_answer(
        UploadNotFound, NotReadyToSubmit, DryRunTooOld, PreconditionRequired, PreconditionFailed
    ),
    openapi_extra={"x-summary-ja": "試行済み台帳の申込み"},
)
async def submit_ledger_upload(
    upload_id: str, seen_version: IfMatch, tx: Transaction, at: Now, response: Response
) -> LedgerUpload:
    """Apply what a dry run found good; every row is judged again as things stand now."""
    upload = await actions.submit(tx, upload_id, seen_version, at)
    return _started(upload, response)


@router.post(
    "/ledger-uploads/{upload_id}/cancel",
    dependencies=[may_write],
    responses=may_answer(UploadNotFound, AlreadyUnderWay, PreconditionRequired, PreconditionFailed),
    openapi_extra={"x-summary-ja": "台帳ファイルの取下げ"},
)
async def cancel_ledger_upload(
    upload_id: str, seen_version: IfMatch, tx: Transaction, response: Response
) -> LedgerUpload:
    """Take a ledger file back before any of it is applied."""
    upload = await actions.cancel(tx, upload_id, seen_version, now())
    response.headers["ETag"] = etag(upload.version)
    return LedgerUpload.of(upload)


def _started(upload: tables.Upload, response: Response) -> LedgerUpload:
    response.headers.update(RETRY_AFTER)
    response.headers["Location"] = f"/v1/ledger-uploads/{upload.id}"
    response.headers["ETag"] = etag(upload.version)
    return LedgerUpload.of(upload)


def _seconds_to_wait(prefer: str | None) -> int:
    wish = _WAIT.search(prefer or "")
    return min(int(wish[1]), _LONGEST_WAIT_SECONDS) if wish else 0
