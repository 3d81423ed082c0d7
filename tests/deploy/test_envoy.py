"""The gateway: whom it lets in, what it takes away, and how it says no."""

import http.client
import json
import ssl
import time
from collections.abc import Iterator
from typing import Any

import httpx
import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from jwt.algorithms import ECAlgorithm

from deploy.envoy import Certificate, Envoy, Gateway
from deploy.local.secrets import Secrets
from deploy.processes import free_port

from .echo import Echo, served

_ISSUER = "https://gateway.test"
_KEY = ec.generate_private_key(ec.SECP256R1())
_KEYS = {"keys": [json.loads(ECAlgorithm.to_jwk(_KEY.public_key())) | {"kid": "1", "alg": "ES256"}]}
_QUOTA = 20
_FRONT_END = "https://front-end.test"
_PREFLIGHT = {"access-control-request-method": "POST"}
_MEMBERS = {
    "type", "code", "status", "title", "title_en", "detail", "detail_en", "instance",
    "request_id", "retryable", "reason", "rule", "current_version", "violated_policies",
    "errors", "errors_total",
}  # fmt: skip


def _token(subject: str = "client_1", issuer: str = _ISSUER, key: Any = _KEY) -> dict[str, str]:
    """The header of a caller with a token of its own."""
    now = int(time.time())
    claims = {"iss": issuer, "sub": subject, "iat": now, "exp": now + 300}
    text = jwt.encode(claims, key, algorithm="ES256", headers={"kid": "1"})
    return {"authorization": f"Bearer {text}"}


@pytest.fixture(scope="module")
def gateway(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gateway]:
    """A gateway before two services that answer, and premium, which does not."""
    port = free_port()
    files = Secrets(tmp_path_factory.mktemp("secrets")).certificate()
    gateway = Gateway(
        services=dict.fromkeys(("identity", "buyers", "ledger"), ("127.0.0.1", port)),
        issuer=_ISSUER,
        public_port=free_port(),
        staff_port=free_port(),
        admin_port=free_port(),
        requests_each=_QUOTA,
        web_origins=(_FRONT_END,),
        certificate=Certificate(free_port(), *files),
    )
    envoy = Envoy(tmp_path_factory.mktemp("envoy"), gateway)
    with served(Echo(_KEYS), port):
        envoy.start()
        yield gateway
        envoy.drop()


@pytest.fixture
def public(gateway: Gateway) -> Iterator[httpx.Client]:
    """A caller from outside."""
    with httpx.Client(base_url=f"http://127.0.0.1:{gateway.public_port}") as client:
        yield client


@pytest.fixture
def staff(gateway: Gateway) -> Iterator[httpx.Client]:
    """A caller inside the insurer's house."""
    with httpx.Client(base_url=f"http://127.0.0.1:{gateway.staff_port}") as client:
        yield client


def _seen(answer: httpx.Response) -> dict[str, str]:
    """The headers that reached the service."""
    return dict(answer.json()["headers"])


def test_a_stranger_is_refused_in_japanese(public: httpx.Client) -> None:
    """Given no token, when a resource is asked for, then a whole problem in Japanese says so."""
    answer = public.get("/v1/buyers?q=secret")

    problem = answer.json()
    assert answer.status_code == 401
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["content-language"] == "ja"
    assert problem.keys() == _MEMBERS
    assert problem["code"] == "invalid-token"
    assert problem["title"] == "アクセストークンが無効です"
    assert problem["instance"] == "/v1/buyers"
    assert problem["request_id"] == answer.headers["x-request-id"]


def test_a_stranger_is_refused_in_english(public: httpx.Client) -> None:
    """Given no token, when an English client asks, then title and detail are English."""
    answer = public.get("/v1/buyers", headers={"accept-language": "en-GB,en;q=0.9,ja;q=0.5"})

    problem = answer.json()
    assert answer.headers["content-language"] == "en"
    assert problem["title"] == problem["title_en"] == "Invalid token"
    assert problem["detail"] == problem["detail_en"]


