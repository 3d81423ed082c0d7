"""Facts buyers tells the others."""

from datetime import date
from typing import Literal

from libs.common.events import Event


class BuyerState(Event, type="buyers.buyer.state.v1", key="buyer_code"):
    """The full record of a buyer (海外商社), told whenever it changes."""

    buyer_code: str
    name: str
    country: str
    country_code: str
    kind: Literal["BUYER", "BANK"]
    rating: str | None
    active: bool
    sample: bool


class BuyerRegistered(Event, type="buyers.buyer.registered.v1", key="buyer_code"):
    """A buyer has entered the register (海外商社登録)."""

    buyer_code: str
    country: str
    rating: str | None


class BuyerUpdated(Event, type="buyers.buyer.updated.v1", key="buyer_code"):
    """A buyer's record has changed (海外商社変更)."""

    buyer_code: str
    country: str
    rating: str | None


class BuyerRatingChanged(Event, type="buyers.buyer.rating_changed.v1", key="buyer_code"):
    """A buyer has another rating than before (格付変更), and why: `domain.rating.ChangeCause`."""

    buyer_code: str
    previous_rating: str | None
    rating: str | None
    cause: str
    changed_on: date
