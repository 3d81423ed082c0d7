"""A file comes in whole, measured and unharmed, or leaves nothing behind."""

from collections.abc import AsyncIterator, Iterator
from hashlib import sha256
from pathlib import Path
from typing import Annotated, Any, Literal

import httpx
import obstore
import pytest
from fastapi import FastAPI, Request
from obstore.store import MemoryStore, ObjectStore
from pydantic import Field
from starlette.requests import ClientDisconnect

from libs.common import problem_handlers
from libs.common.file_kinds import FileRules, is_plain_text
from libs.common.files import MIB, file_body, file_store, read_file, receive_file, remove_file
from libs.common.problem_codes import StateConflict
from libs.common.wire import Input

RULES = FileRules(max_bytes=6 * MIB, kinds={".csv": is_plain_text})
LEDGER = "ledger.csv"


class LedgerFields(Input):
    """The fields beside a ledger."""

    declared_count: Annotated[int, Field(ge=1)]
    mode: Literal["DRY_RUN", "SUBMIT"] = "SUBMIT"
    sha256: str | None = None


@pytest.fixture
def store() -> ObjectStore:
    """An empty object store."""
    return MemoryStore()


@pytest.fixture
def app(store: ObjectStore) -> FastAPI:
    """A service that takes ledgers; it refuses the act where the count is 13."""
    app = FastAPI()
    problem_handlers.install(app)

    @app.post("/v1/ledger-uploads", openapi_extra=file_body(LedgerFields))
    async def create_ledger_upload(request: Request) -> dict[str, Any]:
        async with receive_file(request, store, "045012300", RULES) as file:
            fields = file.fields_as(LedgerFields)
            if fields.declared_count == 13:
                raise StateConflict
        return {
            **fields.model_dump(),
            "key": file.key,
            "name": file.name,
            "size": file.size,
            "sha256": file.sha256,
            "fingerprint": file.fingerprint.hex(),
        }

    return app


@pytest.fixture
async def client(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    """Its client."""
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://moyai") as client:
        yield client


async def kept(store: ObjectStore) -> list[str]:
    """The keys of everything in the store."""
    return [found["path"] async for page in obstore.list(store) for found in page]


async def send(
    client: httpx.AsyncClient, content: bytes, name: str = LEDGER, **fields: str
) -> httpx.Response:
    """Send one file with a declared count and other fields."""
    return await client.post(
        "/v1/ledger-uploads",
        files={"file": (name, content)},
        data={"declared_count": "1", **fields},
    )


async def test_a_file_is_kept_and_measured(client: httpx.AsyncClient, store: ObjectStore) -> None:
    """Given a file larger than one piece, when sent, then every byte is kept and counted."""
    content = b"1,2,3\r\n" * (5 * MIB // 7 + 1000)

    answer = await send(client, content, mode="DRY_RUN")

    told = answer.json()
    assert (told["size"], told["sha256"]) == (len(content), sha256(content).hexdigest())
    assert (told["name"], told["declared_count"], told["mode"]) == (LEDGER, 1, "DRY_RUN")
    assert told["key"].startswith("045012300/")
    assert b"".join(read_file(store, told["key"])) == content


async def test_the_same_file_and_fields_are_the_same_act(client: httpx.AsyncClient) -> None:
    """Given a file sent thrice, when only a field differs, then only that is another act."""
    prints = [(await send(client, b"1\r\n", mode=it)).json()["fingerprint"] for it in
              ("SUBMIT", "SUBMIT", "DRY_RUN")]  # fmt: skip

    assert prints[0] == prints[1] != prints[2]


@pytest.mark.parametrize(("size", "status"), [(6 * MIB, 200), (6 * MIB + 1, 413)])
async def test_the_last_byte_decides(
    client: httpx.AsyncClient, store: ObjectStore, size: int, status: int
) -> None:
    """Given the largest file there may be, when it has one byte more, then nothing is kept."""
    answer = await send(client, b"1" * size)

    assert answer.status_code == status
    assert len(await kept(store)) == (status == 200)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("ledger.exe", b"1,2"),
        ("ledger", b"1,2"),
        ("ledger.csv.exe", b"1,2"),
        (LEDGER, b"MZ\x90\x00"),
        (LEDGER, b"PK\x03\x04xl"),
        (LEDGER, b"%PDF-1.7"),
        (LEDGER, b"\xef\xbb\xbf  <HTML>"),
        (LEDGER, b"<?xml version='1.0'?>"),
        (LEDGER, b"1,2\x003"),
    ],
)
async def test_only_text_named_csv_is_a_ledger(
    client: httpx.AsyncClient, store: ObjectStore, name: str, content: bytes
) -> None:
    """Given a file of another name or kind, when sent as a ledger, then it is refused."""
    answer = await send(client, content, name)

    assert (answer.status_code, answer.json()["reason"]) == (422, "file-kind-refused")
    assert await kept(store) == []


