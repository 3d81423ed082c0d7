"""Policies (保険契約): listed as ledgers bring their contracts, by the batch."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from sqlalchemy.dialects.postgresql import Insert
from sqlalchemy.ext.asyncio import AsyncSession

from libs.common.batches import insert_batch, keep_newest, write_batch

from .. import tables


@dataclass(frozen=True, slots=True)
class AppliedBranch:
    """One history of a branch of a policy, as a ledger applied it."""

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
    """List the contracts a ledger brought as policies (保険契約), each history as it is now."""
    newest = {
        (branch.policy_number, branch.branch_number, branch.history_number): branch
        for branch in sorted(applied, key=lambda it: it.revision)
    }
    # In ascending order, so that two batches never wait for each other's rows.
    branches = [newest[key] for key in sorted(newest)]
    policies = {
        branch.policy_number: {
            "policy_number": branch.policy_number,
            "agreement_code": branch.agreement_code,
            "applicant_code": branch.applicant_code,
            "version": 1,
            "updated_at": at,
        }
        for branch in branches
    }
    await write_batch(tx, _NOTE_POLICY, list(policies.values()))
    await write_batch(tx, _NOTE_HISTORY, branches)


def _upsert_policy() -> Insert:
    note = insert_batch(tables.Policy)
    return note.on_conflict_do_update(
        index_elements=["tenant", "policy_number"],
        set_={
            "applicant_code": note.excluded.applicant_code,
            "version": tables.Policy.version + 1,
            "updated_at": note.excluded.updated_at,
        },
    )


_NOTE_POLICY = _upsert_policy()
# An older telling of a history does not undo a newer one.
_NOTE_HISTORY = keep_newest(tables.PolicyHistory, by="revision")
