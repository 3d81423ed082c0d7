"""A write happens once, however often its request arrives.

The key's row is inserted first and commits with the business rows, so there is never an effect
without its answer nor an answer without its effect. A parallel twin waits a moment on that row.
"""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256

import rfc8785
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.requests import Request
from starlette.responses import Response

from .driver import Statement
from .problem_codes import IdempotencyInProgress, IdempotencyKeyRequired, IdempotencyMismatch
from .tokens import Caller

_KEY = re.compile("[!-~]{1,128}")
_WAIT = "200ms"
_LOCK_NOT_AVAILABLE = "55P03"
_NOT_REPLAYED = {"content-length", "x-request-id"}

# One round trip: a twin is waited for a moment only, what follows may wait for its locks.
_TAKE = Statement("""
WITH wait AS MATERIALIZED (SELECT set_config('lock_timeout', :wait, true))
INSERT INTO idempotency_keys (tenant, principal, method, path, key, fingerprint)
SELECT :tenant, :principal, :method, :path, :key, :fingerprint FROM wait
ON CONFLICT DO NOTHING RETURNING set_config('lock_timeout', '0', true)
""")
_FIND = Statement("""
SELECT fingerprint, status, headers, body FROM idempotency_keys
WHERE tenant = :tenant AND principal = :principal AND method = :method AND path = :path
  AND key = :key
""")
_KEEP = Statement("""
UPDATE idempotency_keys SET status = :status, headers = :headers, body = :body
WHERE tenant = :tenant AND principal = :principal AND method = :method AND path = :path
  AND key = :key
""")


@dataclass(frozen=True, slots=True)
class Wish:
    """One request under an Idempotency-Key, in whose name and with which content."""

    tenant: str
    principal: str
    method: str
    path: str
    key: str
    fingerprint: bytes

    @property
    def place(self) -> dict[str, str]:
        """Where its row is."""
        names = ("tenant", "principal", "method", "path", "key")
        return {name: getattr(self, name) for name in names}


class Replayed(Exception):
    """The request was answered before; this is that answer."""

    def __init__(self, response: Response) -> None:
        """Carry the stored answer to the route, which gives it."""
        super().__init__("replayed")
        self.response = response


def key_of(request: Request) -> str | None:
    """Read the Idempotency-Key header; every POST must have one.

    Raises: IdempotencyKeyRequired.
    """
    key = request.headers.get("idempotency-key")
    if key is None and request.method != "POST":
        return None
    if key is None or not _KEY.fullmatch(key):
        raise IdempotencyKeyRequired
    return key


def fingerprint_of(body: bytes) -> bytes:
    """Hash what is asked: the canonical form of JSON (RFC 8785), or the bytes themselves."""
    try:
        canonical = rfc8785.dumps(json.loads(body)) if body else b""
    except (ValueError, RecursionError, rfc8785.CanonicalizationError):
        canonical = body
    return sha256(canonical).digest()


def wish_of(request: Request, caller: Caller, key: str, fingerprint: bytes) -> Wish:
    """Say whose wish under which key this request is."""
    tenant = caller.tenant
    return Wish(tenant, caller.subject, request.method, request.scope["path"], key, fingerprint)


async def take(tx: AsyncSession, wish: Wish) -> None:
    """Take the key for this request, or give the answer it already has.

    Raises: Replayed, IdempotencyMismatch, IdempotencyInProgress.
    """
    try:
        taken = await _TAKE.value(tx, **wish.place, fingerprint=wish.fingerprint, wait=_WAIT)
    except DBAPIError as error:
        if getattr(error.orig, "sqlstate", None) == _LOCK_NOT_AVAILABLE:
            raise IdempotencyInProgress(retry_after=1) from error
        raise
    if taken is None:
        await _replay(tx, wish)


async def _replay(tx: AsyncSession, wish: Wish) -> None:
    [stored] = await _FIND.rows(tx, **wish.place)
    if stored.fingerprint != wish.fingerprint:
        raise IdempotencyMismatch
    headers = stored.headers | {"Idempotency-Replayed": "true"}
    raise Replayed(Response(stored.body, stored.status, headers))


async def keep(
    tx: AsyncSession, wish: Wish, response: Response, without: Sequence[str] = ()
) -> None:
    """Keep a good answer with the business rows it belongs to.

    Members named in `without` are secrets shown once: the stored answer has null in their place.
    """
    headers = {name: value for name, value in response.headers.items() if name not in _NOT_REPLAYED}
    answer = {"status": response.status_code, "headers": json.dumps(headers)}
    await _KEEP.rows(tx, **wish.place, **answer, body=_body(response, without))


def _body(response: Response, without: Sequence[str]) -> bytes:
    if not without:
        return bytes(response.body)
    stored = json.loads(bytes(response.body)) | dict.fromkeys(without)
    return json.dumps(stored, ensure_ascii=False, separators=(",", ":")).encode()
