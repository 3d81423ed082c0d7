"""Ratings (格付): changed by staff and by losses, each change written down and told."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from libs.common.outbox import announce

from .. import events, queries, tables
from ..domain.rating import ChangeCause, Rating, fallen


@dataclass(frozen=True, slots=True)
class Change:
    """The rating a buyer gets, why, and from which day on."""

    rating: Rating | None
    cause: ChangeCause
    on: date


@dataclass(frozen=True, slots=True)
class Loss:
    """A loss somebody has notified or taken back, and the buyer it names."""

    loss_notice_id: str
    buyer_code: str
    on: date


async def write_down(
    tx: AsyncSession, buyer: tables.Buyer, change: Change
) -> list[events.BuyerRatingChanged]:
    """Give a buyer its rating, with a line in its history (格付履歴); the same rating is no change.

    The buyer is locked, so that its lines follow each other.
    """
    previous = buyer.rating
    if change.rating == previous:
        return []
    buyer.rating = change.rating
    line = {
        "buyer_code": buyer.buyer_code,
        "previous_rating": previous,
        "rating": change.rating,
        "cause": change.cause,
        "changed_on": change.on,
    }
    last = await queries.last_rating_change(tx, buyer.buyer_code)
    tx.add(tables.RatingChange(**line, number=last.number + 1 if last else 1))
    return [events.BuyerRatingChanged.model_validate(line)]


async def note_loss(tx: AsyncSession, loss: Loss, at: datetime) -> None:
    """Note that a loss was notified on a buyer: it falls to its accident class at once."""
    buyer = await _held(tx, loss)
    note = insert(tables.LossNotice)
    named = {"loss_notice_id": loss.loss_notice_id, "buyer_code": loss.buyer_code}
    await tx.execute(note.values(named).on_conflict_do_nothing())
    if buyer is not None and buyer.rating is not None:
        rating = fallen(Rating(buyer.rating))
        await _rate(tx, buyer, Change(rating, ChangeCause.LOSS_NOTICE, loss.on), at)


async def forget_loss(tx: AsyncSession, loss: Loss, at: datetime) -> None:
    """Forget a loss that was taken back: with the last one the buyer is what it was before.

    What staff have decided since the fall stays.
    """
    buyer = await _held(tx, loss)
    notice = tables.LossNotice
    await tx.execute(delete(notice).where(notice.loss_notice_id == loss.loss_notice_id))
    others = select(func.count()).where(notice.buyer_code == loss.buyer_code)
    if buyer is None or await tx.scalar(others):
        return
    last = await queries.last_rating_change(tx, buyer.buyer_code)
    if last is not None and last.cause == ChangeCause.LOSS_NOTICE and last.previous_rating:
        before = Rating(last.previous_rating)
        await _rate(tx, buyer, Change(before, ChangeCause.LOSS_NOTICE_WITHDRAWN, loss.on), at)


async def _held(tx: AsyncSession, loss: Loss) -> tables.Buyer | None:
    # Locked: notices on one buyer, and staff who rate it meanwhile, come one after the other.
    return await tx.get(tables.Buyer, loss.buyer_code, with_for_update=True)


async def _rate(tx: AsyncSession, buyer: tables.Buyer, change: Change, at: datetime) -> None:
    if changed := await write_down(tx, buyer, change):
        buyer.version, buyer.updated_at = buyer.version + 1, at
        state = events.BuyerState.model_validate(buyer, from_attributes=True)
        await announce(tx, *changed, state)
