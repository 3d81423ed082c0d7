"""Statements of the driver's own, in the transaction of a session."""

from uuid import uuid4

import asyncpg
import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from libs.common.database import Databases, act_for, is_outage
from libs.common.driver import Statement
from tests.common.shop import Note, noted
from tests.kit.running import Running
from tests.kit.stand_in_identity import OTHER_TENANT, TENANT

_NOTED = Statement("SELECT id, text FROM notes WHERE text = :text OR text = :text || '!'")
_NOTE = Statement("INSERT INTO notes (tenant, id, text) VALUES (:tenant, :id, :text)")
_DIVIDE = Statement("SELECT CAST(:secret AS text), 1 / :number")


async def test_it_sees_what_the_session_has_not_written_yet(shop: Running) -> None:
    """Given a note that waits in the session, when asked past it, then the note is there."""
    note = Note(tenant=TENANT, id=uuid4().hex, text=uuid4().hex)

    async with shop.databases.tenant(TENANT) as tx:
        tx.add(note)
        row = await _NOTED.row(tx, text=note.text)

    assert row is not None
    assert (row.id, row.text) == (note.id, note.text)


async def test_the_session_sees_what_it_has_written(shop: Running) -> None:
    """Given a note written past the session, when the act fails later, then neither is left."""
    words = uuid4().hex

    async def fail() -> None:
        async with shop.databases.tenant(TENANT) as tx:
            await _NOTE.rows(tx, tenant=TENANT, id=uuid4().hex, text=words)
            assert await tx.scalar(select(Note.text).where(Note.text == words)) == words
            raise KeyError

    with pytest.raises(KeyError):
        await fail()
    assert await noted(shop, words, TENANT) == 0


async def test_it_keeps_to_the_tenant_of_its_transaction(shop: Running) -> None:
    """Given a note of another, when asked past the session, then it is found only in its turn."""
    words = uuid4().hex
    async with shop.databases.tenant(OTHER_TENANT) as tx:
        await _NOTE.rows(tx, tenant=OTHER_TENANT, id=uuid4().hex, text=words)

    async with shop.databases.tenant(TENANT) as tx:
        foreign = await _NOTED.value(tx, text=words)
        await act_for(tx, OTHER_TENANT)
        own = await _NOTED.rows(tx, text=words)

    assert foreign is None
    assert [it.text for it in own] == [words]


async def test_its_errors_are_those_of_the_session(shop: Running) -> None:
    """Given a statement that cannot be, when it fails, then as others do, telling nothing."""
    secret = uuid4().hex

    async def fail() -> None:
        async with shop.databases.tenant(TENANT) as tx:
            await _DIVIDE.value(tx, secret=secret, number=0)

    with pytest.raises(DBAPIError) as failed:
        await fail()

    assert isinstance(failed.value.orig, asyncpg.DivisionByZeroError)
    assert secret not in str(failed.value)
    assert not is_outage(failed.value)


async def test_nobody_is_given_a_connection_that_was_lost(shop: Running) -> None:
    """Given a connection cut off while nobody had it, when the next act begins, then it goes on."""
    databases = Databases(shop.settings)
    async with databases.tenant(TENANT) as tx:
        lost = await tx.scalar(text("SELECT pg_backend_pid()"))
        driver = tx.info["driver"]
    driver.terminate()

    async with databases.tenant(TENANT) as tx:
        found = await tx.scalar(text("SELECT pg_backend_pid()"))
    await databases.close()

    assert found != lost
