"""Estimates that were made, and what the registers say of the buyers they are asked about."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession

from .. import tables
from ..domain.assessment import Assessed
from ..domain.rating import CreditCover, RatingClass
from ..errors import EstimateNotFound
from .assessments import PARTS
from .code_tables import code_tables, codes

RATINGS = "ratings"


@dataclass(frozen=True, slots=True)
class EstimateFilter:
    """Which estimates are asked for; an empty part asks for all."""

    agreement_codes: Sequence[str] = ()
    buyer_codes: Sequence[str] = ()


def estimates(wanted: EstimateFilter) -> Select[tables.Estimate]:
    """Select the estimates that fit, for paging."""
    estimate = tables.Estimate
    statement = select(estimate)
    if wanted.agreement_codes:
        statement = statement.where(estimate.agreement_code.in_(wanted.agreement_codes))
    if wanted.buyer_codes:
        statement = statement.where(estimate.buyer_code.in_(wanted.buyer_codes))
    return statement


async def estimate(tx: AsyncSession, estimate_id: str) -> tables.Estimate:
    """Find an estimate.

    Raises: EstimateNotFound.
    """
    found = await tx.get(tables.Estimate, (tx.info["tenant"], estimate_id))
    if found is None:
        raise EstimateNotFound
    return found


def assessed(row: tables.Estimate) -> Assessed:
    """Put an estimate's premium together again, with its parts."""
    return Assessed(row.edition, PARTS.validate_python(row.parts))


async def buyer(tx: AsyncSession, buyer_code: str) -> tables.Buyer | None:
    """Find a buyer that may be named in a new contract."""
    found = await tx.get(tables.Buyer, buyer_code)
    return found if found and found.active else None


async def rating_class(tx: AsyncSession, rating: str, on: date) -> RatingClass | None:
    """Read what a rating allows on a day; nothing where no table says it."""
    version = await tx.scalar(code_tables(on).where(tables.CodeTableVersion.name == RATINGS))
    if version is None:
        return None
    row = await tx.scalar(codes(version).where(tables.Code.code == rating))
    if row is None:
        return None
    told = row.attributes
    return RatingClass(
        rating=rating,
        name_ja=row.name_ja,
        name_en=row.name_en,
        political_cover=told["political_cover"] == "Y",
        credit_cover=CreditCover(told["credit_cover"]),
        accident=told["accident"] == "Y",
        sample=version.sample,
    )
