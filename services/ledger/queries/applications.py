"""New contracts (新規申込), written by set: each with the first state of its branches."""

import asyncio
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

import polars as pl
from sqlalchemy import FromClause, Insert, column, insert, literal, select, table
from sqlalchemy.ext.asyncio import AsyncSession

from .. import tables
from ..domain.partition import FIRST_BRANCH
from ..domain.telling import alike
from .bulk import stage

_LIKE = """
contract_histories, (SELECT agreement_code, applicant_code, lateness FROM contracts) AS contract
"""
_OF_EACH = ("policy_number", "branch_number", "upload_row", "settlements")


async def write_applications(
    tx: AsyncSession, histories: pl.DataFrame, upload_id: str, received_on: date, at: datetime
) -> None:
    """Write what new applications say, known from an instant on.

    Shape: `histories` has the columns of `contract_histories`, and those of the contract.
    """
    # What all rows have in common is said once and not copied: in one exporter's file, much.
    in_common = await asyncio.to_thread(alike, histories.drop(_OF_EACH))
    of_each = histories.drop(in_common)
    await stage(tx, _LIKE, of_each)
    staged = table("staged", *map(column, of_each.columns))
    in_common |= {"tenant": tx.info["tenant"], "upload_id": upload_id}
    contract = {"status": "APPLIED", "received_on": received_on, "updated_at": at, "version": 1}
    # Every policy has a branch 00, and one only.
    firsts = select(staged).where(staged.c.branch_number == FIRST_BRANCH).subquery()
    await tx.execute(_into(tables.Contract, in_common | contract, firsts))
    await tx.execute(_into(tables.ContractHistory, in_common | {"known_from": at}, staged))


def _into(target: type[tables.Base], in_common: Mapping[str, Any], rows: FromClause) -> Insert:
    """Insert rows into a table: of its columns, those that are said for all and those of each."""
    said = {
        name: rows.c[name] if name not in in_common else literal(in_common[name], its.type)
        for name, its in target.__table__.columns.items()
        if name in rows.c or in_common.get(name) is not None
    }
    return insert(target).from_select(list(said), select(*said.values()), include_defaults=False)
