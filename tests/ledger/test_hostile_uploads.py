"""Hostile ways to send a ledger file: what is refused leaves nothing behind."""

import asyncio
from collections.abc import AsyncIterator, Iterator, MutableMapping
from hashlib import sha256
from typing import Any
from uuid import uuid4

import httpx
import pytest

from tests.kit import then
from tests.kit.running import Running
from tests.ledger import given
from tests.ledger.hostile import GOOD, NAME, TOTO, UPLOADS, kept, row

NANIWA = "061007700"

pytestmark = pytest.mark.usefixtures("august_25")


@pytest.mark.parametrize(
    "media_type", ["application/pdf", "image/png", "text/html", "x" * 300, "a\x01b"]
)
async def test_what_a_part_calls_itself_decides_nothing(ledger: Running, media_type: str) -> None:
    """Given a good file under a lying content type, when sent, then it is a ledger like any."""
    headers = ledger.caller("ledger-uploads:write", tenant=TOTO)
    answer = await ledger.client.post(
        UPLOADS,
        headers=headers | {"Idempotency-Key": uuid4().hex},
        files={"file": (NAME, GOOD, media_type)},
        data={"declared_count": "3"},
    )

    assert answer.status_code == 202, answer.text
    upload = await given.worked_off(ledger, answer.json()["id"], TOTO)
    assert upload["row_count"] == 3


@pytest.mark.parametrize("begin", [b"PK\x03\x04", b"\x1f\x8b\x08", b"BZh9\0", b"\xfd7zXZ\0"])
async def test_a_bomb_is_not_opened(ledger: Running, begin: bytes) -> None:
    """Given an archive under a ledger's name, when sent, then it is refused and not kept."""
    before = await kept(ledger)

    answer = await given.handed_in(ledger, begin + b"\0" * 42, tenant=TOTO, file_name=NAME)

    then.refused(answer, 422, "file-rejected", "file-kind-refused")
    assert await kept(ledger) == before


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("mode", "APPLY"),
        ("charset", "utf-7"),
        ("layout", "2199"),
        ("acceptance", ""),
        ("evidence_cases", "1020010035726000001=E06;DROP"),
        ("policyholder_code", "061007700"),
        ("declared_count", "9" * 21),
    ],
)
async def test_a_field_that_does_not_fit_is_named(ledger: Running, field: str, value: str) -> None:
    """Given a wrong or unknown field, when sent, then 422 names it and nothing is kept."""
    before = await kept(ledger)

    answer = await given.handed_in(ledger, GOOD, tenant=TOTO, file_name=NAME, **{field: value})

    [item] = then.refused(answer, 422, "validation-failed")["errors"]
    assert item["pointer"] == f"#/{field}"
    assert await kept(ledger) == before


@pytest.mark.attack("S61")
async def test_two_files_under_one_key_are_one_upload(ledger: Running) -> None:
    """Given one key, when two files come under it at once, then one is taken, and stays alone."""
    before = await kept(ledger)
    headers = ledger.caller("ledger-uploads:write", tenant=TOTO)
    headers["Idempotency-Key"] = uuid4().hex

    async def sent(content: bytes) -> httpx.Response:
        return await ledger.client.post(
            UPLOADS, headers=headers, files={"file": (NAME, content)}, data={"declared_count": "1"}
        )

    answers = await asyncio.gather(sent(row(c3=b"000001")), sent(row(c3=b"000002")))

    assert min(it.status_code for it in answers) == 202
    refused = max(answers, key=lambda it: it.status_code)
    assert refused.json()["code"] in ("idempotency-mismatch", "idempotency-in-progress")
    assert len(await kept(ledger) - before) == 1


async def test_twenty_uploads_at_once_are_all_taken(ledger: Running) -> None:
    """Given twenty files, when they come at once, then each is taken, judged and told apart."""
    files = [row(c3=b"%06d" % (555_000 + number)) for number in range(20)]

    answers = await asyncio.gather(
        *(
            given.handed_in(ledger, it, tenant=TOTO, file_name=NAME, declared_count="1")
            for it in files
        )
    )
    uploads = [await given.worked_off(ledger, it.json()["id"], TOTO) for it in answers]

    assert {it["sha256"] for it in uploads} == {sha256(it).hexdigest() for it in files}
    assert {it["status"] for it in uploads} == {"READY"}


