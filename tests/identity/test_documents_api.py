"""The platform's documents, as a stranger finds them."""

from collections.abc import AsyncIterator

import httpx
import pytest
import pytest_asyncio

from services.identity.app import service
from tests.kit import then
from tools.api_documents.services import app_of

HTML = {"Accept": "text/html,application/xhtml+xml"}


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def stranger() -> AsyncIterator[httpx.AsyncClient]:
    """Somebody without a token; the documents need no database either."""
    transport = httpx.ASGITransport(app_of(service))
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
        yield client


@pytest.mark.parametrize(
    ("path", "media_type", "member"),
    [
        ("/openapi.json", "application/json", "openapi"),
        ("/asyncapi.json", "application/json", "asyncapi"),
        ("/problems", "application/json", "items"),
        ("/schemas/buyers.buyer.state.v1.json", "application/schema+json", "$id"),
        ("/.well-known/api-catalog", "application/linkset+json", "linkset"),
    ],
)
async def test_a_document_may_be_kept_while_it_is_the_last(
    stranger: httpx.AsyncClient, path: str, media_type: str, member: str
) -> None:
    """Given a document was read, when it is asked for again by its ETag, then 304 is enough."""
    first = await stranger.get(path)
    again = await stranger.get(path, headers={"If-None-Match": first.headers["ETag"]})

    assert (first.status_code, first.headers["Content-Type"]) == (200, media_type)
    assert first.headers["Cache-Control"] == "private, max-age=300"
    assert member in first.json()
    assert (again.status_code, again.content) == (304, b"")


async def test_the_type_of_a_problem_leads_to_its_page(stranger: httpx.AsyncClient) -> None:
    """Given a refusal, when its `type` is followed, then code and reasons are explained."""
    refusal = await stranger.get("/problems/no-such-problem")
    body = then.refused(refusal, 404, "not-found", "problem-not-found")

    explained = (await stranger.get(body["type"])).json()

    assert explained["code"] == "not-found"
    assert "problem-not-found" in [it["reason"] for it in explained["reasons"]]


@pytest.mark.parametrize("path", ["/problems", "/problems/validation-failed"])
async def test_a_browser_is_shown_both_languages(stranger: httpx.AsyncClient, path: str) -> None:
    """Given a browser, when it opens the catalogue, then it shows Japanese and English."""
    page = await stranger.get(path, headers=HTML)

    assert page.headers["Content-Type"].startswith("text/html")
    assert "入力内容に誤りがあります" in page.text
    assert "The request has errors" in page.text


@pytest.mark.parametrize("event_type", ["buyers.buyer.eaten.v1", "..%2Fopenapi", "a" * 300])
async def test_only_schemas_of_facts_are_given_out(
    stranger: httpx.AsyncClient, event_type: str
) -> None:
    """Given no such fact, when its schema is asked for, then nothing else is found instead."""
    answer = await stranger.get(f"/schemas/{event_type}.json")

    assert answer.status_code in (404, 422)
    assert answer.headers["Content-Type"] == "application/problem+json"


async def test_the_reference_page_asks_no_other_host(stranger: httpx.AsyncClient) -> None:
    """Given the reference page, when its policy is read, then only our own host is let in."""
    page = await stranger.get("/docs")
    policy = page.headers["Content-Security-Policy"]

    assert "default-src 'none'; script-src 'self'; style-src 'self' 'sha256-" in policy
    assert "unsafe" not in policy
    assert "://" not in policy + page.text
    for script in ("/docs/scalar.js", "/docs/start.js"):
        assert script in page.text
        assert (await stranger.get(script)).headers["Content-Type"].startswith("text/javascript")


def test_the_reference_page_stays_off_in_production() -> None:
    """Given production, when nothing is said about the page, then it is not served."""
    settings = app_of(service).state.settings

    in_production = settings.model_copy(update={"profile": "production"})
    wished = in_production.model_copy(update={"docs_enabled": True})

    assert (settings.serves_docs, in_production.serves_docs, wished.serves_docs) == (
        True,
        False,
        True,
    )
