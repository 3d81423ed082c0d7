"""A stand-in for our own services at their wire: it repeats what reached it through the gateway."""

import json
import threading
from collections.abc import Awaitable, Callable, Iterator, MutableMapping
from contextlib import contextmanager
from typing import Any

import uvicorn

Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]


class Echo:
    """Answers each request with its path, headers and size; and publishes identity's keys."""

    def __init__(self, keys: dict[str, Any]) -> None:
        """Take the key set to publish."""
        self._keys = keys

    async def __call__(self, scope: dict[str, Any], receive: Receive, send: Send) -> None:
        """Answer one request."""
        size, more = 0, True
        while more:
            part = await receive()
            size, more = size + len(part.get("body", b"")), part.get("more_body", False)
        headers = [(name.decode(), value.decode()) for name, value in scope["headers"]]
        seen = {"path": scope["path"], "headers": headers, "size": size}
        body = self._keys if scope["path"] == "/.well-known/jwks.json" else seen
        json_type = [(b"content-type", b"application/json")]
        await send({"type": "http.response.start", "status": 200, "headers": json_type})
        await send({"type": "http.response.body", "body": json.dumps(body).encode()})


@contextmanager
def served(app: Echo, port: int) -> Iterator[None]:
    """Serve the app on a thread until the block is left."""
    options = uvicorn.Config(
        app, port=port, lifespan="off", log_level="warning", server_header=False
    )
    server = uvicorn.Server(options)
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        yield
    finally:
        server.should_exit = True
        thread.join()
