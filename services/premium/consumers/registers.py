"""Registers of others (特約・海外商社), kept as our own copies."""

from decimal import Decimal

from pydantic import BaseModel
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from libs.common import clock
from libs.common.database import act_for
from libs.common.events import Event

from .. import tables
from ..actions import assessments
from .root import inbox


class AgreedCover(BaseModel):
    """The cover ratios of a special agreement."""

    pre_shipment_political: Decimal
    pre_shipment_credit: Decimal
    post_shipment_political: Decimal
    post_shipment_credit: Decimal
    sample: bool


class SpecialAgreementState(
    Event, type="underwriting.special_agreement.state.v1", key="agreement_code"
):
    """What we need of a special agreement (特約): whose it is, and what it covers."""

    agreement_code: str
    policyholder_code: str
    holder_name_ja: str
    cover: AgreedCover


class BuyerState(Event, type="buyers.buyer.state.v1", key="buyer_code"):
    """What we need of a buyer (海外商社): where it is, and what its rating is."""

    buyer_code: str
    country_code: str
    rating: str | None
    active: bool


@inbox.on
async def note_cover(tx: AsyncSession, fact: SpecialAgreementState) -> None:
    """A special agreement says how much of a contract is covered."""
    await act_for(tx, fact.policyholder_code)
    ratios = fact.cover.model_dump(exclude={"sample"})
    cover = assessments.AgreementCover(
        agreement_code=fact.agreement_code,
        holder_name_ja=fact.holder_name_ja,
        **ratios,
        source="Special agreement",
        sample=fact.cover.sample,
    )
    await assessments.note_cover(tx, cover, clock.now())


@inbox.on
async def copy_buyer(tx: AsyncSession, fact: BuyerState) -> None:
    """An estimate may be asked about the buyers of the register, as they are rated now."""
    values = fact.model_dump()
    copy = insert(tables.Buyer).values(values)
    await tx.execute(copy.on_conflict_do_update(index_elements=[fact.event_key], set_=values))
