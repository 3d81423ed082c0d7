"""Tables and migrations of premium agree."""

from collections.abc import Callable

from deploy.postgres import DatabaseUrls
from libs.common.migrations import differences
from services.premium import tables
from services.premium.actions.editions import tell_rate_editions
from tests.kit import then
from tests.kit.running import Running


async def test_the_migrations_make_exactly_the_tables(
    databases_of: Callable[[str], DatabaseUrls],
) -> None:
    """Given a migrated database, when it is compared, then nothing differs."""
    urls = databases_of("premium")

    assert await differences("premium", tables.Base.metadata, urls.owner) == []


async def test_the_shipped_edition_can_be_told(premium: Running) -> None:
    """Given the shipped tariff, when the operator tells it, then the others hear its rates."""
    async with premium.databases.platform() as tx:
        await tell_rate_editions(tx)

    [(kind, fact)] = await then.told(premium, "2004-10", "platform")
    assert kind == "premium.rate_edition.state.v1"
    assert (len(fact["rates"]), fact["minimum_days"]) == (16, 30)
