"""Contracts are assessed (保険料の算定), batch by batch, and again when something was missing."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Row
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from libs.common.money import Money
from libs.common.outbox import announce

from .. import events, tables
from ..domain.batch import assess_all
from ..domain.contract import History
from ..queries import assessments, rulebook
from . import invoices


@dataclass(frozen=True, slots=True)
class AgreementCover:
    """A special agreement's holder and cover ratios (付保率), as underwriting tells them."""

    agreement_code: str
    holder_name_ja: str
    pre_shipment_political: Decimal
    pre_shipment_credit: Decimal
    post_shipment_political: Decimal
    post_shipment_credit: Decimal
    source: str
    sample: bool


async def assess_histories(tx: AsyncSession, histories: Sequence[History], at: datetime) -> None:
    """Assess contract histories (保険料の算定), keep their premiums and tell them.

    A history that has a premium keeps it and is not told again. An invoice that waited for the
    last of these premiums is issued with it.
    """
    contracts = [history.contract for history in histories]
    books = await rulebook.rulebook(
        tx,
        countries={code for contract in contracts for code in contract.countries.values()},
        currencies={m.currency for contract in contracts for m in contract.amounts.values()},
    )
    covers = await rulebook.covers(tx, {history.agreement_code for history in histories})
    asked = [(history.contract, covers.get(history.agreement_code)) for history in histories]
    answers = assess_all(asked, books)

    made = await assessments.keep(tx, list(zip(histories, answers, strict=True)), at)
    await announce(tx, *_told(made))
    await invoices.invoice_with(tx, made, at)


async def note_cover(tx: AsyncSession, cover: AgreementCover, at: datetime) -> None:
    """Note a special agreement's cover, and assess the contracts that waited for it."""
    values = asdict(cover) | {"tenant": tx.info["tenant"]}
    note = insert(tables.AgreementCover).values(values)
    key = ["tenant", "agreement_code"]
    await tx.execute(note.on_conflict_do_update(index_elements=key, set_=values))
    await assess_waiting(tx, at, cover.agreement_code)


async def assess_waiting(tx: AsyncSession, at: datetime, agreement_code: str | None = None) -> None:
    """Assess again what the rulebook lacked something for: of one agreement, or of all."""
    if waiting := await assessments.waiting(tx, agreement_code):
        await assess_histories(tx, waiting, at)


def _told(made: Iterable[Row[Any]]) -> list[events.AssessmentsMade]:
    """Tell premiums in the buckets their contracts came in."""
    by_bucket: dict[int, list[events.MadeAssessment]] = defaultdict(list)
    for row in made:
        told = events.MadeAssessment(
            policy_number=row.policy_number,
            branch_number=row.branch_number,
            history_number=row.history_number,
            revision=row.revision,
            premium=None if row.premium is None else Money(row.premium, "JPY"),
            edition=row.edition,
            missing=row.missing,
            sample=row.sample,
        )
        by_bucket[row.bucket].append(told)
    return [
        events.AssessmentsMade(bucket=bucket, assessments=told)
        for bucket, told in sorted(by_bucket.items())
    ]
