"""Reads of the access history."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, select

from .. import tables


@dataclass(frozen=True, slots=True)
class HistoryFilter:
    """Which entries are wanted; None leaves it open."""

    occurred_from: datetime | None
    occurred_to: datetime | None
    actor_id: str | None
    action: str | None


def history(wanted: HistoryFilter) -> Select[tables.HistoryEntry]:
    """The tenant's entries that a filter lets through."""
    row = tables.HistoryEntry
    found = select(tables.HistoryEntry)
    if wanted.occurred_from is not None:
        found = found.where(row.occurred_at >= wanted.occurred_from)
    if wanted.occurred_to is not None:
        found = found.where(row.occurred_at <= wanted.occurred_to)
    if wanted.actor_id is not None:
        found = found.where(row.actor_id == wanted.actor_id)
    if wanted.action is not None:
        found = found.where(row.action == wanted.action)
    return found
