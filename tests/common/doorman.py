"""A doorman between a service and its PostgreSQL, who can say the server's last words early."""

import asyncio
import contextlib
from collections.abc import AsyncIterator

# FATAL 57P01, as a server says it that shuts down. Source: PostgreSQL's protocol, ErrorResponse.
_WORDS = b"SFATAL\0VFATAL\0C57P01\0Mterminating connection due to administrator command\0\0"
_GOODBYE = b"E" + (len(_WORDS) + 4).to_bytes(4, "big") + _WORDS


class Doorman:
    """Passes on whatever both sides say; a goodbye comes between, and nobody hangs up."""

    def __init__(self, server_port: int) -> None:
        """Name the port behind the door."""
        self._server_port = server_port
        self._guests: list[asyncio.StreamWriter] = []
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
        """Tell everybody inside that the server shuts down."""
        for guest in self._guests:
            guest.write(_GOODBYE)
        self._guests.clear()

    async def _let_in(self, reader: asyncio.StreamReader, guest: asyncio.StreamWriter) -> None:
        self._guests.append(guest)
        answers, server = await asyncio.open_connection("127.0.0.1", self._server_port)
        await asyncio.gather(_pass_on(reader, server), _pass_on(answers, guest))


async def _pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError):
        while said := await reader.read(65_536):
            writer.write(said)
            await writer.drain()
    writer.close()
