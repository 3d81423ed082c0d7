"""Bring a service's database to the newest schema, and tell whether it is there."""

from collections.abc import Callable
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, MetaData
from sqlalchemy.ext.asyncio import create_async_engine

from .driver import driver_url


class SchemaIsOld(Exception):
    """The database has not been migrated to what this code needs."""


def config(service: str, metadata: MetaData) -> Config:
    """Give Alembic's configuration for a service: our environment, its own migrations."""
    settings = Config()
    settings.set_main_option("script_location", str(files("libs.common") / "alembic"))
    folder = Path(str(files(f"services.{service}"))) / "migrations"
    settings.set_main_option("version_locations", str(folder))
    settings.set_main_option("path_separator", "newline")
    settings.set_main_option(
        "file_template", "%%(year)d%%(month).2d%%(day).2d_%%(hour).2d%%(minute).2d_%%(slug)s"
    )
    settings.attributes.update(service=service, metadata=metadata)
    return settings


async def upgrade(service: str, metadata: MetaData, owner_url: str) -> None:
    """Apply every migration that is missing, as the owner of the tables."""
    await _run(config(service, metadata), owner_url, lambda it: command.upgrade(it, "head"))


async def downgrade(service: str, metadata: MetaData, owner_url: str) -> None:
    """Undo every migration: an empty database is left."""
    await _run(config(service, metadata), owner_url, lambda it: command.downgrade(it, "base"))


async def differences(service: str, metadata: MetaData, owner_url: str) -> list[object]:
    """List what `tables.py` says and the migrated database does not have, or the other way."""
    found: list[object] = []

    def compare(connection: Connection) -> None:
        found.extend(compare_metadata(MigrationContext.configure(connection), metadata))

    engine = create_async_engine(driver_url(owner_url))
    async with engine.connect() as connection:
        await connection.run_sync(compare)
    await engine.dispose()
    return found


async def check_is_current(service: str, metadata: MetaData, url: str) -> None:
    """Refuse to work on an older schema.

    Raises: SchemaIsOld.
    """
    head = ScriptDirectory.from_config(config(service, metadata)).get_current_head()
    engine = create_async_engine(driver_url(url))
    async with engine.connect() as connection:
        current = await connection.run_sync(
            lambda it: MigrationContext.configure(it).get_current_revision()
        )
    await engine.dispose()
    if current != head:
        raise SchemaIsOld(f"{service}: database at {current}, code needs {head}")


async def write_revision(service: str, metadata: MetaData, owner_url: str, message: str) -> None:
    """Write a new migration from the difference between tables and database, to be reviewed."""
    name = f"{datetime.now(UTC):%Y%m%d_%H%M}"
    await _run(
        config(service, metadata),
        owner_url,
        lambda it: command.revision(it, message, autogenerate=True, rev_id=name),
    )


async def _run(settings: Config, owner_url: str, act: Callable[[Config], object]) -> None:
    def carry_out(connection: Connection) -> None:
        settings.attributes["connection"] = connection
        act(settings)

    engine = create_async_engine(driver_url(owner_url))
    async with engine.begin() as connection:
        await connection.run_sync(carry_out)
    await engine.dispose()
