"""Rows refused at upload (不受理): kept by name, for the error column of the next check ledger."""

import polars as pl
from sqlalchemy.ext.asyncio import AsyncSession

from .. import tables
from ..domain.report import as_shown
from ..queries.bulk import as_array, insert_staged


async def keep_refused(tx: AsyncSession, upload: tables.Upload, refused: pl.DataFrame) -> None:
    """Keep which rows of a file were refused, and by which rules.

    What is wrong with them in detail stands in its findings, as far as those were kept.
    """
    written = refused.select(
        "row",
        "error_count",
        as_array("rules"),
        as_shown(pl.col("policy_number")),
        as_shown(pl.col("agreement_code")),
        upload_id=pl.lit(upload.id),
    )
    await insert_staged(tx, "refused_rows", written)
