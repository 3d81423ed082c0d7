"""Good policies become contracts: set by set, with the facts that tell of them."""

import asyncio
from collections.abc import Mapping
from datetime import date, datetime

import polars as pl
from sqlalchemy import text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from libs.common.outbox import announce_data

from .. import events, tables
from ..domain.case import Case
from ..domain.judging import Judgement
from ..domain.layout import CHANGES
from ..domain.register import Register
from ..domain.telling import facts, stored_histories
from ..queries.applications import write_applications
from ..queries.bulk import as_array, stage
from ..queries.changes import write_changes

_STORED = {column.name for column in tables.ContractHistory.__table__.columns}


async def apply(
    tx: AsyncSession,
    upload_id: str,
    judgement: Judgement,
    case: Case,
    at: datetime,
) -> None:
    """Take in the accepted rows of one part (申込の受理), known from this moment on.

    `upload_id` is the file they came in, or the entry, if they were written by hand.
    """
    if judgement.accepted.is_empty():
        return
    histories = await asyncio.to_thread(_histories, upload_id, judgement, case)
    if case.layout.code == CHANGES.code:
        await store_changes(tx, histories, at)
    else:
        await _store_new(tx, histories, upload_id, case.received_on, at)
    await _count_delays(tx, case.register, judgement.delays)
    data = await asyncio.to_thread(_facts, upload_id, histories, case)
    await announce_data(tx, events.ContractsApplied, data)


def _histories(upload_id: str, judgement: Judgement, case: Case) -> pl.DataFrame:
    return stored_histories(judgement.accepted).with_columns(
        upload_id=pl.lit(upload_id), received_on=pl.lit(case.received_on)
    )


async def _store_new(
    tx: AsyncSession, histories: pl.DataFrame, upload_id: str, received_on: date, at: datetime
) -> None:
    own = histories.drop("bucket", "branch_office_code", "upload_id", "received_on")
    said = own.rename({"row": "upload_row"})
    await write_applications(tx, said, upload_id, received_on, at)


async def store_changes(tx: AsyncSession, histories: pl.DataFrame, at: datetime) -> None:
    """Store the histories that come of changes, corrections and cancellations, as of one instant.

    The contracts are locked, by who judged the changes.
    """
    results = histories.rename({"row": "upload_row"}).with_columns(as_array("significant_items"))
    stored = [name for name in results.columns if name in _STORED]
    await stage(tx, "contract_histories", results.select(stored))
    await write_changes(tx, at)


async def _count_delays(tx: AsyncSession, register: Register, delays: Mapping[str, int]) -> None:
    """Count the significant delays (著しい遅滞) among what was taken in."""
    new = {code: count - register.delays.get(code, 0) for code, count in delays.items()}
    rows = [
        {"tenant": tx.info["tenant"], "agreement_code": code, "counted": count}
        for code, count in sorted(new.items())
        if count > 0
    ]
    if not rows:
        return
    counted = insert(tables.SignificantDelays).values(rows)
    await tx.execute(
        counted.on_conflict_do_update(
            index_elements=["tenant", "agreement_code"],
            set_={"counted": tables.SignificantDelays.counted + counted.excluded.counted},
        )
    )


def _facts(upload_id: str, histories: pl.DataFrame, case: Case) -> list[tuple[str, str]]:
    """Write what was taken in as facts: the key of each and its JSON."""
    currencies = case.register.tables["currencies"].rows
    iso = {code: row.get("iso", "") for code, row in currencies.items()}
    told = histories.with_columns(
        currency=pl.col("currency_code").replace_strict(iso, default="", return_dtype=pl.String)
    )
    same = f'"upload_id":"{upload_id}","received_on":"{case.received_on}"'
    return [
        (str(bucket), f'{{"bucket":{bucket},{same},"histories":{some}}}')
        for bucket, some in facts(told)
    ]


async def number_delays(tx: AsyncSession, upload: tables.Upload) -> None:
    """Number an upload's significant delays in the order of the file, after those before it.

    Parts are judged in any order, each counting from what was stored; of a single part the
    numbers are right as they are.
    """
    if len(upload.parts) > 1:
        await tx.execute(_NUMBER_DELAYS, {"upload_id": upload.id})


# One policy is one delay of its agreement, in however many branches it comes.
_NUMBER_DELAYS = text("""
UPDATE upload_findings AS finding
SET params = finding.params || jsonb_build_object('n', numbered.n::text)
FROM (
    SELECT row, number, before + dense_rank() OVER (PARTITION BY agreement ORDER BY first) AS n
    FROM (
        SELECT row, number, agreement, min(row) OVER (PARTITION BY policy) AS first,
               min(n) OVER (PARTITION BY agreement) - 1 AS before
        FROM (
            SELECT row, number, (params ->> 'n')::int AS n, params ->> 'policy_number' AS policy,
                   substr(params ->> 'policy_number', 3, 9) AS agreement
            FROM upload_findings
            WHERE tenant = current_setting('app.tenant') AND upload_id = :upload_id
              AND rule = 'L058'
        ) AS late
    ) AS placed
) AS numbered
WHERE finding.tenant = current_setting('app.tenant') AND finding.upload_id = :upload_id
  AND finding.row = numbered.row AND finding.number = numbered.number
""")
