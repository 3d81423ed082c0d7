"""`/.well-known`: our public keys, and where and how tokens are asked for."""

from fastapi import Request

from libs.common.database import PLATFORM
from libs.common.permissions import PERMISSIONS
from libs.common.routing import Router
from libs.common.security import public
from libs.common.wire import Output

from .. import queries
from ..domain.assertions import ALGORITHMS

router = Router(tags=["discovery"], dependencies=[public("public keys and addresses")])


class PublicKey(Output):
    """One public signing key (JWK, RFC 7517)."""

    kty: str
    crv: str
    x: str
    y: str
    kid: str
    use: str
    alg: str


class PublicKeySet(Output):
    """Public keys of ours, those that sign next or have signed among them."""

    keys: list[PublicKey]


class AuthorizationServer(Output):
    """What a client library needs to know of us (RFC 8414)."""

    issuer: str
    token_endpoint: str
    jwks_uri: str
    grant_types_supported: list[str]
    response_types_supported: list[str]
    token_endpoint_auth_methods_supported: list[str]
    token_endpoint_auth_signing_alg_values_supported: list[str]
    scopes_supported: list[str]


@router.get("/.well-known/jwks.json", openapi_extra={"x-summary-ja": "署名検証用の公開鍵"})
async def get_public_keys(request: Request) -> PublicKeySet:
    """Read the public keys that verify access tokens."""
    async with request.app.state.databases.tenant(PLATFORM) as tx:
        keys = await queries.public_keys(tx)
    return PublicKeySet(keys=[PublicKey.model_validate(key) for key in keys])


@router.get(
    "/.well-known/audit-jwks.json", openapi_extra={"x-summary-ja": "アクセス履歴検証用の公開鍵"}
)
async def get_audit_keys(request: Request) -> PublicKeySet:
    """Read the public keys that verify checkpoints of access histories, of all years."""
    async with request.app.state.databases.tenant(PLATFORM) as tx:
        keys = await queries.audit_public_keys(tx)
    return PublicKeySet(keys=[PublicKey.model_validate(key) for key in keys])


@router.get(
    "/.well-known/oauth-authorization-server",
    openapi_extra={"x-summary-ja": "認可サーバーの情報"},
)
async def get_authorization_server(request: Request) -> AuthorizationServer:
    """Read where and how tokens are asked for."""
    issuer: str = request.app.state.settings.issuer
    return AuthorizationServer(
        issuer=issuer,
        token_endpoint=f"{issuer}/v1/oauth2/token",
        jwks_uri=f"{issuer}/.well-known/jwks.json",
        grant_types_supported=["client_credentials"],
        response_types_supported=[],
        token_endpoint_auth_methods_supported=["private_key_jwt", "client_secret_basic"],
        token_endpoint_auth_signing_alg_values_supported=list(ALGORITHMS),
        scopes_supported=sorted(PERMISSIONS),
    )
