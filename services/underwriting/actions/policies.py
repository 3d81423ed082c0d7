"""Policies (保険契約): listed as ledgers bring their contracts, by the batch."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import tuple_
from sqlalchemy.dialects.postgresql import Insert, insert
from sqlalchemy.ext.asyncio import AsyncSession

from .. import tables


@dataclass(frozen=True, slots=True)
class AppliedBranch:
    """One branch of a policy, as a ledger applied it."""

    policy_number: str
    branch_number: str
    history_number: str
    revision: int
    status: str
    agreement_code: str
    applicant_code: str
    contract_date: date
    last_shipment_date: date
    currency: str
    contract_principal: Decimal
    destination_country: str
    payer_code: str


async def note_branches(tx: AsyncSession, applied: Sequence[AppliedBranch], at: datetime) -> None:
    """List the contracts a ledger brought as policies (保険契約), each branch as it is now."""
    newest = {
        (branch.policy_number, branch.branch_number): branch
        for branch in sorted(applied, key=lambda it: (it.history_number, it.revision))
    }
    tenant = tx.info["tenant"]
    # In ascending order, so that two batches never wait for each other's rows.
    branches = [newest[key] for key in sorted(newest)]
    policies = {
        branch.policy_number: {
            "tenant": tenant,
            "policy_number": branch.policy_number,
            "agreement_code": branch.agreement_code,
            "applicant_code": branch.applicant_code,
            "version": 1,
            "updated_at": at,
        }
        for branch in branches
    }
    if not branches:
        return
    await tx.execute(_NOTE_POLICY, list(policies.values()))
    of_policy = ("agreement_code", "applicant_code")
    rows = [
        {"tenant": tenant} | {k: v for k, v in asdict(branch).items() if k not in of_policy}
        for branch in branches
    ]
    await tx.execute(_NOTE_BRANCH, rows)


def _upsert_policy() -> Insert:
    note = insert(tables.Policy)
    return note.on_conflict_do_update(
        index_elements=["tenant", "policy_number"],
        set_={
            "applicant_code": note.excluded.applicant_code,
            "version": tables.Policy.version + 1,
            "updated_at": note.excluded.updated_at,
        },
    )


def _upsert_branch() -> Insert:
    branch = tables.PolicyBranch
    note = insert(branch)
    key = ["tenant", "policy_number", "branch_number"]
    values = {
        column.name: note.excluded[column.name]
        for column in branch.__table__.columns
        if column.name not in key
    }
    # A correction of an old history does not hide a newer one.
    newer = tuple_(note.excluded.history_number, note.excluded.revision) >= tuple_(
        branch.history_number, branch.revision
    )
    return note.on_conflict_do_update(index_elements=key, set_=values, where=newer)


_NOTE_POLICY = _upsert_policy()
_NOTE_BRANCH = _upsert_branch()
