"""`/machine-clients`: the programs that act for a policyholder (マシンクライアント)."""

from collections.abc import Sequence
from typing import Annotated, Literal, Self

from fastapi import Request, Response
from pydantic import Field, model_validator

from libs.common.answers import may_answer
from libs.common.database import PLATFORM
from libs.common.etags import IfMatch, etag
from libs.common.paging import PageShape, Paging, ordered
from libs.common.routing import Reading, Router, StaffTransaction, Transaction
from libs.common.security import requires
from libs.common.wire import BusinessDate, Input, Instant, Output, PolicyholderCode, Text255

from .. import queries, tables
from ..actions import machine_clients
from ..actions.client_keys import NewKey
from ..actions.history import Deed
from ..domain.machine_clients import MOST_KEYS
from ..errors import (
    KeyLifeOutOfRange,
    MachineClientNotFound,
    MachineClientRevoked,
    PolicyholderNotFound,
    PublicKeyRefused,
    ScopeNotGrantable,
    SourceAddressesRequired,
    SourceAddressRefused,
    TooManyMachineClients,
)
from .desk import Act

router = Router(tags=["machine-clients"], dependencies=[requires("machine-clients:read")])
staff_router = Router(
    tags=["machine-clients"], dependencies=[requires("ops:machine-clients:write")]
)

Base64Url = Annotated[str, Field(pattern="^[0-9A-Za-z_-]+$", max_length=2048)]
ClientId = Annotated[str, Field(pattern="^[a-z0-9_]{1,63}$")]
KeyId = Annotated[str, Field(pattern="^[!-~]{1,255}$")]


class EcPublicKey(Input):
    """A P-256 key, for ES256; private members are refused like any unknown one."""

    kty: Literal["EC"]
    crv: Literal["P-256"]
    x: Base64Url
    y: Base64Url
    kid: KeyId | None = None
    use: Literal["sig"] | None = None
    alg: Literal["ES256"] | None = None


class RsaPublicKey(Input):
    """An RSA key of 3072 bits or more, for PS256."""

    kty: Literal["RSA"]
    n: Base64Url
    e: Base64Url
    kid: KeyId | None = None
    use: Literal["sig"] | None = None
    alg: Literal["PS256"] | None = None


class ClientKeyCreate(Input):
    """A public key to register, and the last day it may be used."""

    jwk: Annotated[EcPublicKey | RsaPublicKey, Field(discriminator="kty")]
    expires_on: BusinessDate


class KeyAuthentication(Input):
    """The client signs its assertions (private_key_jwt); preferred."""

    method: Literal["PRIVATE_KEY_JWT"]
    keys: Annotated[list[ClientKeyCreate], Field(min_length=1, max_length=MOST_KEYS)]


class SecretAuthentication(Input):
    """The client sends a secret (client_secret_basic), from its own addresses only."""

    method: Literal["CLIENT_SECRET_BASIC"]


class MachineClientCreate(Input):
    """A machine client to register; without a policyholder it is ours.

    One of ours is the staff's, or a job that acts for the named policyholders, one at a time. The
    addresses of a job may be private ones: it comes from our own network.
    """

    policyholder_code: PolicyholderCode | None
    name: Text255
    authentication: Annotated[
        KeyAuthentication | SecretAuthentication, Field(discriminator="method")
    ]
    scopes: Annotated[list[str], Field(min_length=1, max_length=100)]
    source_addresses: Annotated[list[str], Field(max_length=50, default_factory=list)]
    batch_policyholders: Annotated[
        list[PolicyholderCode], Field(max_length=1000, default_factory=list)
    ]

    @model_validator(mode="after")
    def _belongs_to_one(self) -> Self:
        if self.policyholder_code is not None and self.batch_policyholders:
            raise ValueError("a policyholder's own client acts for no other")
        return self


class ClientKey(Output):
    """A public key of a machine client."""

    kid: str
    algorithm: str
    expires_on: BusinessDate


class MachineClientSummary(Output):
    """A machine client in a list."""

    client_id: ClientId
    name: str
    method: Literal["PRIVATE_KEY_JWT", "CLIENT_SECRET_BASIC"]
    status: Literal["ACTIVE", "REVOKED"]
    registered_at: Instant


class MachineClientPage(PageShape[MachineClientSummary]):
    """A page of machine clients."""


class MachineClient(MachineClientSummary):
    """A program that acts for a policyholder (マシンクライアント)."""

    policyholder_code: PolicyholderCode | None
    scopes: list[str]
    source_addresses: list[str]
    keys: list[ClientKey]
    revoked_at: Instant | None
    version: int

    @classmethod
    def of(cls, row: tables.MachineClient, keys: Sequence[tables.ClientKey]) -> Self:
        """Show a machine client."""
        return cls(**_members(row, keys))


