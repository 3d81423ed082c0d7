"""The door for files: taken in as they arrive, hashed, measured, looked at, and put away.

Nothing is kept of a file that is refused, whose sender goes away, or whose act fails.
"""

import contextlib
from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, TypeVar
from uuid import uuid4

import obstore
import rfc8785
from fastapi import Request
from fastapi.exceptions import RequestValidationError
from obstore.store import ObjectStore, from_url
from pydantic import BaseModel, ValidationError

from .errors import ChecksumMismatch, FileKindRefused, FileMissing, TooManyParts
from .file_kinds import LOOKED_AT_BYTES, FileRules, display_name
from .multipart import Multipart
from .problem_codes import PayloadTooLarge

MIB = 1024 * 1024
MAX_FIELDS = 10
MAX_FIELD_BYTES = 4 * 1024

_PIECE_BYTES = 4 * MIB
_PIECES_UNDER_WAY = 2  # of 5 MiB each, the least that S3 takes
_AROUND_THE_FILE_BYTES = MIB  # fields, part headers, boundaries

Model = TypeVar("Model", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class ReceivedFile:
    """A file that came in: where it lies, what it is called, and the fields sent beside it."""

    key: str
    name: str
    size: int
    sha256: str
    fields: Mapping[str, str]

    @property
    def fingerprint(self) -> bytes:
        """What two requests must have in common to be one act: content and all fields."""
        return sha256(rfc8785.dumps({"file": self.sha256, "fields": dict(self.fields)})).digest()

    def fields_as(self, model: type[Model]) -> Model:
        """Read the fields as a model; what does not fit is answered like any other input."""
        try:
            return model.model_validate(dict(self.fields), strict=False)
        except ValidationError as error:
            found = error.errors(include_url=False, include_context=False, include_input=False)
            placed = [{**each, "loc": ("body", *each["loc"])} for each in found]
            raise RequestValidationError(placed) from None


def file_body(fields: type[BaseModel]) -> dict[str, Any]:
    """Describe a file and its fields for `openapi_extra=`, as the endpoint reads them itself."""
    shape = fields.model_json_schema(ref_template="#/components/schemas/{model}")
    binary = {"type": "string", "format": "binary", "contentMediaType": "application/octet-stream"}
    described = {
        "title": fields.__name__,
        "type": "object",
        "required": ["file", *shape.get("required", ())],
        "properties": {"file": binary, **shape["properties"]},
    }
    content = {"multipart/form-data": {"schema": described}}
    return {"requestBody": {"required": True, "content": content}}


def file_store(url: str) -> ObjectStore:
    """Open the object store of the settings: a folder, a bucket, or memory in a test."""
    return from_url(url, mkdir=True) if url.startswith("file:") else from_url(url)


@contextlib.asynccontextmanager
async def receive_file(
    request: Request, store: ObjectStore, tenant: str, rules: FileRules
) -> AsyncIterator[ReceivedFile]:
    """Take in the one file of a request; it stays only if the block ends well.

    Raises: PayloadTooLarge, FileRejected, MalformedRequest, UnsupportedMediaType.
    """
    key = f"{tenant}/{uuid4()}"
    stays = False
    try:
        yield await _take_in(request, store, key, rules)
        stays = True
    finally:
        if not stays:
            await remove_file(store, key)


def read_file(store: ObjectStore, key: str) -> Iterator[bytes]:
    """Give a file's bytes in pieces of some mebibytes. Blocking.

    Raises: FileNotFoundError.
    """
    # Asked for range by range: as a stream, a file on disk comes in crumbs.
    size = obstore.head(store, key)["size"]
    for start in range(0, size, _PIECE_BYTES):
        end = min(start + _PIECE_BYTES, size)
        yield bytes(obstore.get_range(store, key, start=start, end=end))


async def remove_file(store: ObjectStore, key: str) -> None:
    """Remove a file; one that is not there is no fault."""
    with contextlib.suppress(FileNotFoundError):
        await obstore.delete_async(store, key)


class _Arriving:
    """A file on its way in: looked at first, then measured as it passes."""

    def __init__(self, file_name: str, rules: FileRules) -> None:
        self.name = display_name(file_name)
        self.size = 0
        self.digest = sha256()
        self._rules = rules
        self._looks_right = rules.look_for(self.name)

    async def through(self, data: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
        """Let the bytes pass, unless their beginning or their number is wrong."""
        head = b""
        async for piece in data:
            head += piece
            if len(head) >= LOOKED_AT_BYTES:
                break
        if not self._looks_right(head[:LOOKED_AT_BYTES]):
            raise FileKindRefused
        yield self._measured(head)
        async for piece in data:
            yield self._measured(piece)

    def _measured(self, piece: bytes) -> bytes:
        self.size += len(piece)
        if self.size > self._rules.max_bytes:
            raise PayloadTooLarge
        self.digest.update(piece)
        return piece


async def _take_in(
    request: Request, store: ObjectStore, key: str, rules: FileRules
) -> ReceivedFile:
    body = Multipart(request, rules.max_bytes + _AROUND_THE_FILE_BYTES)
    fields: dict[str, str] = {}
    file: _Arriving | None = None
    async for part in body.parts():
        if part.file_name is None:
            if part.name in fields or len(fields) == MAX_FIELDS:
                raise TooManyParts
            fields[part.name] = await _text(body.data())
        elif part.name != "file" or file is not None:
            raise TooManyParts
        else:
            file = _Arriving(part.file_name, rules)
            await _put(store, key, file.through(body.data()))
    if file is None:
        raise FileMissing
    found = file.digest.hexdigest()
    if fields.get("sha256", found).lower() != found:
        raise ChecksumMismatch
    return ReceivedFile(key, file.name, file.size, found, fields)


async def _put(store: ObjectStore, key: str, pieces: AsyncIterator[bytes]) -> None:
    # In pieces, so that memory stays flat; an unfinished upload is given up when `pieces` raises.
    await obstore.put_async(
        store, key, pieces, use_multipart=True, max_concurrency=_PIECES_UNDER_WAY
    )


async def _text(data: AsyncIterator[bytes]) -> str:
    value = bytearray()
    async for piece in data:
        value += piece
        if len(value) > MAX_FIELD_BYTES:
            raise TooManyParts
    try:
        return value.decode()
    except UnicodeDecodeError:
        raise TooManyParts from None