async def test_an_act_that_fails_keeps_no_file(
    client: httpx.AsyncClient, store: ObjectStore
) -> None:
    """Given a good file, when the act on it is refused, then the file is gone."""
    answer = await send(client, b"1,2", declared_count="13")

    assert answer.status_code == 409
    assert await kept(store) == []


async def test_fields_that_do_not_fit_are_named(
    client: httpx.AsyncClient, store: ObjectStore
) -> None:
    """Given a bad count and a stray field, when sent, then both are named and no file is kept."""
    answer = await send(client, b"1,2", declared_count="zero", colour="red")

    found = {(item["pointer"], item["code"]) for item in answer.json()["errors"]}
    assert found == {("#/declared_count", "bad-format"), ("#/colour", "unknown-field")}
    assert await kept(store) == []


async def test_a_wrong_checksum_is_noticed(client: httpx.AsyncClient) -> None:
    """Given a sha256 sent along, when another file arrives, then that file is refused."""
    claimed = sha256(b"1,2").hexdigest().upper()

    right = await send(client, b"1,2", sha256=claimed)
    wrong = await send(client, b"1,3", sha256=claimed)

    assert right.status_code == 200
    assert (wrong.status_code, wrong.json()["reason"]) == (422, "checksum-mismatch")


async def test_two_files_or_eleven_fields_are_too_many(
    client: httpx.AsyncClient, store: ObjectStore
) -> None:
    """Given more parts than there may be, when sent, then the request is malformed."""
    twice = await client.post(
        "/v1/ledger-uploads", files=[("file", (LEDGER, b"1")), ("file", (LEDGER, b"2"))]
    )
    crowded = await send(client, b"1", **{f"field{n}": "x" for n in range(10)})
    wordy = await send(client, b"1", note="x" * 4097)

    assert [it.json()["reason"] for it in (twice, crowded, wordy)] == ["too-many-parts"] * 3
    assert await kept(store) == []


async def test_a_request_without_a_file_is_refused(client: httpx.AsyncClient) -> None:
    """Given only fields, when sent, then the file is missed."""
    answer = await client.post("/v1/ledger-uploads", files={"declared_count": (None, "1")})

    assert (answer.status_code, answer.json()["reason"]) == (422, "file-missing")


def part(head: bytes, content: bytes = b"1,2") -> bytes:
    """One part of a body whose boundary is `xx`."""
    return b"--xx\r\n" + head + b"\r\n\r\n" + content + b"\r\n"


