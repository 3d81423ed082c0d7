"""`/docs`: the reference page; its scripts are ours and it asks no other host."""

from functools import cache
from pathlib import Path

from fastapi import Request, Response

from libs.common.routing import Router
from libs.common.security import public

from ..errors import PageNotServed
from .kept import kept

router = Router(
    tags=["documents"],
    dependencies=[public("the description is public, and so is its page")],
    include_in_schema=False,
)

_STATIC = Path(__file__).parents[1] / "static"
_SCRIPT = "text/javascript"


@router.get("/docs")
async def get_docs_page(request: Request) -> Response:
    """Show the reference page, where it is switched on."""
    page = _served(request, "docs.html", "text/html")
    page.headers["Content-Security-Policy"] = _policy()
    return page


@router.get("/docs/scalar.js")
async def get_docs_library(request: Request) -> Response:
    """Give the program that draws the page."""
    return _served(request, "scalar.js", _SCRIPT)


@router.get("/docs/start.js")
async def get_docs_start(request: Request) -> Response:
    """Give the settings it draws it with."""
    return _served(request, "start.js", _SCRIPT)


def _served(request: Request, name: str, media_type: str) -> Response:
    if not request.app.state.settings.serves_docs:
        raise PageNotServed
    return kept(_file(name), media_type)


@cache
def _policy() -> str:
    # The library brings its style sheets as text; each is let in by the hash of what it says.
    styles = " ".join(f"'{line}'" for line in _file("style-hashes.txt").decode().split())
    return "; ".join(
        [
            "default-src 'none'",
            "script-src 'self'",
            f"style-src 'self' {styles}",
            "img-src 'self' data:",
            "connect-src 'self'",
            "base-uri 'none'",
            "form-action 'none'",
            "frame-ancestors 'none'",
        ]
    )


@cache
def _file(name: str) -> bytes:
    return (_STATIC / name).read_bytes()
