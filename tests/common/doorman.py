"""A doorman between a service and its PostgreSQL, who can say the server's last words early."""

import asyncio
import contextlib
from collections.abc import AsyncIterator

# FATAL 57P01, as a server says it that shuts down. Source: PostgreSQL's protocol, ErrorResponse.
_WORDS = b"SFATAL\0VFATAL\0C57P01\0Mterminating connection due to administrator command\0\0"
_GOODBYE = b"E" + (len(_WORDS) + 4).to_bytes(4, "big") + _WORDS
_MOMENT_SECONDS = 0.3


class Doorman:
    """Passes on whatever both sides say, until a goodbye; the line is cut a moment after it."""

    def __init__(self, server_port: int) -> None:
        """Name the port behind the door."""
        self._server_port = server_port
        self._inside: list[tuple[asyncio.Future[tuple[None, None]], asyncio.StreamWriter]] = []
        self.port = 0

    @contextlib.asynccontextmanager
    async def at_work(self) -> AsyncIterator[None]:
        """Stand at the door meanwhile."""
        door = await asyncio.start_server(self._let_in, "127.0.0.1", 0)
        self.port = door.sockets[0].getsockname()[1]
        try:
            yield
        finally:
            door.close()

    def say_goodbye(self) -> None:
        """Tell everybody inside that the server shuts down, and then nothing more."""
        loop = asyncio.get_running_loop()
        for talk, guest in self._inside:
            talk.cancel()
            guest.write(_GOODBYE)
            loop.call_later(_MOMENT_SECONDS, guest.close)
        self._inside.clear()

    async def _let_in(self, reader: asyncio.StreamReader, guest: asyncio.StreamWriter) -> None:
        answers, server = await asyncio.open_connection("127.0.0.1", self._server_port)
        talk = asyncio.gather(_pass_on(reader, server), _pass_on(answers, guest))
        self._inside.append((talk, guest))
        with contextlib.suppress(asyncio.CancelledError):
            await talk
        server.close()


async def _pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError):
        while said := await reader.read(65_536):
            writer.write(said)
            await writer.drain()
    writer.close()
