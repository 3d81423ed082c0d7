"""A multipart body read part by part while it arrives; it never lies in memory as a whole."""

from collections import deque
from collections.abc import AsyncIterator
from dataclasses import dataclass

from fastapi import Request
from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header

from .errors import MalformedMultipart, PartHeadersTooLarge
from .problem_codes import PayloadTooLarge, UnsupportedMediaType

MAX_PART_HEADERS_BYTES = 8 * 1024


@dataclass(frozen=True, slots=True)
class PartHead:
    """What stands above a part: its field, and a file name if it is a file."""

    name: str
    file_name: str | None


class Multipart:
    """The parts of one request, in the order they were sent.

    Raises: UnsupportedMediaType, MalformedMultipart, PartHeadersTooLarge, PayloadTooLarge.
    """

    def __init__(self, request: Request, max_bytes: int) -> None:
        """Begin to read; the whole body may have `max_bytes`, whatever length it declares."""
        kind, options = parse_options_header(request.headers.get("content-type"))
        if kind != b"multipart/form-data" or not options.get(b"boundary"):
            raise UnsupportedMediaType
        self._chunks = request.stream()
        self._left = max_bytes
        self._found: deque[PartHead | bytes | None] = deque()  # None: a part ends
        self._ended = False
        self._header_bytes = 0
        self._header = (bytearray(), bytearray())
        self._disposition = b""
        self._parser = self._new_parser(options[b"boundary"])

    def _new_parser(self, boundary: bytes) -> MultipartParser:
        try:
            return MultipartParser(
                boundary,
                {
                    "on_part_begin": self._on_part_begin,
                    "on_header_field": self._on_header_field,
                    "on_header_value": self._on_header_value,
                    "on_header_end": self._on_header_end,
                    "on_headers_finished": self._on_headers_finished,
                    "on_part_data": self._on_part_data,
                    "on_part_end": lambda: self._found.append(None),
                    "on_end": self._on_end,
                },
                max_header_size=MAX_PART_HEADERS_BYTES,
            )
        except FormParserError as error:
            raise MalformedMultipart from error

    async def parts(self) -> AsyncIterator[PartHead]:
        """Give each part's head; what the reader leaves of its data is passed over."""
        while await self._has_more():
            found = self._found.popleft()
            if isinstance(found, PartHead):
                yield found
        if not self._ended:
            raise MalformedMultipart

    async def data(self) -> AsyncIterator[bytes]:
        """Give the data of the part whose head was just given."""
        while await self._has_more():
            found = self._found.popleft()
            if not isinstance(found, bytes):
                return
            yield found
        raise MalformedMultipart

    async def _has_more(self) -> bool:
        while not self._found:
            chunk = await anext(self._chunks, None)
            if chunk is None:
                return False
            self._left -= len(chunk)
            if self._left < 0:
                raise PayloadTooLarge
            try:
                self._parser.write(chunk)
            except FormParserError as error:
                raise MalformedMultipart from error
        return True

    def _on_part_begin(self) -> None:
        self._header_bytes, self._disposition = 0, b""

    def _on_header_field(self, data: bytes, start: int, end: int) -> None:
        self._read_header(0, data[start:end])

    def _on_header_value(self, data: bytes, start: int, end: int) -> None:
        self._read_header(1, data[start:end])

    def _read_header(self, side: int, piece: bytes) -> None:
        self._header_bytes += len(piece)
        if self._header_bytes > MAX_PART_HEADERS_BYTES:
            raise PartHeadersTooLarge
        self._header[side].extend(piece)

    def _on_header_end(self) -> None:
        field, value = map(bytes, self._header)
        if field.lower() == b"content-disposition":
            self._disposition = value
        self._header = (bytearray(), bytearray())

    def _on_headers_finished(self) -> None:
        kind, options = parse_options_header(self._disposition)
        if kind != b"form-data" or b"name" not in options:
            raise MalformedMultipart
        file_name = options.get(b"filename")
        self._found.append(
            PartHead(
                options[b"name"].decode(errors="replace"),
                None if file_name is None else file_name.decode(errors="replace"),
            )
        )

    def _on_part_data(self, data: bytes, start: int, end: int) -> None:
        self._found.append(data[start:end])

    def _on_end(self) -> None:
        self._ended = True
