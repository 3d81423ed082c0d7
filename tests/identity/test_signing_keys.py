"""Signing keys overlap, so that no good token is ever refused for a change of keys."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from sqlalchemy import delete, select, update

from libs.common.problem_codes import InvalidToken
from services.identity import jobs, tables
from services.identity.actions.sealing import KeyEncryptionKey, Place, SealBroken
from services.identity.domain.signing_keys import KeyLife, finished, next_beginning, signer
from tests.identity import given
from tests.kit.running import Running

BEGIN = datetime(2026, 8, 1, tzinfo=UTC)
FIRST = KeyLife("first", BEGIN)
SECOND = KeyLife("second", BEGIN + timedelta(days=30))


def test_the_first_key_signs_at_once() -> None:
    """Given no key, when asked, then one is needed now."""
    assert next_beginning([], BEGIN) == BEGIN


@pytest.mark.parametrize(
    ("age", "begins"),
    [
        (timedelta(days=29) - timedelta(seconds=1), None),
        (timedelta(days=29), timedelta(days=30)),
        (timedelta(days=29, hours=12), timedelta(days=30, hours=12)),
        (timedelta(days=60), timedelta(days=61)),
    ],
)
def test_the_next_key_is_known_a_day_before_it_signs(
    age: timedelta, begins: timedelta | None
) -> None:
    """Given a key of this age, when asked, then its successor is published a day ahead."""
    expected = None if begins is None else BEGIN + begins

    assert next_beginning([FIRST], BEGIN + age) == expected


def test_the_change_is_on_the_second() -> None:
    """Given two keys, when the second begins, then it signs from that instant."""
    keys = [SECOND, FIRST]

    assert signer(keys, SECOND.signs_from - timedelta(seconds=1)) == FIRST
    assert signer(keys, SECOND.signs_from) == SECOND
    assert signer(keys, BEGIN - timedelta(seconds=1)) is None


def test_an_old_key_outlives_its_last_token() -> None:
    """Given a change of keys, when the last token has expired, then the old key goes."""
    keys = [FIRST, SECOND]

    assert finished(keys, SECOND.signs_from + timedelta(seconds=311)) == []
    assert finished(keys, SECOND.signs_from + timedelta(seconds=360)) == [FIRST]


async def test_a_rotation_never_refuses_a_good_token(identity: Running) -> None:
    """Given a key near its end, when it is rotated, then old and new tokens are both believed."""
    machine = await given.machine(identity, "buyers:read")
    real = datetime.now(UTC)
    # As if the platform had been started 29 days ago.
    async with identity.databases.platform() as tx:
        await tx.execute(update(tables.SigningKey).values(signs_from=real - timedelta(days=29)))

    await jobs.tidy(identity.databases, given.settings(identity), real)
    async with identity.databases.platform() as tx:
        lives = (await tx.scalars(select(tables.SigningKey.signs_from))).all()
        begins = max(lives)
    assert (len(lives), begins) == (2, real + timedelta(days=1))

    with time_machine.travel(begins - timedelta(seconds=1), tick=False):
        old = await given.token(identity, machine)
    with time_machine.travel(begins, tick=False):
        new = await given.token(identity, machine)
        buyers = given.verifier(identity, "buyers")
        await buyers.verify(old)
        await buyers.verify(new)

    await jobs.tidy(identity.databases, given.settings(identity), begins + timedelta(minutes=6))
    async with identity.databases.platform() as tx:
        assert len((await tx.scalars(select(tables.SigningKey.kid))).all()) == 1
        await tx.execute(update(tables.SigningKey).values(signs_from=real))
    with time_machine.travel(begins, tick=False), pytest.raises(InvalidToken):
        await given.verifier(identity, "buyers").verify(old)


async def test_rotating_twice_makes_one_key(identity: Running) -> None:
    """Given a fresh key, when rotated again, then nothing changes."""
    before = (await identity.client.get("/.well-known/jwks.json")).json()

    await jobs.tidy(identity.databases, given.settings(identity), datetime.now(UTC))

    after = (await identity.client.get("/.well-known/jwks.json")).json()
    assert before == after
    assert "d" not in after["keys"][0]


async def test_many_workers_make_one_key_of_each_kind(identity: Running) -> None:
    """Given keys at their end, when three workers rotate at once, then one of each is published."""
    old, real = timedelta(days=400), datetime.now(UTC)
    kinds: list[type[tables.SigningKey | tables.AuditKey]] = [tables.SigningKey, tables.AuditKey]
    async with identity.databases.platform() as tx:
        begun = [(await tx.execute(select(it.kid, it.signs_from))).all() for it in kinds]
        for kind in kinds:
            await tx.execute(update(kind).values(signs_from=kind.signs_from - old))

    await asyncio.gather(
        *(jobs.tidy(identity.databases, given.settings(identity), real) for _ in range(3))
    )

    async with identity.databases.platform() as tx:
        for kind, before in zip(kinds, begun, strict=True):
            known = [it.kid for it in before]
            news = (await tx.scalars(select(kind.signs_from).where(kind.kid.not_in(known)))).all()
            assert list(news) == [real + timedelta(days=1)]
            await tx.execute(delete(kind).where(kind.kid.not_in(known)))
            for kid, signs_from in before:
                await tx.execute(update(kind).where(kind.kid == kid).values(signs_from=signs_from))


async def test_the_private_key_lies_sealed(identity: Running) -> None:
    """Given a signing key in the database, when opened elsewhere or by another key, then not."""
    kek = KeyEncryptionKey.read(given.settings(identity).key_encryption_key.get_secret_value())
    other = KeyEncryptionKey.read("A" * 43 + "=")
    async with identity.databases.platform() as tx:
        key = (await tx.scalars(select(tables.SigningKey).limit(1))).one()
    place = Place("signing-key", "platform", "signing_keys", key.kid)

    assert kek.open(key.sealed_private_key, place)
    for opener, where in [(other, place), (kek, Place("signing-key", "platform", "x", key.kid))]:
        with pytest.raises(SealBroken):
            opener.open(key.sealed_private_key, where)
