"""Bodies that are too long, too many, or not what they say: refused early, and repeated nowhere."""

import io
import json
from collections.abc import AsyncIterator
from hashlib import sha256
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import httpx
import obstore
import pytest

from libs.common.bodies import MAX_BYTES
from libs.common.security import intent
from tests.attacks.given import GUESSER, Services, as_of
from tests.attacks.targets import Target, guarded, targets
from tests.kit import then
from tests.kit.running import Running
from tests.kit.stand_in_identity import ISSUER

_KIB = 1024
_SECRET = "correct-horse-battery-staple"
_PASSWORD = json.dumps({"password": _SECRET}).encode()
_OUR_PAGE = {"Origin": ISSUER, "X-Requested-By": "web"}
_SUM = sha256(_PASSWORD).hexdigest()
_ROOT = Path(__file__).parents[2]
_DOCUMENTS = ("openapi.json", "openapi-staff.json")
_UPLOADS = "/v1/ledger-uploads"
_MULTIPART = {"Content-Type": "multipart/form-data; boundary=xx"}


class Endless:
    """A body that never ends, and counts how much of it was taken."""

    def __init__(self, begin: bytes = b"", piece: bytes = b" " * 64 * _KIB) -> None:
        """Begin so, then go on with the same piece."""
        self._begin, self._piece = begin, piece
        self.taken = 0

    async def __aiter__(self) -> AsyncIterator[bytes]:
        """Give it piece by piece."""
        yield self._begin
        while True:
            self.taken += len(self._piece)
            yield self._piece


def _headers(services: Services, target: Target) -> dict[str, str]:
    identity = services[target.service].identity
    is_staff = target.path.startswith("/ops/")
    tenant, role = (None, "operator") if is_staff else (GUESSER, "administrator")
    bearer = f"Bearer {identity.sign(identity.claims(target.scopes, tenant, role))}"
    return {"Authorization": bearer, "Idempotency-Key": uuid4().hex, "If-Match": '"1"'}


def _writes(services: Services) -> list[Target]:
    return [it for it in guarded(services) if it.method != "GET" and it.path != _UPLOADS]


def _alive(running: Running) -> dict[str, str]:
    return running.caller("ledger-uploads:write", tenant=GUESSER) | {
        "Idempotency-Key": uuid4().hex,
    }


async def _uploaded(ledger: Running, **request: Any) -> httpx.Response:
    headers = _alive(ledger) | request.pop("headers", {})
    return await ledger.client.post(_UPLOADS, headers=headers, **request)


async def _stored(service: Running) -> set[str]:
    """The names of all files a service keeps."""
    return {it["path"] for it in await obstore.list(service.app.state.files).collect_async()}


@pytest.mark.attack("S49")
async def test_a_body_without_end_is_cut_off_early(services: Services) -> None:
    """Given a body that never ends, when any write gets it, then 413 after a mebibyte or before."""
    for target in _writes(services):
        body = Endless(b"{")
        answer = await services[target.service].client.request(
            target.method,
            target.at(),
            content=body,
            headers=_headers(services, target) | {"Content-Type": "application/json"},
        )

        # What takes no body may refuse without looking at it.
        if body.taken or answer.status_code != 422:
            then.refused(answer, 413, "payload-too-large")
        assert body.taken <= MAX_BYTES + 128 * _KIB, target


def _without_body() -> set[tuple[str, str]]:
    """The operations whose description asks for no body."""
    documents = [json.loads((_ROOT / name).read_text()) for name in _DOCUMENTS]
    return {
        (method.upper(), path)
        for document in documents
        for path, operations in document["paths"].items()
        for method, operation in operations.items()
        if "requestBody" not in operation
    }


async def test_no_body_is_ignored(services: Services) -> None:
    """Given what asks for no body, when a password is sent along, then 422 for each of them."""
    undescribed = _without_body()
    tried = [it for it in targets(services) if (it.method, it.path) in undescribed]
    assert len(tried) == len(undescribed) > 100

    for target in tried:
        headers = _headers(services, target)
        if target.is_bound:
            headers = as_of(services, target, GUESSER, intent(target.method, target.at(), _SUM))
        answer = await services[target.service].client.request(
            target.method, target.at(), content=_PASSWORD, headers=headers | _OUR_PAGE
        )

        [item] = then.refused(answer, 422, "validation-failed")["errors"]
        assert (item["code"], item["pointer"]) == ("not-allowed-here", "#"), target


@pytest.mark.attack("S49")
async def test_a_stranger_is_not_listened_to(services: Services) -> None:
    """Given no token, when a body that never ends is sent, then 401 before any of it is read."""
    for target in [*_writes(services), *(it for it in guarded(services) if it.path == _UPLOADS)]:
        body = Endless()
        answer = await services[target.service].client.request(
            target.method, target.at(), content=body
        )

        then.refused(answer, 401, "invalid-token")
        assert body.taken == 0, target


@pytest.mark.attack("S49")
async def test_a_token_is_not_asked_for_in_a_book(services: Services) -> None:
    """Given a form that never ends, when it is sent to the token endpoint, then 413."""
    body = Endless(b"grant_type=", b"a" * _KIB)

    answer = await services["identity"].client.post(
        "/v1/oauth2/token",
        content=body,
        headers={"Content-Type": "application/x-www-form-urlencoded"},
    )

    then.refused(answer, 413, "payload-too-large")
    assert body.taken <= MAX_BYTES + 2 * _KIB


