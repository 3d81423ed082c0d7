"""`/problems`: what every refusal means (エラー一覧), for programs in JSON, for people in HTML."""

import json
from functools import cache
from html import escape
from typing import Annotated, Any

from fastapi import Header, Path, Response

from libs.common.answers import may_answer
from libs.common.routing import Router
from libs.common.security import public
from libs.common.wire import Output

from ..errors import ProblemNotFound
from .kept import document, kept

router = Router(tags=["documents"], dependencies=[public("what everybody may read to begin")])

Slug = Annotated[str, Path(pattern="^[a-z][a-z-]{1,60}$", examples=["validation-failed"])]
Accept = Annotated[str, Header(include_in_schema=False)]

_HTML: dict[int | str, dict[str, Any]] = {
    200: {"content": {"text/html": {"schema": {"type": "string"}, "example": "<!doctype html>…"}}}
}


class ProblemReason(Output):
    """One exact cause, and the service that knows it; none: any service may refuse so."""

    reason: str
    service: str | None
    detail: str
    detail_en: str


class ProblemCode(Output):
    """One code of the closed list, with the reasons known for it."""

    type: str
    code: str
    status: int
    retryable: bool
    title: str
    title_en: str
    detail: str
    detail_en: str
    reasons: list[ProblemReason]


class ProblemCatalogue(Output):
    """Every problem a request may be answered with."""

    items: list[ProblemCode]


@router.get(
    "/problems",
    response_model=ProblemCatalogue,
    responses=_HTML,
    openapi_extra={"x-summary-ja": "エラーの一覧"},
)
async def list_problems(accept: Accept = "*/*") -> Response:
    """List every problem a request may be answered with (エラー一覧)."""
    if "text/html" in accept:
        return kept(_list_page(), "text/html")
    return kept(document("problems.json"), "application/json")


@router.get(
    "/problems/{slug}",
    response_model=ProblemCode,
    responses=_HTML | may_answer(ProblemNotFound),
    openapi_extra={"x-summary-ja": "エラーの説明"},
)
async def get_problem(slug: Slug, accept: Accept = "*/*") -> Response:
    """Read what one code means, and every reason known for it; `type` of a problem leads here."""
    problem = _catalogue().get(slug)
    if problem is None:
        raise ProblemNotFound
    if "text/html" in accept:
        return kept(_page(problem), "text/html")
    return kept(json.dumps(problem, ensure_ascii=False).encode(), "application/json")


@cache
def _catalogue() -> dict[str, dict[str, Any]]:
    return {problem["code"]: problem for problem in json.loads(document("problems.json"))["items"]}


def _list_page() -> bytes:
    lines = [
        f'<li>{it["status"]} <a href="/problems/{it["code"]}"><code>{it["code"]}</code></a> '
        f"{escape(it['title'])} · {escape(it['title_en'])}</li>"
        for it in _catalogue().values()
    ]
    return _html("エラー一覧 · Problems", f"<ul>{''.join(lines)}</ul>")


def _page(problem: dict[str, Any]) -> bytes:
    again = "再試行できます。 · Try again later." if problem["retryable"] else ""
    rows = [
        f"<dt><code>{it['reason']}</code> ({it['service'] or '*'})</dt>"
        f'<dd lang="ja">{escape(it["detail"])}</dd><dd lang="en">{escape(it["detail_en"])}</dd>'
        for it in problem["reasons"]
    ]
    reasons = f"<h2>理由 · Reasons</h2><dl>{''.join(rows)}</dl>" if rows else ""
    body = (
        f"<p><code>{problem['code']}</code> · HTTP {problem['status']}</p>"
        f'<p lang="ja">{escape(problem["detail"])}</p>'
        f'<p lang="en">{escape(problem["detail_en"])}</p><p>{again}</p>'
        f'{reasons}<p><a href="/problems">エラー一覧 · Problems</a></p>'
    )
    return _html(f"{problem['title']} · {problem['title_en']}", body)


def _html(title: str, body: str) -> bytes:
    head = f'<meta charset="utf-8"><title>{escape(title)}</title>'
    page = f'<!doctype html><html lang="ja"><head>{head}</head>'
    return f"{page}<body><h1>{escape(title)}</h1>{body}</body></html>\n".encode()