NAMED = b'Content-Disposition: form-data; name="file"; filename="a.csv"'


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"nonsense", "malformed-multipart"),
        (b"", "malformed-multipart"),
        (part(NAMED), "malformed-multipart"),
        (b"--xx\r\n" + NAMED + b"\r\n\r\n1,2", "malformed-multipart"),
        (part(b"Content-Type: text/csv") + b"--xx--\r\n", "malformed-multipart"),
        (part(b'Content-Disposition: form-data; filename="a.csv"') + b"--xx--\r\n",
         "malformed-multipart"),
        (part(NAMED + b"\r\nX-A: " + b"a" * 5000 + b"\r\nX-B: " + b"b" * 5000) + b"--xx--\r\n",
         "part-headers-too-large"),
    ],
)  # fmt: skip
async def test_a_broken_body_is_malformed(
    client: httpx.AsyncClient, store: ObjectStore, body: bytes, reason: str
) -> None:
    """Given a body that ends early or has bad part headers, when sent, then 400 is the answer."""
    kind = {"Content-Type": "multipart/form-data; boundary=xx"}

    answer = await client.post("/v1/ledger-uploads", content=body, headers=kind)

    assert (answer.status_code, answer.json()["reason"]) == (400, reason)
    assert await kept(store) == []


@pytest.mark.parametrize(
    "kind", ["application/json", "multipart/form-data", "multipart/mixed; boundary=xx", ""]
)
async def test_another_media_type_is_unsupported(client: httpx.AsyncClient, kind: str) -> None:
    """Given a body of another type, when sent, then 415 is the answer."""
    answer = await client.post(
        "/v1/ledger-uploads", content=part(NAMED), headers={"Content-Type": kind}
    )

    assert answer.status_code == 415


async def test_a_sender_who_goes_away_leaves_nothing(store: ObjectStore) -> None:
    """Given half a file, when its sender disconnects, then nothing is kept."""
    begun = part(NAMED, b"1,2\r\n" * 300_000)[:-2]
    messages: Iterator[dict[str, Any]] = iter(
        [{"type": "http.request", "body": begun, "more_body": True}, {"type": "http.disconnect"}]
    )

    async def receive() -> dict[str, Any]:
        return next(messages)

    headers = [(b"content-type", b"multipart/form-data; boundary=xx")]
    request = Request({"type": "http", "method": "POST", "headers": headers}, receive)

    with pytest.raises(ClientDisconnect):
        async with receive_file(request, store, "045012300", RULES):
            pytest.fail("half a file is no file")

    assert await kept(store) == []


async def test_a_body_cut_anywhere_is_read_the_same(client: httpx.AsyncClient) -> None:
    """Given one body, when it arrives byte by byte, then the same file is understood."""
    field = part(b'Content-Disposition: form-data; name="declared_count"', b"7")
    body = part(NAMED, b"1,2\r\n--x\r\n") + field + b"--xx--\r\nepilogue"

    async def crumbs() -> AsyncIterator[bytes]:
        for place in range(len(body)):
            yield body[place : place + 1]

    answer = await client.post(
        "/v1/ledger-uploads",
        content=crumbs(),
        headers={"Content-Type": "multipart/form-data; boundary=xx"},
    )

    assert (answer.json()["size"], answer.json()["declared_count"]) == (10, 7)


@pytest.mark.parametrize("place", ["memory:///", "file://{folder}"])
async def test_a_file_can_be_removed_twice(tmp_path: Path, place: str) -> None:
    """Given a file that is gone, when removed again, then that is no fault."""
    store = file_store(place.format(folder=tmp_path))
    await obstore.put_async(store, "045012300/gone", b"for a while")

    for _ in range(2):
        await remove_file(store, "045012300/gone")

    assert await kept(store) == []


def test_the_document_shows_the_file_and_its_fields(app: FastAPI) -> None:
    """Given an endpoint that reads its body itself, when documented, then clients see a form."""
    operation = app.openapi()["paths"]["/v1/ledger-uploads"]["post"]

    shape = operation["requestBody"]["content"]["multipart/form-data"]["schema"]
    assert shape["required"] == ["file", "declared_count"]
    assert shape["properties"]["file"]["format"] == "binary"
    assert shape["properties"]["mode"]["enum"] == ["DRY_RUN", "SUBMIT"]