@pytest.mark.parametrize(
    "token",
    [
        _token(issuer="https://gateway.test/"),
        _token(key=ec.generate_private_key(ec.SECP256R1())),
    ],
    ids=["another issuer", "another key"],
)
def test_a_token_of_somebody_else_is_refused(public: httpx.Client, token: dict[str, str]) -> None:
    """Given a token identity did not make, when it is shown, then the gateway refuses it."""
    answer = public.get("/v1/buyers", headers=token)

    assert answer.status_code == 401
    assert answer.json()["code"] == "invalid-token"


def test_a_token_opens_the_service_of_the_path(public: httpx.Client) -> None:
    """Given identity's token, when a buyer is asked for, then the service sees path and token."""
    token = _token()

    answer = public.get("/v1/buyers/1234567", headers=token)

    assert answer.json()["path"] == "/v1/buyers/1234567"
    assert _seen(answer)["authorization"] == token["authorization"]


def test_an_open_path_needs_no_token(public: httpx.Client) -> None:
    """Given no token, when one is asked for, then the request reaches identity."""
    answer = public.post("/v1/oauth2/token")

    assert answer.json()["path"] == "/v1/oauth2/token"


@pytest.mark.parametrize("path", ["/internal/revocations", "/ops/v1/buyers", "/v1x", "/"])
def test_what_is_not_public_is_not_there(public: httpx.Client, path: str) -> None:
    """Given a token, when inner paths are tried from outside, then there is nothing."""
    answer = public.get(path, headers=_token())

    assert answer.status_code == 404
    assert answer.json()["code"] == "not-found"


def test_staff_reach_their_own_paths_only(staff: httpx.Client) -> None:
    """Given a token, when staff come by their listener, then only /ops/v1 is there."""
    token = _token("operator")

    answers = [staff.get(path, headers=token) for path in ("/ops/v1/clock", "/v1/buyers")]

    assert [answer.status_code for answer in answers] == [200, 404]
    assert staff.get("/ops/v1/clock").status_code == 401


def test_no_caller_tells_a_service_who_it_is(public: httpx.Client) -> None:
    """Given invented identities in headers, when they are sent, then none reaches the service."""
    invented = {
        "x-tenant-id": "045012300", "x-user-id": "1", "x-jwt-payload": "e30",
        "x-envoy-original-path": "/internal", "x-forwarded-client-cert": "By=x",
        "x-original-url": "/internal", "x-http-method-override": "DELETE", "x-real-ip": "10.0.0.1",
        "x-request-id": "chosen-by-caller", "x-forwarded-for": "203.0.113.7",
    }  # fmt: skip

    seen = _seen(public.get("/v1/buyers", headers=_token() | invented))

    assert seen["x-forwarded-for"] == "203.0.113.7,127.0.0.1"
    assert seen["x-request-id"] != "chosen-by-caller"
    assert not seen.keys() & (invented.keys() - {"x-forwarded-for", "x-request-id"})


@pytest.mark.parametrize("path", ["/v1/buyers%2f1", "/v1/buyers%5c1"])
def test_a_hidden_slash_is_refused(public: httpx.Client, path: str) -> None:
    """Given a path with an escaped slash, when it is sent, then it cannot be read."""
    answer = public.get(path, headers=_token())

    assert answer.status_code == 400
    assert answer.json()["code"] == "malformed-request"


def test_a_header_with_an_underscore_is_refused(public: httpx.Client) -> None:
    """Given a name that servers might read as another, when it is sent, then it is refused."""
    answer = public.get("/v1/buyers", headers=_token() | {"x_tenant": "045012300"})

    assert answer.status_code == 400
    assert answer.json()["code"] == "malformed-request"


def test_a_path_is_brought_to_its_plain_form(public: httpx.Client) -> None:
    """Given dots and doubled slashes, when they are sent, then the service sees none of them."""
    answer = public.get("/v1/claims/../buyers//1234567", headers=_token())

    assert answer.json()["path"] == "/v1/buyers/1234567"


def test_a_json_body_beyond_a_mebibyte_is_refused(public: httpx.Client) -> None:
    """Given a body one byte too long, when it comes without a length, then it is too large."""
    most = public.post("/v1/buyers", headers=_token(), content=iter([b"x" * 1024 * 1024]))
    more = public.post("/v1/buyers", headers=_token(), content=iter([b"x" * 1024 * 1024, b"x"]))

    assert most.json()["size"] == 1024 * 1024
    assert more.status_code == 413
    assert more.json()["code"] == "payload-too-large"


