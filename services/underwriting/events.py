"""Facts underwriting tells the others."""

from datetime import date

from pydantic import BaseModel

from libs.common.events import Event
from libs.common.wire import DecimalString


class AgreedCover(BaseModel):
    """The cover ratios (付保率) of a special agreement."""

    pre_shipment_political: DecimalString
    pre_shipment_credit: DecimalString
    post_shipment_political: DecimalString
    post_shipment_credit: DecimalString
    sample: bool


class SpecialAgreementState(
    Event, type="underwriting.special_agreement.state.v1", key="agreement_code"
):
    """The full record of a special agreement (特約), told whenever it changes.

    Units: `minimum_increase_amount` in yen.
    """

    agreement_code: str
    branch_office_code: str
    policyholder_code: str
    holder_name_ja: str
    holder_short_name_ja: str
    valid_from: date
    valid_to: date
    minimum_increase_amount: DecimalString
    file_name_waiver: bool
    significant_delay_count: int
    cover: AgreedCover
