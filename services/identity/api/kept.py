"""Documents a client may keep: read from the disk once, told with their version."""

from functools import cache
from hashlib import sha256
from pathlib import Path

from fastapi import Response

from libs.common.etags import etag

ROOT = Path(__file__).parents[3]
"""Where the committed documents lie, in the repository and in the image alike."""

MINUTES_KEPT = 5


def kept(content: bytes, media_type: str) -> Response:
    """Answer with content that stays the same until the next release."""
    headers = {
        "ETag": etag(int(sha256(content).hexdigest()[:15], 16)),
        "Cache-Control": f"private, max-age={MINUTES_KEPT * 60}",
    }
    return Response(content, media_type=media_type, headers=headers)


@cache
def document(name: str) -> bytes:
    """Read a committed document; only names we know come here."""
    return (ROOT / name).read_bytes()
