"""Named reads of underwriting; row security shows each caller its own rows only."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, Select, exists, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from . import tables
from .errors import PolicyNotFound, ProcedureNotFound, SpecialAgreementNotFound


def special_agreements(
    in_force_on: date | None, updated_from: datetime | None
) -> Select[tables.SpecialAgreement]:
    """Select the caller's special agreements, for paging."""
    agreement = tables.SpecialAgreement
    statement = select(agreement)
    if in_force_on is not None:
        statement = statement.where(
            agreement.valid_from <= in_force_on, agreement.valid_to >= in_force_on
        )
    if updated_from is not None:
        statement = statement.where(agreement.updated_at >= updated_from)
    return statement


async def special_agreement(tx: AsyncSession, agreement_code: str) -> tables.SpecialAgreement:
    """Find one of the caller's special agreements.

    Raises: SpecialAgreementNotFound.
    """
    key = (tx.info["tenant"], agreement_code)
    if (found := await tx.get(tables.SpecialAgreement, key)) is None:
        raise SpecialAgreementNotFound
    return found


@dataclass(frozen=True, slots=True)
class ProcedureFilter:
    """Which procedures are asked for; an empty part asks for all."""

    statuses: Sequence[str] = ()
    finished: bool | None = None
    dismissed: bool = False
    updated_from: datetime | None = None


def procedures(wanted: ProcedureFilter) -> Select[tables.Procedure]:
    """Select the procedures that fit, for paging."""
    procedure = tables.Procedure
    statement = select(procedure).where(procedure.dismissed == wanted.dismissed)
    if wanted.statuses:
        statement = statement.where(procedure.status.in_(wanted.statuses))
    if wanted.finished is not None:
        statement = statement.where(procedure.finished == wanted.finished)
    if wanted.updated_from is not None:
        statement = statement.where(procedure.updated_at >= wanted.updated_from)
    return statement


async def procedure(tx: AsyncSession, procedure_id: str) -> tables.Procedure:
    """Find one of the caller's procedures.

    Raises: ProcedureNotFound.
    """
    if (found := await tx.get(tables.Procedure, (tx.info["tenant"], procedure_id))) is None:
        raise ProcedureNotFound
    return found


@dataclass(frozen=True, slots=True)
class PolicyFilter:
    """Which policies are asked for; an empty part asks for all."""

    agreement_codes: Sequence[str] = ()
    payer_codes: Sequence[str] = ()
    updated_from: datetime | None = None


def policies(wanted: PolicyFilter) -> Select[tables.Policy]:
    """Select the policies that fit, for paging."""
    policy = tables.Policy
    statement = select(policy)
    if wanted.agreement_codes:
        statement = statement.where(policy.agreement_code.in_(wanted.agreement_codes))
    if wanted.payer_codes:
        pays = tables.PolicyHistory.payer_code.in_(wanted.payer_codes)
        statement = statement.where(policy.histories.any(pays & _is_newest()))
    if wanted.updated_from is not None:
        statement = statement.where(policy.updated_at >= wanted.updated_from)
    return statement


def _is_newest() -> ColumnElement[bool]:
    """Say of a history in a statement that its branch is as it says: none after it holds."""
    history, later = tables.PolicyHistory, aliased(tables.PolicyHistory)
    key = ("tenant", "policy_number", "branch_number")
    outdone = exists().where(
        *(getattr(later, name) == getattr(history, name) for name in key),
        later.history_number > history.history_number,
        later.status != tables.CANCELLED,
    )
    return (history.status != tables.CANCELLED) & ~outdone


async def policy(tx: AsyncSession, policy_number: str) -> tables.Policy:
    """Find one of the caller's policies.

    Raises: PolicyNotFound.
    """
    if (found := await tx.get(tables.Policy, (tx.info["tenant"], policy_number))) is None:
        raise PolicyNotFound
    return found