@pytest.mark.attack("S50")
async def test_a_form_that_makes_work_is_refused(services: Services) -> None:
    """Given two files, 1 001 fields, headers without end, when sent, then 400 and all is well."""
    ledger = services["ledger"]
    file = ("file", ("a.csv", b"1,2\r\n", "text/csv"))
    headers_without_end = Endless(b"--xx\r\nContent-Disposition: form-data; x=", b"a" * _KIB)
    many_headers = Endless(b"--xx\r\nA: 1", b"\r\nB: 2" * 100)
    field_without_end = Endless(
        b'--xx\r\nContent-Disposition: form-data; name="mode"\r\n\r\n', b"a" * _KIB
    )
    parts_without_end = Endless(
        b"", b'--xx\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n' * 20
    )

    answers = [
        await _uploaded(ledger, files=[file, file]),
        await _uploaded(ledger, files=[file], data={f"f{n}": "1" for n in range(1001)}),
        *[
            await _uploaded(ledger, content=body, headers=_MULTIPART)
            for body in (
                headers_without_end,
                many_headers,
                field_without_end,
                parts_without_end,
                b'--xx\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\n1,2',
            )
        ],
    ]

    assert {answer.status_code for answer in answers} == {400}
    for body in (headers_without_end, many_headers, field_without_end, parts_without_end):
        assert body.taken < 100 * _KIB
    assert (await ledger.client.get("/livez")).status_code == 200


@pytest.mark.attack("S51")
@pytest.mark.parametrize(
    "begin",
    [
        b"MZ\x90\x00",
        b"PK\x03\x04\x14\x00",
        b"%PDF-1.7",
        b"<html><script>",
        b"\xef\xbb\xbf<!DOCTYPE html>",
        b"\x7fELF",
        b"\x1f\x8b\x08",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
        b"1,2,\x00",
    ],
)
@pytest.mark.parametrize("name", ["a.csv", "a.fd", "a.xlsx", "a"])
async def test_what_is_no_text_is_no_ledger(services: Services, begin: bytes, name: str) -> None:
    """Given a program, archive, document or page, when it is sent as a ledger, then 422."""
    answer = await _uploaded(services["ledger"], files={"file": (name, begin, "text/csv")})

    then.refused(answer, 422, "file-rejected", "file-kind-refused")


@pytest.mark.attack("S54")
@pytest.mark.parametrize(
    ("sent", "shown"),
    [
        ("../../../etc/passwd.csv", "passwd.csv"),
        ("..\\..\\windows\\a.csv", "a.csv"),
        ("a\u202egpj.csv", "agpj.csv"),
        ("a\u2028b.csv", "ab.csv"),
        ("a\0b.csv", "ab.csv"),
        ("長" * 300 + ".csv", "長" * 255),
        ("", ""),
        ("..", ".."),
    ],
)
async def test_a_file_name_is_only_shown(services: Services, sent: str, shown: str) -> None:
    """Given a hostile file name, when the file is taken, then it is stored under a name of ours."""
    body = (
        b'--xx\r\nContent-Disposition: form-data; name="file"; filename="'
        + sent.replace("\\", "\\\\").encode()
        + b'"\r\n\r\n1,2\r\n--xx--\r\n'
    )

    before = await _stored(services["ledger"])

    answer = await _uploaded(services["ledger"], content=body, headers=_MULTIPART)

    [kept] = await _stored(services["ledger"]) - before
    tenant, name = kept.split("/")
    assert (answer.status_code, answer.json()["file_name"]) == (202, shown)
    assert (tenant, str(UUID(name))) == (GUESSER, name)


@pytest.mark.attack("S57")
async def test_no_refusal_repeats_what_was_sent(services: Services) -> None:
    """Given a secret in a wrong place of any write, when it is refused, then it is not repeated."""
    bodies = [
        {_SECRET: 1, "name": {"password": _SECRET}, "codes": [_SECRET], "rates": [[_SECRET]]},
        [_SECRET],
        _SECRET,
    ]
    for target in _writes(services):
        for body in bodies:
            answer = await services[target.service].client.request(
                target.method,
                target.at() + f"?password={_SECRET}",
                json=body,
                headers=_headers(services, target) | {"X-Secret": _SECRET},
            )

            # A step-up that is bound to another content is refused before all else.
            assert answer.status_code in ((401, 404, 422) if target.is_bound else (404, 422)), (
                target
            )
            assert _SECRET not in answer.text, target
            assert _SECRET not in json.dumps(dict(answer.headers)), target


@pytest.mark.attack("S57")
@pytest.mark.parametrize("missing", ["grant_type", "client_assertion_type", "client_assertion"])
async def test_the_token_endpoint_repeats_no_proof(
    services: Services, missing: str, logged: io.StringIO
) -> None:
    """Given a form with a proof and a member missing, when refused, then the proof is nowhere."""
    form = {
        "grant_type": "client_credentials",
        "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
        "client_assertion": _SECRET,
        "client_secret": _SECRET,
    }
    del form[missing]

    answer = await services["identity"].client.post("/v1/oauth2/token", data=form)

    assert answer.json().keys() == {"error"}
    assert _SECRET not in logged.getvalue()
