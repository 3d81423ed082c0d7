"""Lists come in pages that neither skip nor repeat, by cursors that fit nobody else."""

from collections.abc import AsyncIterator, Callable
from types import SimpleNamespace
from typing import Annotated

import httpx
import pytest
from fastapi import Depends, FastAPI, Query, Request
from pydantic import SecretStr
from sqlalchemy import Text, select
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from deploy.postgres import DatabaseUrls
from libs.common import paging, problem_handlers
from libs.common.driver import driver_url
from libs.common.paging import PageShape, Paging, ordered
from libs.common.wire import Output


class Table(DeclarativeBase):
    """The tables of these tests."""


class Buyer(Table):
    """A buyer to list."""

    __tablename__ = "listed_buyers"

    buyer_code: Mapped[str] = mapped_column(Text, primary_key=True)
    rating: Mapped[str] = mapped_column(Text)


class BuyerSummary(Output):
    """A buyer in a list."""

    buyer_code: str
    rating: str


class BuyerPage(PageShape[BuyerSummary]):
    """A page of buyers."""


@pytest.fixture
async def engine(empty_database_of: Callable[[str], DatabaseUrls]) -> AsyncIterator[AsyncEngine]:
    """A database with seven buyers in three ratings."""
    engine = create_async_engine(driver_url(empty_database_of("buyers").owner))
    async with engine.begin() as connection:
        await connection.run_sync(Table.metadata.drop_all)
        await connection.run_sync(Table.metadata.create_all)
    async with AsyncSession(engine) as tx, tx.begin():
        ratings = ["EA", "EF", "EF", "EF", "GS", "EA", "EF"]
        tx.add_all(Buyer(buyer_code=f"{n:07}", rating=it) for n, it in enumerate(ratings))
    yield engine
    await engine.dispose()


@pytest.fixture
async def client(engine: AsyncEngine) -> AsyncIterator[httpx.AsyncClient]:
    """A list of buyers over HTTP, whose caller is named by a header."""

    def enter(request: Request) -> None:
        name = request.headers.get("caller", "anna")
        request.state.caller = SimpleNamespace(tenant=name, subject=name, client_id="erp")

    app = FastAPI(dependencies=[Depends(enter)])
    app.state.settings = SimpleNamespace(cursor_key=SecretStr("k" * 32))
    problem_handlers.install(app)

    @app.get("/v1/buyers")
    async def list_buyers(
        wish: Paging, rating: Annotated[list[str] | None, Query()] = None, sort: str | None = None
    ) -> BuyerPage:
        query = select(Buyer)
        if rating:
            query = query.where(Buyer.rating.in_(rating))
        by = {"rating": Buyer.rating}
        async with AsyncSession(engine) as tx:
            page = await wish.of(tx, ordered(query, sort, by, Buyer.buyer_code))
        return BuyerPage.of(page, BuyerSummary.model_validate)

    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://moyai") as client:
        yield client


async def read_all(client: httpx.AsyncClient, url: str) -> list[str]:
    """Follow the links from page to page and give every code met."""
    codes: list[str] = []
    while url:
        answer = await client.get(url)
        codes += [item["buyer_code"] for item in answer.json()["items"]]
        url = answer.links.get("next", {}).get("url", "")
    return codes


@pytest.mark.parametrize("limit", [1, 2, 3, 7, 100])
async def test_the_links_lead_through_the_whole_list(client: httpx.AsyncClient, limit: int) -> None:
    """Given seven buyers, when read page by page, then each is met once, in order."""
    codes = await read_all(client, f"/v1/buyers?limit={limit}")

    assert codes == [f"{n:07}" for n in range(7)]


async def test_equal_ratings_are_ordered_by_code(client: httpx.AsyncClient) -> None:
    """Given buyers of equal rating, when sorted by rating downwards, then no tie is lost."""
    codes = await read_all(client, "/v1/buyers?limit=2&sort=-rating")

    assert codes == ["0000004", "0000001", "0000002", "0000003", "0000006", "0000000", "0000005"]


async def test_filters_travel_with_the_links(client: httpx.AsyncClient) -> None:
    """Given two ratings asked for, when paged, then the links keep asking for both."""
    codes = await read_all(client, "/v1/buyers?limit=1&rating=EA&rating=GS")

    assert codes == ["0000000", "0000004", "0000005"]


async def test_the_last_page_has_no_next(client: httpx.AsyncClient) -> None:
    """Given as many buyers as the limit, when read, then there is no cursor and no total."""
    answer = await client.get("/v1/buyers?limit=7")

    rest = {name: value for name, value in answer.json().items() if name != "items"}
    assert rest == {"next_cursor": None, "total_count": None, "total_is_lower_bound": None}
    assert "link" not in answer.headers


@pytest.mark.parametrize(
    ("counted_up_to", "total", "more"), [(7, 7, False), (6, 6, True), (10_000, 7, False)]
)
async def test_a_total_is_counted_only_so_far(
    client: httpx.AsyncClient,
    monkeypatch: pytest.MonkeyPatch,
    counted_up_to: int,
    total: int,
    *,
    more: bool,
) -> None:
    """Given seven buyers, when counted to six, then the total says that there are more."""
    monkeypatch.setattr(paging, "COUNTED_UP_TO", counted_up_to)

    answer = await client.get("/v1/buyers?limit=2&include_total=true")

    found = answer.json()
    assert (found["total_count"], found["total_is_lower_bound"]) == (total, more)


@pytest.mark.parametrize(
    ("caller", "query"),
    [
        ("berta", "limit=2&rating=EF"),
        ("anna", "limit=2&rating=EA"),
        ("anna", "limit=2"),
        ("anna", "limit=2&rating=EF&sort=rating"),
    ],
)
async def test_a_cursor_fits_no_other_caller_and_no_other_query(
    client: httpx.AsyncClient, caller: str, query: str
) -> None:
    """Given Anna's cursor for a query, when the caller or the query differs, then it is refused."""
    cursor = (await client.get("/v1/buyers?limit=2&rating=EF")).json()["next_cursor"]

    answer = await client.get(f"/v1/buyers?{query}&cursor={cursor}", headers={"caller": caller})

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["code"] == "invalid-cursor"


async def test_a_cursor_fits_another_page_length(client: httpx.AsyncClient) -> None:
    """Given a cursor, when the next page is asked longer, then it goes on where it was."""
    cursor = (await client.get("/v1/buyers?limit=2&rating=EF")).json()["next_cursor"]

    answer = await client.get(f"/v1/buyers?limit=100&rating=EF&cursor={cursor}")

    assert [item["buyer_code"] for item in answer.json()["items"]] == ["0000003", "0000006"]


@pytest.mark.parametrize("cursor", ["x", ">i:1", "a.b.c", "あ", "%00"])
async def test_a_forged_cursor_is_refused(client: httpx.AsyncClient, cursor: str) -> None:
    """Given a cursor we never gave, when it is sent, then it is refused."""
    answer = await client.get(f"/v1/buyers?cursor={cursor}")

    assert answer.status_code == 422


@pytest.mark.parametrize(
    "query", ["limit=0", "limit=101", "sort=secret", "sort=--rating", "sort=rating,-rating"]
)
async def test_limits_and_orders_outside_the_documented_are_refused(
    client: httpx.AsyncClient, query: str
) -> None:
    """Given a limit or an order that is not offered, when asked, then it is refused."""
    answer = await client.get(f"/v1/buyers?{query}")

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["parameter"] == query.partition("=")[0]
