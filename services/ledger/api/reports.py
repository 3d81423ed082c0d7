"""`/ledger-uploads/{id}/report`: a holder's own file back, with what was found beside each row."""

import asyncio
from collections.abc import Iterator
from pathlib import PurePath
from typing import Literal

from fastapi import Request, Response
from obstore.store import ObjectStore

from libs.common import context
from libs.common.answers import may_answer
from libs.common.downloads import Download, as_download
from libs.common.exports import encoded
from libs.common.files import read_file
from libs.common.routing import Reading, Router
from libs.common.security import requires

from .. import tables
from ..actions.file_level import form_of
from ..domain.ending_early import words_for
from ..domain.findings import Found, detail_en, detail_ja
from ..domain.layout import BY_CODE
from ..domain.reading import Form
from ..domain.returning import Returned
from ..errors import FileNoLongerKept, NotJudgedYet, UploadNotFound
from ..queries import uploads as queries
from .findings import finding_of

router = Router(tags=["ledger"], dependencies=[requires("ledger-uploads:read")])

_MEDIA_TYPES = {Form.CSV: "text/csv", Form.FIXED: "text/plain"}
_AS_FILE = as_download("The rows, each with its error columns.", *_MEDIA_TYPES.values())
_NOT_ALL = {
    "ja": "エラー・警告{found}件のうち{kept}件のみを表示しています。"
    "表示のない行にもエラー・警告がある場合があります。",
    "en": "Of {found} errors and warnings {kept} are shown; rows beside which none is shown may"
    " have some, too.",
}


@router.get(
    "/ledger-uploads/{upload_id}/report",
    response_class=Response,
    responses=_AS_FILE | may_answer(UploadNotFound, NotJudgedYet, FileNoLongerKept),
    openapi_extra={"x-summary-ja": "台帳ファイルの結果ファイル(エラー欄付き)"},
)
async def download_ledger_upload_report(upload_id: str, tx: Reading, request: Request) -> Download:
    """Take your own file back (結果ファイル), in its charset, with error columns behind each row.

    They are: how grave, rules, item numbers, and the text in your language. The rows before them
    are as you sent them; take the columns off again, and the mended file can be sent.
    """
    upload = await queries.upload(tx, upload_id)
    if upload.finished_at is None:
        raise NotJudgedYet
    if upload.forgotten_at is not None:
        raise FileNoLongerKept
    returned = _returned(upload)
    finding = tables.UploadFinding
    every = queries.findings(upload_id, ()).order_by(finding.row, finding.number)
    found = [_found(it) for it in await tx.scalars(every)]
    columns = await asyncio.to_thread(returned.columns, found, _notes(upload))
    content = _content(request.app.state.files, upload.file_key)
    name = PurePath(upload.file_name)
    return Download(
        f"{name.stem}-report{name.suffix}",
        f"{_MEDIA_TYPES[returned.form]}; charset={upload.charset}",
        returned.pieces(content, columns),
    )


def _returned(upload: tables.Upload) -> Returned:
    layout = BY_CODE.get((upload.layout, upload.slots))
    words = detail_en if context.language.get() == "en" else detail_ja
    charset: Literal["cp932", "utf-8"] = "cp932" if upload.charset == "cp932" else "utf-8"
    return Returned(
        form=form_of(upload.file_name),
        encode=lambda text: encoded(text, charset),
        words=lambda finding: words(finding, layout),
    )


def _found(found: tables.UploadFinding) -> Found:
    return Found(finding_of(found), found.severity, found.item_nos)


def _notes(upload: tables.Upload) -> list[str]:
    language, ended = context.language.get(), words_for(upload.reason)
    notes = [ended.en if language == "en" else ended.ja]
    found, kept = upload.error_count + upload.warning_count, upload.findings_kept
    if found > kept:
        notes.append(_NOT_ALL[language].format(found=found, kept=kept))
    return [note for note in notes if note]


def _content(store: ObjectStore, key: str) -> Iterator[bytes]:
    """Read a file that was handed in, and may be forgotten meanwhile.

    Raises: FileNoLongerKept.
    """
    try:
        yield from read_file(store, key)
    except FileNotFoundError:
        raise FileNoLongerKept from None
