"""`/access-history`: who did what in one's company, and who tried to (アクセス履歴)."""

from typing import Annotated, Literal

from fastapi import Query

from libs.common.paging import PageShape, Paging, ordered
from libs.common.routing import Reading, Router
from libs.common.security import requires
from libs.common.wire import Instant, Output

from .. import queries, tables

router = Router(tags=["access-history"], dependencies=[requires("access-history:read")])


class HistoryEntry(Output):
    """An entry of the access history (アクセス履歴), with the hash that binds it."""

    seq: int
    event_id: str
    occurred_at: Instant
    actor_type: Literal["user", "client", "batch", "staff", "unknown"]
    actor_id: str
    actor_role: str | None
    source_address: str | None
    user_agent: str
    action: str
    target: str | None
    outcome: Literal["SUCCESS", "FAILURE"]
    reason: str | None
    request_id: str
    acr: str | None
    entry_hash: str

    @classmethod
    def of(cls, row: tables.HistoryEntry) -> "HistoryEntry":
        """Show an entry."""
        names = [name for name in cls.model_fields if name != "entry_hash"]
        members = {name: getattr(row, name) for name in names}
        return cls(**members, entry_hash=row.entry_hash.hex())


class HistoryPage(PageShape[HistoryEntry]):
    """A page of the access history."""


@router.get("/access-history", openapi_extra={"x-summary-ja": "アクセス履歴の一覧"})
async def list_access_history(
    tx: Reading,
    paging: Paging,
    occurred_at_from: Annotated[Instant | None, Query()] = None,
    occurred_at_to: Annotated[Instant | None, Query()] = None,
    actor_id: Annotated[str | None, Query(max_length=100)] = None,
    action: Annotated[str | None, Query(max_length=100)] = None,
) -> HistoryPage:
    """List your company's access history, the oldest entry first."""
    wanted = queries.HistoryFilter(occurred_at_from, occurred_at_to, actor_id, action)
    by_seq = tables.HistoryEntry.seq
    page = await paging.of(tx, ordered(queries.history(wanted), None, {"seq": by_seq}, by_seq))
    return HistoryPage.of(page, HistoryEntry.of)
