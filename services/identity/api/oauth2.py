"""`/oauth2/token`: where a machine exchanges its proof for an access token."""

from typing import Annotated, Any, Literal

from fastapi import Depends, Request
from starlette.responses import JSONResponse, Response

from libs.common.addresses import client_address
from libs.common.routing import Router
from libs.common.security import public
from libs.common.wire import Output

from ..actions.desk import Origin
from ..actions.refusals import note_program
from ..actions.sealing import KeyEncryptionKey
from ..actions.token_exchange import EXCHANGED_LIFE_SECONDS, exchange
from ..actions.tokens import LIFE_SECONDS, Mint, issue_token
from ..domain.assertions import ASSERTION_TYPE
from ..domain.token_form import ACCESS_TOKEN, EXCHANGE, MEDIA_TYPE, read_exchange, read_form
from ..errors import InvalidRequest, TokenRefused
from ..settings import IdentitySettings

router = Router(
    tags=["tokens"],
    dependencies=[public("the proof is in the form itself")],
    max_body_size=16 * 1024,
)

internal_router = Router(
    tags=["internal"],
    dependencies=[public("on the internal listener only; the job's own token is the proof")],
    max_body_size=16 * 1024,
)

_EXCHANGE: dict[str, Any] = {
    "type": "object",
    "required": [
        "grant_type", "subject_token", "subject_token_type", "audience", "policyholder_code",
    ],
    "properties": {
        "grant_type": {"type": "string", "const": EXCHANGE},
        "subject_token": {"type": "string"},
        "subject_token_type": {"type": "string", "const": ACCESS_TOKEN},
        "audience": {"type": "string", "description": "One service."},
        "policyholder_code": {"type": "string", "description": "One of those it may act for."},
        "scope": {"type": "string", "description": "Parted by blanks; all of it if absent."},
    },
}  # fmt: skip
_FORM: dict[str, Any] = {
    "type": "object",
    "required": ["grant_type"],
    "properties": {
        "grant_type": {"type": "string", "const": "client_credentials"},
        "scope": {"type": "string", "description": "Parted by blanks; all registered if absent."},
        "client_assertion_type": {"type": "string", "const": ASSERTION_TYPE},
        "client_assertion": {"type": "string"},
    },
}


class AccessToken(Output):
    """An access token for five minutes."""

    access_token: str
    token_type: Literal["Bearer"]
    expires_in: int
    scope: str


class ExchangedToken(AccessToken):
    """A token for one policyholder and one service, good for a minute."""

    issued_token_type: str


class TokenRefusal(Output):
    """Why there is no token.

    Source: RFC 6749 §5.2.
    """

    error: Literal[
        "invalid_request",
        "invalid_client",
        "invalid_grant",
        "invalid_scope",
        "unsupported_grant_type",
    ]


async def _mint(request: Request) -> Mint:
    settings: IdentitySettings = request.app.state.settings
    kek = KeyEncryptionKey.read(settings.key_encryption_key.get_secret_value())
    return Mint(settings.issuer, kek)


@router.post(
    "/oauth2/token",
    response_model=AccessToken,
    responses={400: {"model": TokenRefusal}, 401: {"model": TokenRefusal}},
    openapi_extra={
        "x-summary-ja": "アクセストークンの発行",
        "requestBody": {"required": True, "content": {MEDIA_TYPE: {"schema": _FORM}}},
    },
)
async def create_access_token(request: Request, mint: Annotated[Mint, Depends(_mint)]) -> Response:
    """Issue an access token for client credentials (RFC 6749 §4.4, RFC 7523)."""
    databases = request.app.state.databases
    try:
        if request.headers.get("content-type", "").split(";")[0].strip().lower() != MEDIA_TYPE:
            raise InvalidRequest
        form = read_form(await request.body(), request.headers.getlist("authorization"))
    except TokenRefused as refusal:
        return _refused(refusal)
    address = client_address(request, request.app.state.settings.trusted_proxies)
    origin = Origin(address, request.headers.get("user-agent", ""))
    try:
        token = await issue_token(databases, mint, form, origin)
    except TokenRefused as refusal:
        await note_program(databases, mint.kek, form, origin, refusal)
        return _refused(refusal)
    answer = AccessToken(
        access_token=token.text,
        token_type="Bearer",  # noqa: S106 - the name of a scheme
        expires_in=LIFE_SECONDS,
        scope=" ".join(token.scopes),
    )
    return JSONResponse(answer.model_dump())


@internal_router.post(
    "/oauth2/token",
    response_model=ExchangedToken,
    responses={400: {"model": TokenRefusal}},
    openapi_extra={
        "x-summary-ja": "トークン交換",
        "requestBody": {"required": True, "content": {MEDIA_TYPE: {"schema": _EXCHANGE}}},
    },
)
async def exchange_token(request: Request, mint: Annotated[Mint, Depends(_mint)]) -> Response:
    """Exchange a job's own token for one of a policyholder's, for a minute (RFC 8693)."""
    address = client_address(request, request.app.state.settings.trusted_proxies)
    origin = Origin(address, request.headers.get("user-agent", ""))
    try:
        form = read_exchange(await request.body())
        token = await exchange(request.app.state.databases, mint, form, origin)
    except TokenRefused as refusal:
        return _refused(refusal)
    answer = ExchangedToken(
        access_token=token.text,
        issued_token_type=ACCESS_TOKEN,
        token_type="Bearer",  # noqa: S106 - the name of a scheme
        expires_in=EXCHANGED_LIFE_SECONDS,
        scope=" ".join(token.scopes),
    )
    return JSONResponse(answer.model_dump())


def _refused(refusal: TokenRefused) -> Response:
    headers = {"WWW-Authenticate": 'Basic realm="oauth2"'} if refusal.status == 401 else None
    return JSONResponse({"error": refusal.error}, refusal.status, headers=headers)
