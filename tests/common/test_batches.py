"""Batches: rows by the hundred in one statement, as their policyholder and no other."""

from dataclasses import dataclass
from uuid import uuid4

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from libs.common.batches import insert_batch, write_batch
from tests.common.shop import Note
from tests.kit.running import Running
from tests.kit.stand_in_identity import OTHER_TENANT, TENANT


@dataclass(frozen=True, slots=True)
class Told:
    """A note as somebody tells of it."""

    id: str
    text: str | None
    tenant: str = OTHER_TENANT
    loudness: int = 11


def _told(text: str | None = "a note") -> Told:
    return Told(uuid4().hex, text and f"{text} {uuid4().hex}")


async def _kept(shop: Running, told: list[Told], tenant: str = TENANT) -> list[tuple[str, str]]:
    async with shop.databases.tenant(tenant) as tx:
        found = await tx.execute(
            select(Note.id, Note.text).where(Note.id.in_([it.id for it in told])).order_by(Note.id)
        )
        return [(it.id, it.text) for it in found]


async def test_a_batch_is_written_as_its_policyholder(shop: Running) -> None:
    """Given rows that name another tenant and more, when written, then they are one's own."""
    told = [_told() for _ in range(300)]

    async with shop.databases.tenant(TENANT) as tx:
        await write_batch(tx, insert_batch(Note), told)

    assert await _kept(shop, told) == sorted((it.id, it.text) for it in told)
    assert await _kept(shop, told, OTHER_TENANT) == []


async def test_what_a_conflict_means_is_said_of_the_statement(shop: Running) -> None:
    """Given a row that is there, when it is told anew, then it is what the statement says."""
    first, other = _told(), _told()
    again = Told(first.id, "what it says now")
    insert = insert_batch(Note)
    keep = insert.on_conflict_do_update(
        index_elements=["tenant", "id"], set_={"text": insert.excluded.text}
    )

    async with shop.databases.tenant(TENANT) as tx:
        await write_batch(tx, keep, [first])
        await write_batch(tx, keep, [again, other])

    assert dict(await _kept(shop, [first, other])) == {first.id: again.text, other.id: other.text}


async def test_a_batch_is_written_wholly_or_not_at_all(shop: Running) -> None:
    """Given a row without what it must have, when the batch is written, then none of it is."""
    told = [_told(), _told(text=None), _told()]

    with pytest.raises(IntegrityError):
        async with shop.databases.tenant(TENANT) as tx:
            await write_batch(tx, insert_batch(Note), told)

    assert await _kept(shop, told) == []


async def test_no_rows_are_no_statement(shop: Running) -> None:
    """Given nothing to write, when it is written, then nothing is asked of the database."""
    async with shop.databases.tenant(TENANT) as tx:
        await write_batch(tx, insert_batch(Note), [])
