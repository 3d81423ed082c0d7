"""Issuing access tokens to machines: who are you, what do you want, here is five minutes of it."""

import hmac
from dataclasses import dataclass
from datetime import UTC, datetime
from ipaddress import ip_network

from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from libs.common import jose
from libs.common.addresses import within
from libs.common.database import PLATFORM, Databases, act_for
from libs.common.dates import today_in_japan
from libs.common.permissions import BATCH, CLIENT, OPERATOR, audience
from libs.common.wire import new_uuid

from .. import queries, tables
from ..domain import scopes
from ..domain.assertions import judge_assertion
from ..domain.signing_keys import TOKEN_LIFE
from ..domain.token_form import Secret, SignedAssertion, TokenForm
from ..errors import InvalidClient
from .client_keys import has_signed
from .desk import Origin
from .history import Actor, Deed, record
from .machine_clients import hash_secret
from .sealing import KeyEncryptionKey
from .signing_keys import Signer, current_signer
from .whereabouts import may_come

LIFE_SECONDS = int(TOKEN_LIFE.total_seconds())
EXCHANGE_AUDIENCE = "token-exchange"
"""For whom a job's own token is: no service goes by that name."""


@dataclass(frozen=True, slots=True)
class Mint:
    """What issuing needs: the name we sign under and the key our keys are sealed with."""

    issuer: str
    kek: KeyEncryptionKey


@dataclass(frozen=True, slots=True, repr=False)
class IssuedToken:
    """An access token and the scopes it carries."""

    text: str
    scopes: list[str]


async def issue_token(
    databases: Databases, mint: Mint, form: TokenForm, origin: Origin
) -> IssuedToken:
    """Issue an access token to a machine client that proves who it is.

    Raises: InvalidClient, InvalidScope, DependencyUnavailable.
    """
    now = datetime.now(UTC)
    # Committed before anything else is looked at: an assertion is spent even when refused.
    async with databases.tenant(PLATFORM) as tx:
        client = await _authenticate(tx, form.proof, mint.issuer, now)
        signer = await current_signer(tx, mint.kek, now)
        is_expected = await _may_come(tx, client, origin)
    if not is_expected:
        raise InvalidClient
    granted = scopes.grant(form.scope, frozenset(client.scopes))
    async with databases.tenant(client.tenant) as tx:
        program = Actor("staff" if client.tenant == PLATFORM else "client", client.client_id)
        await record(tx, program, origin, Deed("token.issue"))
    return IssuedToken(_sign(signer, mint.issuer, client, granted, now), granted)


def comes_from_its_own(client: tables.MachineClient, origin: Origin) -> bool:
    """Tell whether a program comes from an address of its own list, if it has one."""
    own = [ip_network(it) for it in client.source_addresses]
    return not own or within(origin.address, own)


async def _may_come(tx: AsyncSession, client: tables.MachineClient, origin: Origin) -> bool:
    """Tell whether a program may come from where it is; its own list counts before any other."""
    if client.source_addresses:
        return comes_from_its_own(client, origin)
    return await may_come(tx, client.tenant, origin.address)


async def _authenticate(
    tx: AsyncSession, proof: Secret | SignedAssertion, issuer: str, now: datetime
) -> tables.MachineClient:
    match proof:
        case Secret(client_id, secret):
            client = await _active_client(tx, client_id)
            if not hmac.compare_digest(client.secret_hash or b"", hash_secret(secret)):
                raise InvalidClient
            return client
        case SignedAssertion():
            return await _authenticate_by_assertion(tx, proof, issuer, now)


async def _authenticate_by_assertion(
    tx: AsyncSession, proof: SignedAssertion, issuer: str, now: datetime
) -> tables.MachineClient:
    try:
        token = jose.read(proof.text)
    except jose.Malformed as why:
        raise InvalidClient from why
    claim = judge_assertion(token.header, token.payload, issuer, now.timestamp())
    if proof.client_id not in (None, claim.client_id):
        raise InvalidClient
    client = await _active_client(tx, claim.client_id)
    usable = [
        key
        for key in await queries.client_keys(tx, client.client_id)
        if key.algorithm == claim.algorithm
        and claim.kid in (None, key.kid)
        and today_in_japan(now) <= key.expires_on
    ]
    if not any(has_signed(key, token) for key in usable):
        raise InvalidClient
    await _spend(tx, client, claim.jti, claim.expires_at, now)
    return client


async def _active_client(tx: AsyncSession, client_id: str) -> tables.MachineClient:
    tenant = await queries.client_tenant(tx, client_id)
    if tenant is None:
        raise InvalidClient
    await act_for(tx, tenant)
    client = await queries.machine_client(tx, client_id)
    if client.status != queries.ACTIVE:
        raise InvalidClient
    if tenant != PLATFORM and not (await queries.policyholder(tx, tenant)).active:
        raise InvalidClient
    return client


async def _spend(
    tx: AsyncSession, client: tables.MachineClient, jti: str, expires_at: int, now: datetime
) -> None:
    """Use an assertion up; of two that bring it at once, the row lets one through."""
    used = tables.UsedAssertion
    await tx.execute(delete(used).where(used.client_id == client.client_id, used.expires_at < now))
    row = {
        "tenant": client.tenant,
        "client_id": client.client_id,
        "jti": jti,
        "expires_at": datetime.fromtimestamp(expires_at, UTC),
    }
    spent = await tx.scalar(insert(used).values(row).on_conflict_do_nothing().returning(used.jti))
    if spent is None:
        raise InvalidClient


def own_addresses(client: tables.MachineClient) -> dict[str, object]:
    """Name the list that goes with a program's tokens: every service looks at it first."""
    return {"addresses": client.source_addresses} if client.source_addresses else {}


def _sign(
    signer: Signer,
    issuer: str,
    client: tables.MachineClient,
    granted: list[str],
    now: datetime,
) -> str:
    issued_at = int(now.timestamp())
    ours = client.tenant == PLATFORM
    is_job = bool(client.batch_policyholders)
    claims: dict[str, object] = {
        "iss": issuer,
        "sub": client.client_id,
        # A job's own token opens no door: it is good for the exchange alone.
        "aud": [EXCHANGE_AUDIENCE] if is_job else audience(granted),
        "exp": issued_at + LIFE_SECONDS,
        "iat": issued_at,
        "jti": new_uuid().hex,
        "client_id": client.client_id,
        "sid": client.key_set_id,
        "role": BATCH if is_job else OPERATOR if ours else CLIENT,
        "scope": " ".join(granted),
    }
    # Staff belong to no policyholder: their services take it from each act.
    tenant = {} if ours else {"tenant": client.tenant}
    return signer.sign(claims | tenant | own_addresses(client), "at+jwt")
