"""Files that were handed in are kept for a while (保存期間); findings and facts for good."""

from datetime import datetime, timedelta

from libs.common.database import PLATFORM, Databases

from .. import tables
from ..queries import uploads as queries
from ..queries.register import policyholders
from .uploads import ask_for_tidying

KEPT_FOR = timedelta(days=90)
"""How long a file can be taken back after its upload has ended. Source: api notes §6."""


def kept_until(upload: tables.Upload) -> datetime | None:
    """Tell until when a file is kept; one that is still at work has no end yet."""
    return None if upload.finished_at is None else upload.finished_at + KEPT_FOR


async def forget_files(databases: Databases, at: datetime) -> None:
    """Keep no file longer than it must be, one policyholder after the other.

    Whoever works off the queue removes what lies in the store.
    """
    async with databases.tenant(PLATFORM) as tx:
        codes = await policyholders(tx)
    for code in codes:
        async with databases.tenant(code) as tx:
            for upload in await tx.scalars(queries.kept_since(at - KEPT_FOR)):
                upload.forgotten_at = at
                await ask_for_tidying(tx, upload)
