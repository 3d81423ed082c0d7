"""A policyholder's ERP (基幹システム): hands in ledgers and reads what came of them."""

from pathlib import Path
from typing import Any

import httpx

from .client import Json, PrivateKeyJwt, fresh_key, granted, until

SCOPES = [
    "assessments:read",
    "buyers:read",
    "check-ledgers:read",
    "check-ledgers:write",
    "code-tables:read",
    "estimates:read",
    "estimates:write",
    "exchange-rates:read",
    "fixed-ledgers:read",
    "incidents:read",
    "invoices:read",
    "ledger-contracts:read",
    "ledger-entries:read",
    "ledger-entries:write",
    "ledger-layouts:read",
    "ledger-uploads:read",
    "ledger-uploads:write",
    "loss-notices:read",
    "loss-notices:write",
    "policies:read",
    "policyholder:read",
    "procedures:read",
    "rate-editions:read",
    "special-agreements:read",
]
"""What an ERP is registered for: the whole main job."""

_WORKING = {"RECEIVED", "VALIDATING", "APPLYING"}
_PATIENCE_SECONDS = 30


class Erp:
    """One policyholder's machine client, at the public gateway."""

    def __init__(self, gateway_url: str, client_id: str, key: Path, policyholder_code: str) -> None:
        """Name the client and its key; the first request fetches a token."""
        self.policyholder_code = policyholder_code
        self.http = httpx.Client(
            base_url=f"{gateway_url}/v1",
            auth=PrivateKeyJwt(gateway_url, client_id, key),
            timeout=_PATIENCE_SECONDS + 10,
        )

    def read(self, path: str, **query: Any) -> Json:
        """Read one thing, or one page of a list."""
        return granted(self.http.get(path, params=query))

    def items(self, path: str, **query: Any) -> list[Json]:
        """Read a whole list, page by page."""
        page = self.read(path, **query)
        items: list[Json] = page["items"]
        while cursor := page["next_cursor"]:
            page = self.read(path, **query, cursor=cursor)
            items += page["items"]
        return items

    def file(self, path: str, **query: Any) -> bytes:
        """Take something as a file."""
        answer = self.http.get(path, params=query)
        if not answer.is_success:
            granted(answer)
        return answer.content

    def create(self, path: str, wish: Json) -> httpx.Response:
        """Ask for a new thing; give the bare answer."""
        return self.http.post(path, json=wish, headers={"Idempotency-Key": fresh_key()})

    def hand_in(self, content: bytes, file_name: str, **fields: str) -> Json:
        """Hand in a ledger file (申込台帳) and wait for its judgement."""
        answer = self.http.post(
            "/ledger-uploads",
            headers={"Idempotency-Key": fresh_key()},
            files={"file": (file_name, content, "text/csv")},
            data=fields,
        )
        return self.judged(granted(answer))

    def submit(self, upload: Json, key: str) -> Json:
        """Submit a dry run as it was seen (申込み), and wait until it is applied."""
        return self.judged(granted(self.ask_to_submit(upload, key)))

    def ask_to_submit(self, upload: Json, key: str) -> httpx.Response:
        """Ask that a dry run be applied; give the bare answer."""
        seen = {"If-Match": f'"{upload["version"]}"', "Idempotency-Key": key}
        return self.http.post(f"/ledger-uploads/{upload['id']}/submit", headers=seen)

    def judged(self, upload: Json) -> Json:
        """Wait until the platform has done its part of an upload."""
        path, wait = f"/ledger-uploads/{upload['id']}", {"Prefer": "wait=5"}
        return until(
            lambda it: it["status"] not in _WORKING,
            lambda: granted(self.http.get(path, headers=wait)),
        )

    def findings(self, upload: Json) -> list[Json]:
        """Read what was found in a ledger file (エラー・警告)."""
        return self.items(f"/ledger-uploads/{upload['id']}/findings", limit=100)