def test_a_ledger_file_passes_as_it_comes(public: httpx.Client) -> None:
    """Given a file beyond the limit of JSON, when it is uploaded, then all of it arrives."""
    parts = iter([b"x" * 1024 * 1024] * 3)

    answer = public.post("/v1/ledger-uploads", headers=_token(), content=parts)

    assert answer.json()["size"] == 3 * 1024 * 1024


def test_a_file_declared_too_long_is_refused_at_once(gateway: Gateway) -> None:
    """Given an upload that announces 258 MiB, when not a byte has come, then it is refused."""
    connection = http.client.HTTPConnection("127.0.0.1", gateway.public_port, timeout=10)
    connection.putrequest("POST", "/v1/ledger-uploads")
    connection.putheader("authorization", _token()["authorization"])
    connection.putheader("content-length", str(258 * 1024 * 1024))
    connection.endheaders()

    answer = connection.getresponse()

    assert answer.status == 413
    assert json.load(answer)["code"] == "payload-too-large"
    connection.close()


def test_a_caller_beyond_its_quota_waits(public: httpx.Client) -> None:
    """Given a caller at its quota, when it comes with a new token, then it still has to wait."""
    busy = "client_busy"
    for _ in range(_QUOTA):
        public.get("/v1/buyers", headers=_token(busy))

    refused = public.get("/v1/buyers", headers=_token(busy))
    other = public.get("/v1/buyers", headers=_token("client_other"))

    assert refused.status_code == 429
    assert refused.json()["code"] == "rate-limited"
    assert int(refused.headers["retry-after"]) >= 1
    assert other.status_code == 200


def test_a_service_that_is_away_is_a_passing_fault(public: httpx.Client) -> None:
    """Given premium is not there, when it is asked, then the caller may try again."""
    answer = public.get("/v1/code-tables", headers=_token())

    assert answer.status_code == 503
    assert answer.json()["code"] == "dependency-unavailable"
    assert answer.json()["retryable"] is True


def test_every_refusal_is_guarded_like_an_answer(public: httpx.Client) -> None:
    """Given a refusal, when its headers are read, then it is not stored and names no server."""
    answer = public.get("/v1/buyers")

    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["content-security-policy"].startswith("default-src 'none'")
    assert "server" not in answer.headers
    assert "server" not in public.get("/v1/buyers", headers=_token()).headers


def test_a_browser_comes_in_by_tls(gateway: Gateway) -> None:
    """Given the port for browsers, when one comes with TLS, then the same paths are there."""
    assert gateway.certificate is not None
    trusted = ssl.create_default_context(cafile=gateway.certificate.chain)
    base = f"https://127.0.0.1:{gateway.certificate.port}"
    with httpx.Client(base_url=base, verify=trusted) as browser:
        answers = [browser.get("/v1/buyers", headers=_token()), browser.get("/ops/v1/clock")]

    assert [answer.status_code for answer in answers] == [200, 404]


def test_a_known_front_end_may_ask_and_read(public: httpx.Client) -> None:
    """Given a page of ours, when its browser asks whether it may, then it may, with its cookies."""
    asked = public.options("/v1/buyers", headers=_PREFLIGHT | {"origin": _FRONT_END})
    answered = public.get("/v1/buyers", headers=_token("browser") | {"origin": _FRONT_END})

    for answer in (asked, answered, public.get("/v1/buyers", headers={"origin": _FRONT_END})):
        assert answer.headers["access-control-allow-origin"] == _FRONT_END
        assert answer.headers["access-control-allow-credentials"] == "true"
    assert "idempotency-key" in asked.headers["access-control-allow-headers"]
    assert "etag" in answered.headers["access-control-expose-headers"]


@pytest.mark.parametrize("origin", ["https://evil.test", f"{_FRONT_END}.evil.test", "null"])
def test_no_other_page_reads_anything(public: httpx.Client, origin: str) -> None:
    """Given a page of somebody else, when its browser asks, then it is told nothing."""
    asked = public.options("/v1/buyers", headers=_PREFLIGHT | {"origin": origin})
    answered = public.get("/v1/buyers", headers=_token("elsewhere") | {"origin": origin})

    for answer in (asked, answered):
        assert "access-control-allow-origin" not in answer.headers
