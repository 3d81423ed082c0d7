"""Contracts as the premium sees them: what is insured, for how long, and in which countries."""

from dataclasses import dataclass
from datetime import date

from libs.common.money import Money, Ratio

from .period import Settlement
from .tariff import Phase


@dataclass(frozen=True, slots=True)
class Contract:
    """What a premium asks about one history of a branch (枝番・履歴).

    Shape: `countries` by the name of their role, e.g. `destination_country`.
    """

    insured_from: date
    last_shipment: date
    amounts: dict[Phase, Money]
    quoted_rate: Ratio | None
    countries: dict[str, str]
    settlements: tuple[Settlement, ...]
    product: str


@dataclass(frozen=True, slots=True)
class History:
    """One revision of a branch history (枝番・履歴) that wants a premium.

    Shape: `bucket` is the one its policy's facts travel in.
    """

    policy_number: str
    branch_number: str
    history_number: str
    revision: int
    agreement_code: str
    bucket: int
    contract: Contract
