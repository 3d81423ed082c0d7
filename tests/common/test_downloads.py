"""A file to keep comes whole, and says how long it is and what must be in it."""

from base64 import b64encode
from collections.abc import AsyncIterator
from hashlib import sha256

import httpx
from fastapi import FastAPI

from libs.common import problem_handlers
from libs.common.downloads import Download, content_disposition

PIECES = ("東都".encode() * 200_000, b"", b"\x00\xff")
WHOLE = b"".join(PIECES)


class Lost(Exception):
    """What the pieces come from is gone."""


async def whole() -> AsyncIterator[bytes]:
    """A file of more than a mebibyte, which is more than is held in memory."""
    for piece in PIECES:
        yield piece


async def breaking_off() -> AsyncIterator[bytes]:
    """A file of which only the beginning can be read."""
    yield PIECES[0]
    raise Lost


app = FastAPI()
problem_handlers.install(app)


@app.get("/whole")
async def take_whole() -> Download:
    """Answer with a file that can be read."""
    return Download("台帳.csv", "text/csv", whole())


@app.get("/ready")
async def take_ready() -> Download:
    """Answer with a file whose pieces are there already."""
    return Download("台帳.csv", "text/csv", iter(PIECES))


@app.get("/breaking-off")
async def take_breaking_off() -> Download:
    """Answer with a file that cannot be read to its end."""
    return Download("台帳.csv", "text/csv", breaking_off())


async def answer_of(path: str) -> httpx.Response:
    """What a caller gets."""
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://moyai") as client:
        return await client.get(path)


async def test_a_download_can_be_held_against_its_digest() -> None:
    """Given a file in pieces, when it is taken, then length and digest are those of the whole."""
    for path in ("/whole", "/ready"):
        answer = await answer_of(path)

        assert answer.content == WHOLE
        assert answer.headers["content-length"] == str(len(WHOLE))
        digest = b64encode(sha256(WHOLE).digest()).decode()
        assert answer.headers["repr-digest"] == f"sha-256=:{digest}:"


async def test_half_a_file_is_not_sent() -> None:
    """Given a file that breaks off, when it is taken, then the answer is an error."""
    answer = await answer_of("/breaking-off")

    assert answer.status_code == 500
    assert PIECES[0] not in answer.content


def test_a_file_name_cannot_break_its_header() -> None:
    """Given quotes, backslashes and line breaks in a name, when told, then they are harmless."""
    told = content_disposition('a"b\\c\r\nd.csv')

    assert told == "attachment; filename=\"a_b_c__d.csv\"; filename*=UTF-8''a%22b%5Cc%0D%0Ad.csv"
