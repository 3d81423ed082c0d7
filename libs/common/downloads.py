"""Files to keep: each sent once it is whole, under its name, with its length and its digest."""

import asyncio
from base64 import b64encode
from collections.abc import AsyncIterable, AsyncIterator, Iterable
from hashlib import sha256
from tempfile import SpooledTemporaryFile
from typing import IO, Any
from urllib.parse import quote

from starlette.concurrency import iterate_in_threadpool
from starlette.responses import StreamingResponse
from starlette.types import Send

_MIB = 1024 * 1024


class Download(StreamingResponse):
    """A file to keep, written by whoever gives its pieces.

    Nothing is sent before it is whole: a slow reader must not keep a database connection busy,
    and what goes wrong on the way is answered as an error, not by half a file.
    """

    def __init__(
        self, name: str, media_type: str, pieces: AsyncIterable[bytes] | Iterable[bytes]
    ) -> None:
        """Name the file; its pieces are asked for when the answer begins."""
        headers = {"Content-Disposition": content_disposition(name)}
        if not isinstance(pieces, AsyncIterable):
            pieces = iterate_in_threadpool(pieces)
        self._pieces = pieces
        super().__init__(pieces, headers=headers, media_type=media_type)

    async def stream_response(self, send: Send) -> None:
        """Write the file down, measure it, and send it."""
        digest = sha256()
        with SpooledTemporaryFile(_MIB) as file:
            async for piece in self._pieces:
                digest.update(piece)
                await asyncio.to_thread(file.write, piece)
            self.headers["Content-Length"] = str(file.tell())
            self.headers["Repr-Digest"] = f"sha-256=:{b64encode(digest.digest()).decode()}:"
            file.seek(0)
            self.body_iterator = _pieces_of(file)
            await super().stream_response(send)


async def _pieces_of(file: IO[bytes]) -> AsyncIterator[bytes]:
    while piece := await asyncio.to_thread(file.read, _MIB):
        yield piece


def content_disposition(file_name: str) -> str:
    """Name a download twice: for old clients in ASCII, and exactly (RFC 6266)."""
    plain = "".join(char if char.isascii() and char.isprintable() else "_" for char in file_name)
    plain = plain.replace("\\", "_").replace('"', "_")
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(file_name, safe='')}"


def as_download(description: str, *media_types: str) -> dict[int | str, dict[str, Any]]:
    """Describe a file to keep, for `responses=`."""
    content = {"schema": {"type": "string", "format": "binary"}}
    return {200: {"description": description, "content": dict.fromkeys(media_types, content)}}
