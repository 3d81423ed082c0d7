"""The tables are what the migrations make, and start with the periods of the rulebook."""

from collections.abc import Callable

from sqlalchemy import select

from deploy.postgres import DatabaseUrls
from libs.common.migrations import differences
from services.claims import tables
from services.claims.app import service
from tests.kit.running import Running
from tests.kit.stand_in_identity import TENANT


async def test_the_migrations_make_the_tables(
    databases_of: Callable[[str], DatabaseUrls],
) -> None:
    """Given a migrated database, when compared with the tables, then nothing differs."""
    urls = databases_of("claims")

    assert await differences("claims", service.metadata, urls.owner) == []


async def test_every_period_says_where_it_comes_from(claims: Running) -> None:
    """Given the periods, when read, then each has a source and only the assumed is a sample."""
    async with claims.databases.tenant(TENANT) as tx:
        rows = (await tx.scalars(select(tables.NoticePeriod))).all()

    assert all(row.source for row in rows)
    assert {row.name: (row.days, row.sample) for row in rows} == {
        "PRE_SHIPMENT": (45, False),
        "POST_SHIPMENT": (45, False),
        "SIGHT": (30, True),
    }
