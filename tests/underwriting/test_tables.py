"""The tables are what the migrations make, and nobody sees more than he should."""

from collections.abc import Callable

import pytest
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError

from deploy.postgres import DatabaseUrls
from libs.common.migrations import differences
from services.underwriting.app import service
from tests.kit.running import Running
from tests.kit.stand_in_identity import TENANT


async def test_the_migrations_make_the_tables(
    databases_of: Callable[[str], DatabaseUrls],
) -> None:
    """Given a migrated database, when compared with the tables, then nothing differs."""
    urls = databases_of("underwriting")

    assert await differences("underwriting", service.metadata, urls.owner) == []


async def test_whose_a_code_is_concerns_staff_alone(underwriting: Running) -> None:
    """Given the list of holders, when a policyholder's transaction reads it, then it may not."""
    with pytest.raises(ProgrammingError, match="permission denied"):
        async with underwriting.databases.tenant(TENANT) as tx:
            await tx.execute(text("SELECT * FROM agreement_holders"))
