"""Signing keys overlap, so that no good token is ever refused for a change of keys."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import jwt
import pytest
import pytest_asyncio
import time_machine
from sqlalchemy import delete, select, update
from sqlalchemy.orm import make_transient

from libs.common import clock
from libs.common.jobs import run_due
from services.identity import jobs, tables
from services.identity.actions.sealing import KeyEncryptionKey, Place, SealBroken
from services.identity.actions.signing_keys import signer_of
from services.identity.app import service
from services.identity.domain.signing_keys import KeyLife, finished, next_beginning, signer
from tests.identity import given, people
from tests.kit.engines import Engines
from tests.kit.running import Running, running

DAY, MINUTE, MOMENT = timedelta(days=1), timedelta(minutes=1), timedelta(seconds=1)
LOOKED_EVERY = timedelta(minutes=10)
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


@pytest_asyncio.fixture(loop_scope="session")
async def first(identity: Running) -> AsyncIterator[tuple[str, datetime]]:
    """The one signing key of a platform that begins now: its id, and since when it signs."""
    real = datetime.now(UTC)
    async with identity.databases.platform() as tx:
        [key] = (await tx.scalars(select(tables.SigningKey))).all()
        key.signs_from = real
    await _looked_after(identity, real)
    yield key.kid, real
    async with identity.databases.platform() as tx:
        await tx.execute(delete(tables.SigningKey))
        make_transient(key)
        tx.add(key)


async def _looked_after(identity: Running, at: datetime) -> None:
    """Let the clock come to an instant, and identity's jobs run."""
    with time_machine.travel(at, tick=False):
        await run_due(identity.databases, identity.settings, service.jobs, clock.now())


async def _published(identity: Running) -> list[str]:
    """The ids of the keys that services are told of, newest first."""
    answer = await identity.client.get("/.well-known/jwks.json")
    return [key["kid"] for key in answer.json()["keys"]]


async def _opens(buyers: Running, token: str) -> bool:
    headers = {"Authorization": f"Bearer {token}"}
    answer = await buyers.client.get("/v1/buyers", headers=headers)
    assert answer.status_code in {200, 401}, answer.text
    return answer.status_code == 200


async def test_a_key_rotates_when_the_clock_passes_its_day(
    identity: Running, first: tuple[str, datetime]
) -> None:
    """Given a key of 29 days, when the clock comes there, then the next is published beside it."""
    kid, since = first

    await _looked_after(identity, since + 29 * DAY - MINUTE)
    before = await _published(identity)
    await _looked_after(identity, since + 29 * DAY + LOOKED_EVERY)
    [new, old] = await _published(identity)

    assert (before, old) == ([kid], kid)
    assert new != kid


async def test_a_rotation_never_refuses_a_good_token(
    identity: Running, buyers: Running, first: tuple[str, datetime]
) -> None:
    """Given a token of the old key's last second, when the new signs, then it lives to its end."""
    machine = await given.machine(identity, "buyers:read")
    kid, since = first
    await _looked_after(identity, since + 29 * DAY)
    changes = since + 30 * DAY

    with time_machine.travel(changes - MOMENT, tick=False):
        old = await given.token(identity, machine)
    await _looked_after(identity, changes + 4 * MINUTE)
    with time_machine.travel(changes + 4 * MINUTE, tick=False):
        new = await given.token(identity, machine)
        assert [await _opens(buyers, it) for it in (old, new)] == [True, True]
    await _looked_after(identity, changes + 6 * MINUTE + LOOKED_EVERY)
    with time_machine.travel(changes + 6 * MINUTE, tick=False):
        assert [await _opens(buyers, it) for it in (old, new)] == [False, True]

    signed_by = [jwt.get_unverified_header(it)["kid"] for it in (old, new)]
    assert signed_by[0] == kid
    assert await _published(identity) == signed_by[1:]


async def test_a_clock_set_far_ahead_rotates_nothing(
    identity: Running,
    first: tuple[str, datetime],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Given a clock set ten years ahead, when jobs run there, then keys are as they were."""
    monkeypatch.setenv("MOYAI_CLOCK_FILE", str(tmp_path / "clock.json"))
    clock.move(tmp_path / "clock.json", first[1] + 3653 * DAY)

    await run_due(identity.databases, identity.settings, service.jobs, clock.now())

    assert await _published(identity) == [first[0]]


async def test_looking_twice_makes_one_key(identity: Running, first: tuple[str, datetime]) -> None:
    """Given a key near its end, when looked at again and again, then one is made beside it."""
    for minutes in (0, 10, 20):
        await _looked_after(identity, first[1] + 29 * DAY + minutes * MINUTE)

    assert len(await _published(identity)) == 2


async def test_no_private_half_is_published(identity: Running) -> None:
    """Given our keys, when services ask for them, then they get public halves."""
    keys = (await identity.client.get("/.well-known/jwks.json")).json()["keys"]

    assert all("d" not in key for key in keys)


async def test_a_platform_has_its_keys_before_it_answers(
    engines: Engines, worker_id: str, staff_key_file: Path, staff: given.Machine
) -> None:
    """Given an empty database, when staff are entered, then there are keys, and tokens of them."""
    urls = engines.database("identity", f"identity_{worker_id}_new")
    async with running("identity", urls) as new:
        await jobs.bootstrap(given.settings(new), "--staff-key", str(staff_key_file))
        published = await _published(new)
        token = await given.asked(new, staff.assertion())
        async with new.databases.platform() as tx:
            signing = await signer_of(tx, tables.AuditKey, people.kek_of(new), datetime.now(UTC))

    assert token.status_code == 200
    assert [jwt.get_unverified_header(token.json()["access_token"])["kid"]] == published
    assert signing.kid not in published


async def test_many_workers_make_one_key_of_each_kind(identity: Running) -> None:
    """Given keys at their end, when three workers rotate at once, then one of each is published."""
    old, real = timedelta(days=400), datetime.now(UTC)
    kinds: list[type[tables.SigningKey | tables.AuditKey]] = [tables.SigningKey, tables.AuditKey]
    async with identity.databases.platform() as tx:
        begun = [(await tx.execute(select(it.kid, it.signs_from))).all() for it in kinds]
        for kind in kinds:
            await tx.execute(update(kind).values(signs_from=kind.signs_from - old))

    await asyncio.gather(
        *(jobs.rotate_keys(identity.databases, given.settings(identity), real) for _ in range(3))
    )

    async with identity.databases.platform() as tx:
        for kind, before in zip(kinds, begun, strict=True):
            known = [it.kid for it in before]
            news = (await tx.scalars(select(kind.signs_from).where(kind.kid.not_in(known)))).all()
            assert len(news) == 1
            assert real + DAY <= news[0] <= real + DAY + MINUTE
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
