"""Migrations (style §8): they make what `tables.py` says, and can be undone."""

import re
from collections.abc import Callable
from pathlib import Path
from uuid import uuid4

import pytest

from deploy.postgres import DatabaseUrls
from libs.common import migrations
from libs.common.command import load
from tests.house.catalogue import read
from tests.house.sources import ROOT, services
from tests.kit.engines import Engines


@pytest.fixture(params=services())
def service(request: pytest.FixtureRequest) -> str:
    """Each service in turn."""
    return str(request.param)


async def test_tables_and_migrations_agree(
    databases_of: Callable[[str], DatabaseUrls], service: str
) -> None:
    """Given a migrated database, when it is compared with the tables, then nothing differs."""
    owner = databases_of(service).owner

    assert await migrations.differences(service, load(service).metadata, owner) == []


async def test_every_migration_can_be_undone(engines: Engines, service: str) -> None:
    """Given an empty database, when all goes up, down and up again, then it is as after once."""
    urls = engines.empty_database(service, f"undone_{uuid4().hex[:10]}")
    metadata = load(service).metadata

    await migrations.upgrade(service, metadata, urls.owner)
    once = await read(urls.owner)
    await migrations.downgrade(service, metadata, urls.owner)
    emptied = await read(urls.owner)
    await migrations.upgrade(service, metadata, urls.owner)

    assert emptied.keys() <= {"alembic_version"}
    assert await read(urls.owner) == once


async def test_an_older_schema_is_not_worked_on(engines: Engines, service: str) -> None:
    """Given a database nobody migrated, when a process starts on it, then it refuses."""
    urls = engines.empty_database(service, f"old_{uuid4().hex[:10]}")

    with pytest.raises(migrations.SchemaIsOld):
        await migrations.check_is_current(service, load(service).metadata, urls.owner)


@pytest.mark.parametrize(
    "path", sorted(ROOT.glob("services/*/migrations/*.py")), ids=lambda path: path.stem
)
def test_migrations_are_named_by_date_and_wait_for_nobody(path: Path) -> None:
    """Given a migration, when it is read, then it has a date, a number, and a lock timeout."""
    text = path.read_text()
    revision = re.search(r'^revision = "(.+)"', text, re.MULTILINE)

    assert re.fullmatch(r"\d{8}_\d{4}_[a-z0-9_]+", path.stem)
    assert revision
    assert path.stem.startswith(revision[1])
    assert "SET LOCAL lock_timeout" in text
