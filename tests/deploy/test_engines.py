"""The engines of a test run: shared by its workers, each with databases of its own."""

from collections.abc import Callable

import asyncpg

from deploy.postgres import DatabaseUrls, Postgres


async def test_a_worker_enters_its_own_empty_database(
    empty_database_of: Callable[[str], DatabaseUrls],
) -> None:
    """Given a service, when its empty database is asked for twice, then it is one and open."""
    urls = empty_database_of("premium")

    connection = await asyncpg.connect(urls.app.replace("+asyncpg", ""))

    assert await connection.fetchval("SELECT current_user") == "premium_app"
    assert empty_database_of("premium") is urls
    await connection.close()


def test_the_run_has_one_server(postgres: Postgres) -> None:
    """Given a started engine, when it is asked for its setting, then it is the fast one."""
    assert postgres.sql("SHOW fsync") == "off"
