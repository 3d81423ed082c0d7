"""Lists in pages: keyset paging behind signed cursors that fit one caller and one query only."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Annotated, Any, Generic, Self, TypeVar, cast
from urllib.parse import urlencode

from fastapi import Depends, Query, Request, Response
from itsdangerous import BadData, URLSafeSerializer
from sqlakeyset import InvalidPage
from sqlakeyset.asyncio import select_page
from sqlalchemy import Select, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute

from .problem_codes import ValidationFailed
from .problems import Item
from .wire import Output

COUNTED_UP_TO = 10_000
"""A total is counted to here; beyond, we only say that there are more."""

_NOT_PART_OF_THE_QUERY = {"cursor", "limit", "include_total"}

Kept = TypeVar("Kept")
Shown = TypeVar("Shown")


class InvalidCursor(ValueError):
    """A cursor is forged, or was given to somebody else or for another query."""


@dataclass(frozen=True, slots=True)
class Page(Generic[Kept]):
    """One page of rows, and how to get the next; totals only where they were asked for."""

    items: Sequence[Kept]
    next_cursor: str | None
    total_count: int | None
    total_is_lower_bound: bool | None


class PageShape(Output, Generic[Shown]):
    """Body of every list: `class BuyerPage(PageShape[BuyerSummary])`."""

    items: list[Shown]
    next_cursor: str | None
    total_count: int | None
    total_is_lower_bound: bool | None

    @classmethod
    def of(cls, page: Page[Kept], show: Callable[[Kept], Shown]) -> Self:
        """Show each row of a page in its wire shape."""
        return cls(
            items=[show(item) for item in page.items],
            next_cursor=page.next_cursor,
            total_count=page.total_count,
            total_is_lower_bound=page.total_is_lower_bound,
        )


@dataclass(frozen=True, slots=True)
class PageWish:
    """Which page of a list a request asks for."""

    limit: int
    cursor: str | None
    include_total: bool
    request: Request
    response: Response

    async def of(self, tx: AsyncSession, query: Select[Kept]) -> Page[Kept]:
        """Read the page from an ordered query, and name the next one in the `Link` header.

        The order must end in a unique column, and none of its columns may be NULL.
        Raises: InvalidCursor.
        """
        bookmark = self._opened(self.cursor) if self.cursor else None
        try:
            found = await select_page(
                tx, cast(Any, query), per_page=self.limit, page=cast(Any, bookmark)
            )
        except InvalidPage as error:
            raise InvalidCursor from error
        following = found.paging.bookmark_next if found.paging.has_next else None
        cursor = self._seal().dumps(following) if following else None
        if cursor:
            self.response.headers["Link"] = self._link(str(cursor))
        total = await _total(tx, query) if self.include_total else None
        return Page(
            items=[row[0] if len(row) == 1 else row for row in found],
            next_cursor=str(cursor) if cursor else None,
            total_count=None if total is None else min(total, COUNTED_UP_TO),
            total_is_lower_bound=None if total is None else total > COUNTED_UP_TO,
        )

    def _opened(self, cursor: str) -> str:
        try:
            return str(self._seal().loads(cursor))
        except BadData as error:
            raise InvalidCursor from error

    def _seal(self) -> URLSafeSerializer:
        """Sign for this caller and query; under any other the signature does not fit."""
        caller = getattr(self.request.state, "caller", None)
        who = (caller.tenant, caller.subject, caller.client_id) if caller else ()
        asked = (*who, self.request.url.path, *sorted(self._filters()))
        key = self.request.app.state.settings.cursor_key.get_secret_value()
        return URLSafeSerializer(
            key,
            salt="cursor:" + sha256(repr(asked).encode()).hexdigest(),
            signer_kwargs={"key_derivation": "hmac", "digest_method": sha256},
        )

    def _filters(self) -> list[tuple[str, str]]:
        sent = self.request.query_params.multi_items()
        return [(name, value) for name, value in sent if name not in _NOT_PART_OF_THE_QUERY]

    def _link(self, cursor: str) -> str:
        sent = self.request.query_params.multi_items()
        kept = [(name, value) for name, value in sent if name != "cursor"]
        query = urlencode([*kept, ("cursor", cursor)])
        return f'<{self.request.url.path}?{query}>; rel="next"'


async def _page_wish(
    request: Request,
    response: Response,
    *,
    limit: Annotated[int, Query(ge=1, le=100, description="How many items at most.")] = 50,
    cursor: Annotated[
        str | None, Query(max_length=2000, description="`next_cursor` of the page before.")
    ] = None,
    include_total: Annotated[bool, Query(description="Count the list, up to 10 000.")] = False,
) -> PageWish:
    return PageWish(limit, cursor, include_total, request, response)


Paging = Annotated[PageWish, Depends(_page_wish)]
"""An endpoint's parameter: `page = await paging.of(tx, queries.buyers(filters))`."""

Columns = Mapping[str, InstrumentedAttribute[Any]]


def ordered(
    query: Select[Kept], sort: str | None, allowed: Columns, tie: InstrumentedAttribute[Any]
) -> Select[Kept]:
    """Order a list by `sort=-updated_at,buyer_code` from its documented set, ties by id.

    Raises: ValidationFailed for a name outside the set, or named twice.
    """
    names = sort.split(",") if sort else []
    plain = {name.removeprefix("-") for name in names}
    if not plain <= allowed.keys() or len(plain) < len(names):
        raise ValidationFailed(items=[_UNKNOWN_ORDER])
    columns = [
        allowed[name[1:]].desc() if name.startswith("-") else allowed[name].asc() for name in names
    ]
    return query.order_by(*columns, tie.asc())


_UNKNOWN_ORDER = Item(
    code="not-in-code-table",
    detail="この並べ替え項目は使用できません。",
    detail_en="The list cannot be sorted by this.",
    parameter="sort",
)


async def _total(tx: AsyncSession, query: Select[Kept]) -> int:
    some = query.order_by(None).limit(COUNTED_UP_TO + 1).subquery()
    return await tx.scalar(select(func.count()).select_from(some)) or 0
