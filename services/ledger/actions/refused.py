"""Rows refused at upload (不受理): kept by name, for the error column of the next check ledger."""

import polars as pl
from sqlalchemy.ext.asyncio import AsyncSession

from .. import tables
from ..domain.report import as_shown
from ..queries.bulk import insert_staged


async def keep_refused(tx: AsyncSession, upload: tables.Upload, refused: pl.DataFrame) -> None:
    """Keep which rows of a file were refused; what is wrong with them stands in its findings."""
    written = refused.select(
        "row",
        as_shown(pl.col("policy_number")),
        as_shown(pl.col("agreement_code")),
        upload_id=pl.lit(upload.id),
    )
    await insert_staged(tx, "refused_rows", written)
