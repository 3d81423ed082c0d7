"""Tables and migrations of premium agree."""

from collections.abc import Callable

from deploy.postgres import DatabaseUrls
from libs.common.migrations import differences
from services.premium import data, tables
from services.premium.actions.editions import tell_rate_editions
from tests.kit import then
from tests.kit.running import Running

from . import given


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


async def test_everything_that_ships_can_be_published(premium: Running) -> None:
    """Given the shipped code tables and rates, when staff publish them, then all are taken."""
    for name, body in data.code_table_publications().items():
        headers = premium.staff("ops:code-tables:write")
        answer = await premium.client.put(f"/ops/v1/code-tables/{name}", json=body, headers=headers)
        # The settlement methods may be there already, from another story.
        assert answer.status_code in {201, 428}, answer.text

    rates = await premium.client.post(
        "/ops/v1/exchange-rates",
        json=data.exchange_rate_publication(),
        headers=premium.staff("ops:exchange-rates:write") | given.key(),
    )
    assert rates.status_code == 201, rates.text
