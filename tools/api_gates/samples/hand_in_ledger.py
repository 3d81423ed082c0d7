"""What a client program looks like: hand in a ledger, wait, and read what came of it."""

from pathlib import Path

from trade_insurance import AuthenticatedClient
from trade_insurance.api.ledger import (
    create_ledger_upload,
    get_ledger_upload,
    list_ledger_upload_findings,
)
from trade_insurance.models import LedgerFindingPage, LedgerUpload, LedgerUploadCreate, Problem
from trade_insurance.models.ledger_upload_create_mode import LedgerUploadCreateMode
from trade_insurance.types import File


def hand_in(client: AuthenticatedClient, ledger: Path, wish: str) -> list[str]:
    """Try a ledger file without applying it; tell the findings in English."""
    with ledger.open("rb") as content:
        body = LedgerUploadCreate(
            file=File(payload=content, file_name=ledger.name, mime_type="text/csv"),
            mode=LedgerUploadCreateMode.DRY_RUN,
        )
        started = create_ledger_upload.sync(client=client, body=body, idempotency_key=wish)
    if not isinstance(started, LedgerUpload):
        return [_why(started)]
    judged = get_ledger_upload.sync(started.id, client=client, prefer="wait=20")
    found = list_ledger_upload_findings.sync(started.id, client=client)
    if not isinstance(judged, LedgerUpload) or not isinstance(found, LedgerFindingPage):
        return ["no answer"]
    return [f"row {it.row}: {it.detail_en}" for it in found.items]


def _why(answer: Problem | None) -> str:
    return f"{answer.code} {answer.reason}: {answer.detail_en}" if answer else "no answer"
