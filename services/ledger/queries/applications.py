"""New contracts (新規申込), written by set: each with the first state of its branches."""

import asyncio
from collections.abc import Collection, Mapping
from datetime import date, datetime
from typing import Any

import polars as pl
from sqlalchemy import TextClause, bindparam, text
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
    in_common |= {"tenant": tx.info["tenant"], "upload_id": upload_id}
    contract = {"status": "APPLIED", "received_on": received_on, "updated_at": at, "version": 1}
    # Every policy has a branch 00, and one only.
    firsts = f"staged WHERE branch_number = '{FIRST_BRANCH}'"
    own = of_each.columns
    await tx.execute(_into(tables.Contract, in_common | contract, own, firsts))
    await tx.execute(_into(tables.ContractHistory, in_common | {"known_from": at}, own, "staged"))


def _into(
    target: type[tables.Base],
    in_common: Mapping[str, Any],
    of_each: Collection[str],
    rows: str,
) -> TextClause:
    """Insert rows into a table: of its columns, those that are said for all and those of each.

    Written as text: put together from its columns anew for every part, it would take longer.
    """
    columns = target.__table__.columns
    said = [it for it in columns if in_common.get(it.name) is not None]
    names = [it.name for it in columns if it.name in of_each]
    listed = ", ".join([*names, *(it.name for it in said)])
    values = ", ".join([*names, *(f":{it.name}" for it in said)])
    places = (bindparam(it.name, in_common[it.name], it.type) for it in said)
    return text(
        f"INSERT INTO {target.__tablename__} ({listed})"  # noqa: S608  # our own names
        f" SELECT {values} FROM {rows}"
    ).bindparams(*places)