class MachineClientRegistered(MachineClient):
    """A new machine client; its secret is shown this once, and is null for one with keys."""

    client_secret: str | None


def _members(row: tables.MachineClient, keys: Sequence[tables.ClientKey]) -> dict[str, object]:
    summary = MachineClientSummary.model_validate(row).model_dump(mode="python")
    return summary | {
        "policyholder_code": None if row.tenant == PLATFORM else row.tenant,
        "scopes": row.scopes,
        "source_addresses": row.source_addresses,
        "keys": [ClientKey.model_validate(key) for key in keys],
        "revoked_at": row.revoked_at,
        "version": row.version,
    }


@router.get("/machine-clients", openapi_extra={"x-summary-ja": "マシンクライアントの一覧"})
async def list_machine_clients(tx: Reading, paging: Paging) -> MachineClientPage:
    """List your company's machine clients, the revoked ones too."""
    by_id = tables.MachineClient.client_id
    statement = ordered(queries.machine_clients(), None, {"client_id": by_id}, by_id)
    return MachineClientPage.of(await paging.of(tx, statement), MachineClientSummary.model_validate)


@router.get(
    "/machine-clients/{client_id}",
    responses=may_answer(MachineClientNotFound),
    openapi_extra={"x-summary-ja": "マシンクライアントの照会"},
)
async def get_machine_client(client_id: ClientId, tx: Reading, response: Response) -> MachineClient:
    """Read one machine client; a secret is never shown again."""
    row = await queries.machine_client(tx, client_id)
    response.headers["ETag"] = etag(row.version)
    return MachineClient.of(row, await queries.client_keys(tx, client_id))


@router.post(
    "/machine-clients/{client_id}/revoke",
    dependencies=[requires("machine-clients:write")],
    responses=may_answer(MachineClientNotFound, MachineClientRevoked),
    openapi_extra={"x-summary-ja": "マシンクライアントの失効"},
)
async def revoke_machine_client(
    client_id: ClientId, acting: Act, tx: Transaction, seen_version: IfMatch, response: Response
) -> MachineClient:
    """Revoke a machine client; its tokens stop within seconds."""
    row = await machine_clients.revoke_machine_client(tx, acting, client_id, seen_version)
    response.headers["ETag"] = etag(row.version)
    return MachineClient.of(row, await queries.client_keys(tx, client_id))


@staff_router.post(
    "/machine-clients",
    status_code=201,
    responses=may_answer(
        PolicyholderNotFound,
        TooManyMachineClients,
        ScopeNotGrantable,
        KeyLifeOutOfRange,
        PublicKeyRefused,
        SourceAddressRefused,
        SourceAddressesRequired,
    ),
    openapi_extra={"x-summary-ja": "マシンクライアントの登録"},
)
async def create_machine_client(
    wish: MachineClientCreate,
    acting: Act,
    tx: StaffTransaction,
    request: Request,
    response: Response,
) -> MachineClientRegistered:
    """Register a machine client; a secret is in this answer and in no other, not even a replay."""
    made = await machine_clients.register_machine_client(tx, _registration(wish), acting.now)
    await acting.note(tx, Deed("machine-client.register", target=made.client.client_id))
    request.state.shown_once = ("client_secret",)
    response.headers["ETag"] = etag(made.client.version)
    members = _members(made.client, made.keys)
    return MachineClientRegistered(**members, client_secret=made.secret)


@staff_router.post(
    "/machine-clients/{client_id}/revoke",
    responses=may_answer(MachineClientNotFound, MachineClientRevoked),
    openapi_extra={"x-summary-ja": "マシンクライアントの失効(運営)"},
)
async def revoke_machine_client_for_policyholder(
    client_id: ClientId,
    acting: Act,
    tx: StaffTransaction,
    seen_version: IfMatch,
    response: Response,
) -> MachineClient:
    """Revoke any machine client, in the place of a policyholder who cannot."""
    await machine_clients.act_for_owner(tx, client_id)
    row = await machine_clients.revoke_machine_client(tx, acting, client_id, seen_version)
    response.headers["ETag"] = etag(row.version)
    return MachineClient.of(row, await queries.client_keys(tx, client_id))


def _registration(wish: MachineClientCreate) -> machine_clients.Registration:
    keys: list[ClientKeyCreate] = []
    if isinstance(wish.authentication, KeyAuthentication):
        keys = wish.authentication.keys
    return machine_clients.Registration(
        tenant=wish.policyholder_code or PLATFORM,
        name=wish.name,
        keys=[_new_key(key) for key in keys],
        scopes=wish.scopes,
        source_addresses=wish.source_addresses,
        batch_policyholders=wish.batch_policyholders,
    )


def _new_key(key: ClientKeyCreate) -> NewKey:
    members = key.jwk.model_dump(exclude={"kid", "use", "alg"})
    return NewKey(members, key.jwk.kid, key.expires_on)
