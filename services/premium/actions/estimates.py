"""Estimates are made (試算), with the very rules a contract is assessed by, and thrown away."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import delete
from sqlalchemy.ext.asyncio import AsyncSession

from libs.common.etags import match
from libs.common.problems import Item
from libs.common.wire import new_id

from .. import tables
from ..domain.assessment import Assessed, NotAssessed, assess
from ..domain.contract import Contract
from ..domain.estimate import paid_by, unknown
from ..domain.rating import RatingClass, takes_new_cover
from ..domain.tariff import Cover
from ..errors import EstimateNotPossible, RatingNotCovered
from ..queries import estimates, rulebook
from ..queries.assessments import PARTS

VERSION = 1
"""An estimate never changes."""

_UNREGISTERED = ("登録がありません。", "This is not registered.")
_SILENT = (
    "契約締結日に有効な料率・換算率・区分がありません。",
    "The rulebook has nothing for this on the day of the contract.",
)


@dataclass(frozen=True, slots=True)
class Question:
    """What a contract would cost under an agreement, owed by a buyer.

    Shape: `asked` is the whole question as it was put.
    """

    agreement_code: str
    buyer_code: str
    contract: Contract
    asked: dict[str, Any]


async def estimate(tx: AsyncSession, question: Question, at: datetime) -> tables.Estimate:
    """Estimate what a contract would cost (試算), and keep the answer.

    Raises: EstimateNotPossible, RatingNotCovered.
    """
    buyer, cover = await _registered(tx, question)
    contract = paid_by(question.contract, buyer.country_code)
    basis = await _rating_basis(tx, buyer, contract.insured_from)
    assessed = await _assess(tx, contract, cover)

    row = tables.Estimate(
        tenant=tx.info["tenant"],
        id=new_id("estimate"),
        agreement_code=question.agreement_code,
        buyer_code=question.buyer_code,
        asked=question.asked,
        rating=buyer.rating,
        rating_basis=asdict(basis) if basis else None,
        edition=assessed.edition,
        premium=assessed.premium.amount,
        sample=assessed.sample or bool(basis and basis.sample),
        parts=PARTS.dump_python(assessed.parts, mode="json"),
        estimated_at=at,
    )
    tx.add(row)
    await tx.flush()
    return row


async def drop_estimate(tx: AsyncSession, estimate_id: str, seen_version: int) -> None:
    """Throw an estimate away.

    Raises: EstimateNotFound, PreconditionRequired, PreconditionFailed.
    """
    await estimates.estimate(tx, estimate_id)
    match(seen_version, VERSION)
    await tx.execute(delete(tables.Estimate).where(tables.Estimate.id == estimate_id))


async def _registered(tx: AsyncSession, question: Question) -> tuple[tables.Buyer, Cover]:
    buyer = await estimates.buyer(tx, question.buyer_code)
    covers = await rulebook.covers(tx, {question.agreement_code})
    cover = covers.get(question.agreement_code)
    if buyer is None or cover is None:
        found = {"agreement_code": cover, "buyer_code": buyer}
        unregistered = [member for member, it in found.items() if it is None]
        raise _not_possible("unknown-reference", _UNREGISTERED, unregistered)
    return buyer, cover


async def _rating_basis(tx: AsyncSession, buyer: tables.Buyer, on: date) -> RatingClass | None:
    if buyer.rating is None:
        return None
    basis = await estimates.rating_class(tx, buyer.rating, on)
    if not takes_new_cover(basis):
        raise RatingNotCovered
    return basis


async def _assess(tx: AsyncSession, contract: Contract, cover: Cover) -> Assessed:
    currencies = {amount.currency for amount in contract.amounts.values()}
    books = await rulebook.rulebook(tx, set(contract.countries.values()), currencies)
    if silent := list(unknown(contract, books)):
        raise _not_possible("code-not-effective", _SILENT, silent)
    match assess(contract, cover, books):
        case Assessed() as assessed:
            return assessed
        case NotAssessed(missing):
            raise AssertionError(f"{missing} was not found missing before")


def _not_possible(code: str, texts: tuple[str, str], members: Iterable[str]) -> EstimateNotPossible:
    return EstimateNotPossible(items=[Item(code, *texts, pointer=f"#/{it}") for it in members])