async def test_uploads_of_many_at_once_stay_apart(ledger: Running) -> None:
    """Given files of two companies, when they come at once, then each sees its own lines alone."""
    senders = {"ALPHA": TOTO, "OMEGA": NANIWA}
    names = [f"{word}-{number}" for number in range(10) for word in senders]

    answers = await asyncio.gather(
        *(_sent_by(ledger, senders[name[:5]], name) for name in names),
    )
    await given.all_worked_off(ledger)

    for name, answer in zip(names, answers, strict=True):
        seen = {
            word: await _shown_of(ledger, answer.json()["id"], tenant)
            for word, tenant in senders.items()
        }
        assert name in seen.pop(name[:5])
        [hidden] = seen.values()
        assert name[:5] not in hidden


async def _sent_by(ledger: Running, tenant: str, name: str) -> httpx.Response:
    """A company sends a row whose buyer is not known, but bears a name."""
    content = row(c24=name.encode())
    return await given.handed_in(ledger, content, tenant=tenant, file_name=f"{name}.csv")


async def _shown_of(ledger: Running, upload_id: str, tenant: str) -> str:
    """All that a company is shown of an upload: what became of it, its faults, its report."""
    headers = ledger.caller("ledger-uploads:read", tenant=tenant)
    path = f"{UPLOADS}/{upload_id}"
    parts = (path, f"{path}/findings", f"{path}/report")
    answers = [await ledger.client.get(it, headers=headers) for it in parts]
    return "".join(it.content.decode("cp932", errors="replace") for it in answers)


async def test_a_sender_who_goes_away_leaves_nothing(ledger: Running) -> None:
    """Given a file under way, when its sender hangs up in the middle, then nothing is kept."""
    before, listed = await kept(ledger), await _uploads(ledger)
    head = (
        b'--xx\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\n'
        + GOOD * 20_000
    )
    messages: Iterator[MutableMapping[str, Any]] = iter(
        [{"type": "http.request", "body": head, "more_body": True}, {"type": "http.disconnect"}]
    )
    answered: list[MutableMapping[str, Any]] = []

    async def receive() -> MutableMapping[str, Any]:
        return next(messages)

    async def send(message: MutableMapping[str, Any]) -> None:
        answered.append(message)

    await ledger.app(_request(ledger), receive, send)

    assert await kept(ledger) == before
    assert await _uploads(ledger) == listed
    assert answered[0]["status"] == 400


async def test_a_file_that_never_ends_is_cut_off(ledger: Running) -> None:
    """Given a form whose file never ends, when it is refused for a field, then early."""
    taken = 0

    async def body() -> AsyncIterator[bytes]:
        nonlocal taken
        yield b'--xx\r\nContent-Disposition: form-data; name="other"; filename="a.csv"\r\n\r\n'
        while True:
            taken += len(GOOD)
            yield GOOD

    headers = ledger.caller("ledger-uploads:write", tenant=TOTO)
    answer = await ledger.client.post(
        UPLOADS,
        content=body(),
        headers=headers
        | {"Idempotency-Key": "never", "Content-Type": "multipart/form-data; boundary=xx"},
    )

    then.refused(answer, 400, "malformed-request", "too-many-parts")
    assert taken <= 10 * len(GOOD)


def _request(ledger: Running) -> MutableMapping[str, Any]:
    headers = ledger.caller("ledger-uploads:write", tenant=TOTO) | {
        "Host": "127.0.0.1",
        "Idempotency-Key": uuid4().hex,
        "Content-Type": "multipart/form-data; boundary=xx",
    }
    return {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "POST",
        "scheme": "http",
        "path": UPLOADS,
        "raw_path": UPLOADS.encode(),
        "query_string": b"",
        "headers": [(name.lower().encode(), value.encode()) for name, value in headers.items()],
        "client": ("127.0.0.1", 4711),
        "server": ("127.0.0.1", 80),
        "root_path": "",
    }


async def _uploads(ledger: Running) -> set[str]:
    answer = await ledger.client.get(
        UPLOADS,
        params={"limit": 100, "sort": "-received_at"},
        headers=ledger.caller("ledger-uploads:read", tenant=TOTO),
    )
    return {it["id"] for it in answer.json()["items"]}
