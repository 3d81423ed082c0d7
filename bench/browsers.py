"""Browsers that cost next to nothing: what is measured is the service, in a process of its own.

Each has a connection and an address to itself, sends both requests of a sign-in in full and reads
both answers to their end.
"""

import asyncio
import json
import re
import time
from urllib.parse import urlsplit

from tests.identity.people import Person
from tests.kit.stand_in_identity import ISSUER

_COOKIE = re.compile(rb"__Host-ltx=[^;]+")
_LENGTH = re.compile(rb"content-length: ([0-9]+)", re.IGNORECASE)


class Browser:
    """A connection to a service, behind a proxy that names one address."""

    def __init__(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, address: str
    ) -> None:
        """Say what every request of ours says."""
        self._reader, self._writer = reader, writer
        self._head = (
            "Host: 127.0.0.1\r\nUser-Agent: Lighthouse/1\r\nX-Requested-By: web\r\n"
            f"Origin: {ISSUER}\r\nX-Forwarded-For: {address}\r\nContent-Type: application/json\r\n"
        )

    async def post(self, path: str, cookie: str = "", **members: str) -> tuple[bytes, bytes]:
        """Send one step of a sign-in; gives the head of the answer, and its body.

        Raises: RuntimeError, if it is refused.
        """
        body = json.dumps(members)
        head = f"POST /v1/auth/{path} HTTP/1.1\r\n{self._head}Content-Length: {len(body)}\r\n"
        self._writer.write(f"{head}Cookie: {cookie}\r\n\r\n{body}".encode())
        told = await self._reader.readuntil(b"\r\n\r\n")
        found = _LENGTH.search(told)
        answer = await self._reader.readexactly(int(found[1]) if found else 0)
        if not told.startswith(b"HTTP/1.1 200 "):
            raise RuntimeError(answer.decode())
        return told, answer

    async def close(self) -> None:
        """Hang up."""
        self._writer.close()
        await self._writer.wait_closed()


async def sign_in(url: str, person: Person, address: str) -> float:
    """Sign in by password and one-time password; gives the seconds from call to answer."""
    began = time.perf_counter()
    place = urlsplit(url)
    browser = Browser(*await asyncio.open_connection(place.hostname, place.port), address)
    told, _ = await browser.post("login", login_id=person.login_id, password=person.password)
    cookie = _COOKIE.search(told)
    _, answer = await browser.post(
        "login/otp", cookie[0].decode() if cookie else "", otp=person.otp()
    )
    took = time.perf_counter() - began
    await browser.close()
    if json.loads(answer)["next"] != "done":
        raise RuntimeError(answer.decode())
    return took
