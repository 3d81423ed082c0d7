"""Token exchange (トークン交換): a job gets a token for one policyholder at a time.

Source: RFC 8693; security notes §3.7.
"""

from datetime import UTC, datetime

from jwt import PyJWK
from sqlalchemy.ext.asyncio import AsyncSession

from libs.common import jose
from libs.common.database import PLATFORM, Databases
from libs.common.permissions import BATCH, PERMISSIONS
from libs.common.wire import new_uuid

from .. import queries, tables
from ..domain.scopes import grant_of_service
from ..domain.token_form import ExchangeForm
from ..errors import InvalidRequest, MachineClientNotFound, PolicyholderNotFound
from .desk import Origin
from .history import Actor, Deed, record
from .signing_keys import Signer, current_signer
from .tokens import EXCHANGE_AUDIENCE, IssuedToken, Mint, comes_from_its_own, own_addresses

EXCHANGED_LIFE_SECONDS = 60


async def exchange(
    databases: Databases, mint: Mint, form: ExchangeForm, origin: Origin
) -> IssuedToken:
    """Give a job a token for one of its policyholders, good for a minute at one service.

    Raises: InvalidRequest, InvalidScope, DependencyUnavailable.
    """
    now = datetime.now(UTC)
    async with databases.tenant(PLATFORM) as tx:
        held = await _held(tx, mint.issuer, form.subject_token, now)
        job = await _job(tx, held)
        signer = await current_signer(tx, mint.kek, now)
    is_here = comes_from_its_own(job, origin)
    if not is_here or form.policyholder_code not in job.batch_policyholders:
        raise InvalidRequest
    there = frozenset(name for name, it in PERMISSIONS.items() if it.service == form.audience)
    granted = grant_of_service(form.scope, str(held["scope"]).split(" "), there)
    async with databases.tenant(form.policyholder_code) as tx:
        await _check_served(tx, form.policyholder_code)
        actor, deed = Actor("batch", job.client_id), Deed("token.exchange", target=form.audience)
        await record(tx, actor, origin, deed)
    return IssuedToken(_sign(signer, mint.issuer, job, form, granted, now), granted)


async def _held(tx: AsyncSession, issuer: str, text: str, now: datetime) -> dict[str, object]:
    """Read a job's own token: signed by us, for the exchange, and not yet over."""
    try:
        token = jose.read(text)
    except jose.Malformed as why:
        raise InvalidRequest from why
    keys = {jwk["kid"]: PyJWK(jwk).key for jwk in await queries.public_keys(tx)}
    key, claims = keys.get(str(token.header.get("kid"))), token.payload
    is_ours = key is not None and token.header.get("typ") == "at+jwt"
    if not is_ours or not token.is_signed_by(key, "ES256"):
        raise InvalidRequest
    # Ours, so that its members have their types; whether it is for this is the question.
    meant = (claims["iss"], claims["aud"], claims["role"])
    if meant != (issuer, [EXCHANGE_AUDIENCE], BATCH) or claims["exp"] <= now.timestamp():  # type: ignore[operator]
        raise InvalidRequest
    return claims


async def _job(tx: AsyncSession, held: dict[str, object]) -> tables.MachineClient:
    """Find the job of a token, unless it was revoked or has other keys by now."""
    try:
        job = await queries.machine_client(tx, str(held["client_id"]))
    except MachineClientNotFound as why:
        raise InvalidRequest from why
    if job.status != queries.ACTIVE or job.key_set_id != held["sid"]:
        raise InvalidRequest
    return job


async def _check_served(tx: AsyncSession, policyholder_code: str) -> None:
    try:
        company = await queries.policyholder(tx, policyholder_code)
    except PolicyholderNotFound as why:
        raise InvalidRequest from why
    if not company.active:
        raise InvalidRequest


def _sign(
    signer: Signer,
    issuer: str,
    job: tables.MachineClient,
    form: ExchangeForm,
    granted: list[str],
    now: datetime,
) -> str:
    issued_at = int(now.timestamp())
    claims: dict[str, object] = {
        "iss": issuer,
        "sub": job.client_id,
        "act": {"sub": job.client_id},
        "aud": [form.audience],
        "exp": issued_at + EXCHANGED_LIFE_SECONDS,
        "iat": issued_at,
        "jti": new_uuid().hex,
        "client_id": job.client_id,
        "sid": job.key_set_id,
        "role": BATCH,
        "scope": " ".join(granted),
        "tenant": form.policyholder_code,
    }
    # A job is held to where jobs run, not to where its policyholder's people sit.
    return signer.sign(claims | own_addresses(job), "at+jwt")
