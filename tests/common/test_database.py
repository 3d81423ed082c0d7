"""Whose rows a transaction sees: the database itself keeps policyholders apart."""

import asyncio
from uuid import uuid4

import pytest
from sqlalchemy import delete, insert, select, text, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.orm import aliased

from libs.common.database import Databases, act_for, is_outage
from libs.common.driver import driver_url
from tests.common.shop import Note, Sign, noted
from tests.kit.running import Running
from tests.kit.stand_in_identity import OTHER_TENANT, TENANT

_REFUSED = "42501"  # row security and rights alike: insufficient_privilege


async def _note(shop: Running, tenant: str) -> Note:
    async with shop.databases.tenant(tenant) as tx:
        note = Note(tenant=tenant, id=uuid4().hex, text=uuid4().hex)
        tx.add(note)
    return note


def _state(error: DBAPIError) -> str | None:
    return getattr(error.orig, "sqlstate", None)


async def test_a_policyholder_sees_its_own_rows(shop: Running) -> None:
    """Given notes of two, when one of them looks, then only its own are there."""
    mine, foreign = await _note(shop, TENANT), await _note(shop, OTHER_TENANT)

    async with shop.databases.tenant(TENANT) as tx:
        found = set(await tx.scalars(select(Note.id).where(Note.id.in_([mine.id, foreign.id]))))

    assert found == {mine.id}


@pytest.mark.attack("S38")
async def test_without_a_tenant_there_are_no_rows(shop: Running) -> None:
    """Given notes, when a connection names no tenant or an empty one, then it sees none."""
    await _note(shop, TENANT)
    engine = create_async_engine(driver_url(shop.settings.database_url))

    async with engine.begin() as connection:
        unnamed = await connection.scalar(text("SELECT count(*) FROM notes"))
        await connection.execute(text("SELECT set_config('app.tenant', '', true)"))
        empty = await connection.scalar(text("SELECT count(*) FROM notes"))
    await engine.dispose()

    assert (unnamed, empty) == (0, 0)


@pytest.mark.attack("S38")
@pytest.mark.parametrize("tenant", [OTHER_TENANT, "", "platform"])
async def test_nobody_writes_for_another(shop: Running, tenant: str) -> None:
    """Given one's transaction, when a row of another is inserted, then it is refused."""
    with pytest.raises(DBAPIError) as refused:
        async with shop.databases.tenant(TENANT) as tx:
            await tx.execute(insert(Note).values(tenant=tenant, id=uuid4().hex, text="x"))

    assert _state(refused.value) == _REFUSED


async def test_nobody_gives_a_row_away(shop: Running) -> None:
    """Given one's row, when its tenant is changed, then it is refused."""
    mine = await _note(shop, TENANT)

    with pytest.raises(DBAPIError) as refused:
        async with shop.databases.tenant(TENANT) as tx:
            await tx.execute(update(Note).where(Note.id == mine.id).values(tenant=OTHER_TENANT))

    assert _state(refused.value) == _REFUSED


async def test_rows_of_others_cannot_be_changed_even_in_plain_sql(shop: Running) -> None:
    """Given a foreign note, when it is updated or deleted by its id, then nothing happens."""
    foreign = await _note(shop, OTHER_TENANT)

    async with shop.databases.tenant(TENANT) as tx:
        await tx.execute(update(Note).where(Note.id == foreign.id).values(text="mine"))
        await tx.execute(delete(Note).where(Note.id == foreign.id))
        await tx.execute(text("UPDATE notes SET text = text || '!'"))

    assert await noted(shop, foreign.text, OTHER_TENANT) == 1


async def test_every_orm_statement_names_the_tenant_itself(shop: Running) -> None:
    """Given row security switched off, when statements run, then they still find one's own."""
    mine, foreign = await _note(shop, TENANT), await _note(shop, OTHER_TENANT)
    urls = {f"database_{role}url": shop.settings.database_owner_url for role in ("", "staff_")}
    unguarded = Databases(shop.settings.model_copy(update=urls))
    async with unguarded.tenant(TENANT) as tx:
        # Only the owner can do this, and only for the test: no policy helps from here on.
        await tx.execute(text("ALTER TABLE notes DISABLE ROW LEVEL SECURITY"))
        both = Note.id.in_([mine.id, foreign.id])
        other = aliased(Note)

        seen = await tx.scalars(select(Note.id).where(both))
        by_alias = await tx.scalars(select(other.id).where(other.id.in_([mine.id, foreign.id])))
        got = await tx.get(Note, (OTHER_TENANT, foreign.id))
        changed = await tx.scalars(update(Note).where(both).values(text="x").returning(Note.id))
        deleted = await tx.scalars(delete(Note).where(both).returning(Note.id))

        assert [list(it) for it in (seen, by_alias, changed, deleted)] == [[mine.id]] * 4
        assert got is None
        await tx.rollback()
    await unguarded.close()


