"""A special agreement (特約): its term, its cover, and what its holder is let off."""

from dataclasses import dataclass
from datetime import date

from libs.common.money import Money, Ratio

from ..errors import CoverRatioOutOfRange, MinimumIncreaseNotInYen, TermEndsBeforeItBegins


@dataclass(frozen=True, slots=True)
class Cover:
    """How much of a contract's value is insured (付保率), by phase and by risk.

    Source: domain notes, nexi-facts §5.1: the ratios are fixed in the agreement itself; `sample`
    marks ratios nobody has published.
    Raises: CoverRatioOutOfRange.
    """

    pre_shipment_political: Ratio
    pre_shipment_credit: Ratio
    post_shipment_political: Ratio
    post_shipment_credit: Ratio
    sample: bool

    def __post_init__(self) -> None:
        """Refuse a ratio that covers nothing, or more than everything."""
        ratios = (
            self.pre_shipment_political,
            self.pre_shipment_credit,
            self.post_shipment_political,
            self.post_shipment_credit,
        )
        if not all(0 < ratio <= 1 for ratio in ratios):
            raise CoverRatioOutOfRange


@dataclass(frozen=True, slots=True)
class SpecialAgreement:
    """What a special agreement says (特約書).

    Units:  `valid_from` and `valid_to` are days of application in Japan, both inclusive.
    Raises: TermEndsBeforeItBegins, MinimumIncreaseNotInYen.
    Source: domain notes, ledger §7 fields 1 and 2, L004, L031, L032.
    """

    agreement_code: str
    branch_office_code: str
    policyholder_code: str
    holder_name_ja: str
    holder_short_name_ja: str
    valid_from: date
    valid_to: date
    minimum_increase_amount: Money
    file_name_waiver: bool
    significant_delay_count: int
    cover: Cover

    def __post_init__(self) -> None:
        """Refuse what no agreement can say."""
        if self.valid_to < self.valid_from:
            raise TermEndsBeforeItBegins
        minimum = self.minimum_increase_amount
        if minimum.currency != "JPY" or minimum.amount < 0:
            raise MinimumIncreaseNotInYen