async def test_everybody_reads_signs_and_only_staff_write_them(shop: Running) -> None:
    """Given reference data, when policyholders and staff come, then each does what is theirs."""
    sign = uuid4().hex
    async with shop.databases.platform() as tx:
        tx.add(Sign(text=sign))

    async with shop.databases.tenant(TENANT) as tx:
        assert await tx.get(Sign, sign)
    with pytest.raises(DBAPIError) as refused:
        async with shop.databases.tenant(TENANT) as tx:
            tx.add(Sign(text=uuid4().hex))

    assert _state(refused.value) == _REFUSED


async def test_staff_turn_to_one_policyholder_at_a_time(shop: Running) -> None:
    """Given staff, when they turn to a policyholder, then they see and write its rows only."""
    mine, foreign = await _note(shop, TENANT), await _note(shop, OTHER_TENANT)
    both = select(Note.id).where(Note.id.in_([mine.id, foreign.id]))

    async with shop.databases.platform() as tx:
        before = list(await tx.scalars(both))
        await act_for(tx, TENANT)
        turned = list(await tx.scalars(both))

    assert (before, turned) == ([], [mine.id])


async def test_an_act_that_fails_changes_nothing(shop: Running) -> None:
    """Given a transaction, when it ends in an error, then none of its rows are there."""
    note = Note(tenant=TENANT, id=uuid4().hex, text=uuid4().hex)

    async def fail() -> None:
        async with shop.databases.tenant(TENANT) as tx:
            tx.add(note)
            await tx.flush()
            raise KeyError

    with pytest.raises(KeyError):
        await fail()
    assert await noted(shop, note.text, TENANT) == 0


async def test_the_tenant_leaves_with_its_transaction(shop: Running) -> None:
    """Given one connection, when two use it in turn, then nothing is left of the first."""
    named = text("SELECT current_setting('app.tenant'), pg_backend_pid()")
    seen = set()

    for tenant in [TENANT, OTHER_TENANT] * 10:
        async with shop.databases.tenant(tenant) as tx:
            seen.add((tenant, *(await tx.execute(named)).one()))

    assert {(tenant, found) for tenant, found, _ in seen} == {
        (it, it) for it in (TENANT, OTHER_TENANT)
    }
    assert len({connection for *_, connection in seen}) == 1


@pytest.mark.parametrize(
    ("statement", "outage"),
    [
        ("SELECT 1/0", False),
        ("SELECT pg_terminate_backend(pg_backend_pid())", True),
        ("SELECT set_config('statement_timeout', '1', true)", False),
    ],
)
async def test_an_absent_database_is_told_from_a_wrong_statement(
    shop: Running, statement: str, *, outage: bool
) -> None:
    """Given an error, when it is judged, then only lost connections are outages."""

    async def fail() -> None:
        async with shop.databases.tenant(TENANT) as tx:
            await tx.execute(text(statement))
            await tx.execute(text("SELECT pg_sleep(0.05)"))

    with pytest.raises(DBAPIError) as failed:
        await fail()
    assert is_outage(failed.value) is outage


async def test_a_database_nobody_answers_for_is_an_outage(shop: Running) -> None:
    """Given no server at the address, when asked, then it is an outage."""
    nowhere = "postgresql://nobody:x@127.0.0.1:1/none"
    urls = {"database_url": nowhere, "database_staff_url": nowhere, "database_relay_url": nowhere}
    databases = Databases(shop.settings.model_copy(update=urls))

    with pytest.raises((OSError, DBAPIError)) as failed:
        await databases.check()
    await databases.close()

    assert is_outage(failed.value)


async def test_who_keeps_a_session_asks_nothing_after_its_transaction(shop: Running) -> None:
    """Given a session whose transaction has ended, when it is asked, then it has no connection."""
    async with shop.databases.tenant(TENANT) as tx:
        await tx.scalars(select(Note.id))

    with pytest.raises(KeyError):
        await tx.scalars(select(Note.id))


async def test_whoever_waits_for_a_connection_gets_one(shop: Running) -> None:
    """Given more acts at once than connections, when they run, then each has its turn."""
    databases = Databases(shop.settings)

    async def act() -> int:
        async with databases.tenant(TENANT) as tx:
            pid: int = (await tx.scalars(text("SELECT pg_backend_pid() FROM pg_sleep(0.01)"))).one()
            return pid

    served = await asyncio.gather(*(act() for _ in range(50)))
    await databases.close()

    assert len(set(served)) <= 16


async def test_an_act_called_away_leaves_nothing_to_the_next(shop: Running) -> None:
    """Given acts cancelled in the middle, when others follow, then all connections are there."""
    databases = Databases(shop.settings)
    words = uuid4().hex

    async def act() -> None:
        async with databases.tenant(TENANT) as tx:
            tx.add(Note(tenant=TENANT, id=uuid4().hex, text=words))
            await tx.flush()
            await tx.execute(text("SELECT pg_sleep(60)"))

    for _ in range(20):
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.05):
                await act()

    assert await noted(shop, words, TENANT) == 0
    async with databases.tenant(OTHER_TENANT) as tx:
        assert await tx.scalar(text("SELECT current_setting('app.tenant')")) == OTHER_TENANT
    await databases.close()
