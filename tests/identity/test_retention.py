"""What is old enough leaves an access history, and what stays can still be proved."""

from datetime import UTC, datetime, timedelta
from itertools import count

import pytest
import pytest_asyncio
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from libs.common.clock import now as business_now
from services.identity import jobs, tables
from services.identity.actions import checkpoints, history_exports
from services.identity.actions.desk import Desk, Origin
from services.identity.actions.history import Actor, Deed, record
from services.identity.actions.history_chain import Flaw
from services.identity.actions.history_files import Verified, verify
from services.identity.actions.signing_keys import new_key
from services.identity.actions.verifying import verify_chain
from tests.identity import given, people
from tests.kit.running import Running

_YEAR = timedelta(days=366)
_OLD, _YOUNG = 8 * _YEAR, 6 * _YEAR
_days = count()

_FORGED = """
INSERT INTO access_history SELECT tenant, 3, event_id, occurred_at, actor_type, actor_id,
    actor_role, sid_hash, source_address, user_agent, action, target, outcome, reason, request_id,
    acr, amr, changed, prev_hash, entry_hash
FROM access_history WHERE seq = 4 AND tenant = :tenant
"""


@pytest_asyncio.fixture(loop_scope="session", autouse=True)
async def _an_old_platform(identity: Running) -> None:
    """A key that has signed checkpoints for long; whichever test rotates keys, destroys it."""
    since = datetime(2016, 1, 1, tzinfo=UTC) + timedelta(days=next(_days))
    async with identity.databases.platform() as tx:
        tx.add(new_key(tables.AuditKey, people.kek_of(identity), since))


async def _add(identity: Running, code: str, entries: int, age: timedelta) -> datetime:
    """Entries that a history got so long ago."""
    at = people.real_now() - age
    async with identity.databases.tenant(code) as tx:
        for _ in range(entries):
            await record(tx, Actor("client", "client_1"), Origin(None), Deed("token.issue", at=at))
    return at


async def _add_signed(identity: Running, code: str, entries: int, age: timedelta) -> None:
    """Entries that a history got so long ago, and a checkpoint of then."""
    at = await _add(identity, code, entries, age)
    desk = Desk(identity.databases, identity.settings.issuer, people.kek_of(identity))
    async with identity.databases.tenant(code) as tx:
        await checkpoints.cover(tx, desk, at)


async def _history(identity: Running) -> str:
    """A policyholder with three old entries, two younger ones, and two of today."""
    code = await given.policyholder(identity)
    await _add_signed(identity, code, 3, _OLD)
    await _add_signed(identity, code, 2, _YOUNG)
    await _add(identity, code, 2, timedelta())
    return code


def _export(code: str, name: str, first_seq: int, last_seq: int) -> tables.HistoryExport:
    now = people.real_now()
    return tables.HistoryExport(
        tenant=code,
        export_id=name,
        format="JSONL",
        charset="utf-8",
        occurred_at_from=now,
        occurred_at_to=now,
        first_seq=first_seq,
        last_seq=last_seq,
        requested_by="user_1",
        requested_at=now,
    )


async def _forget(identity: Running, code: str) -> None:
    async with identity.databases.tenant(code) as tx:
        await tx.execute(text("SELECT forget_history(7)"))


async def _kept(identity: Running, code: str) -> list[int]:
    return [entry.seq for entry in await given.history(identity, code)]


async def _flaw(identity: Running, code: str) -> Flaw | None:
    async with identity.databases.tenant(code) as tx:
        return await verify_chain(tx)


async def test_what_is_older_than_seven_years_leaves_by_night(identity: Running) -> None:
    """Given entries of eight, six and no years, when the job runs twice, then the oldest left."""
    code = await _history(identity)
    await given.machine(identity, "buyers:read", policyholder_code=code)
    before = await _kept(identity, code)

    for _ in range(2):
        await jobs.FORGET_HISTORY.act(identity.databases, identity.settings, business_now())

    assert before[:4] == [1, 2, 3, 4]
    assert await _kept(identity, code) == before[3:]
    assert await _flaw(identity, code) is None
    async with identity.databases.tenant(code) as tx:
        assert list(await tx.scalars(select(tables.HistoryCheckpoint.size))) == [3, 5]


async def test_what_shall_be_kept_longer_stays(identity: Running) -> None:
    """Given entries of eight years, when nine shall be kept, then they stay."""
    code = await _history(identity)
    await given.machine(identity, "buyers:read", policyholder_code=code)
    before = await _kept(identity, code)
    nine = identity.settings.model_copy(update={"history_kept_years": 9})

    await jobs.FORGET_HISTORY.act(identity.databases, nine, business_now())

    assert before[:4] == [1, 2, 3, 4]
    assert await _kept(identity, code) == before


@pytest.mark.attack("S58")
@pytest.mark.parametrize("kept_years", [0, -9])
async def test_a_service_cannot_keep_less_than_seven_years(
    identity: Running, kept_years: int
) -> None:
    """Given entries of six years, when the service asks to keep less, then they stay."""
    code = await _history(identity)

    async with identity.databases.tenant(code) as tx:
        await tx.execute(text("SELECT forget_history(:kept_years)"), {"kept_years": kept_years})

    assert await _kept(identity, code) == [4, 5, 6, 7]


async def test_only_what_a_checkpoint_covers_leaves(identity: Running) -> None:
    """Given old entries that nobody has signed, when the night comes, then they stay."""
    code = await given.policyholder(identity)
    await _add_signed(identity, code, 2, _OLD)
    await _add(identity, code, 2, _OLD)

    await _forget(identity, code)

    assert await _kept(identity, code) == [3, 4]
    assert await _flaw(identity, code) is None


async def test_a_history_that_is_old_as_a_whole_goes_on(identity: Running) -> None:
    """Given old entries only, when all have left and one is added, then it follows the last."""
    code = await given.policyholder(identity)
    await _add_signed(identity, code, 2, _OLD)

    await _forget(identity, code)
    empty = await _flaw(identity, code)
    await _add(identity, code, 1, timedelta())

    assert empty is None
    assert await _kept(identity, code) == [3]
    assert await _flaw(identity, code) is None


async def test_nobody_elses_history_leaves(identity: Running) -> None:
    """Given two old histories, when one is shortened, then the other is whole."""
    code, other = await _history(identity), await _history(identity)

    await _forget(identity, code)

    assert len(await _kept(identity, code)) == 4
    assert len(await _kept(identity, other)) == 7


async def test_an_export_of_what_has_left_leaves_too(identity: Running) -> None:
    """Given an export of old entries, one of younger and an empty one, then the first leaves."""
    code = await _history(identity)
    async with identity.databases.tenant(code) as tx:
        for name, first, last in [("old", 2, 4), ("young", 4, 5), ("empty", 1, 0)]:
            tx.add(_export(code, name, first, last))

    await _forget(identity, code)

    async with identity.databases.tenant(code) as tx:
        left = set(await tx.scalars(select(tables.HistoryExport.export_id)))
    assert left == {"young", "empty"}


async def test_a_file_of_what_stays_proves_itself(identity: Running) -> None:
    """Given a shortened history, when its first entries are taken away, then the file is whole."""
    code = await _history(identity)
    await _forget(identity, code)

    written = history_exports.lines(identity.databases, _export(code, "young", 4, 5))
    lines = [line.decode() async for line in written]

    assert verify(lines, None) == Verified(code, 4, 5)
    assert isinstance(verify([lines[0], *lines[2:]], None), Flaw)


@pytest.mark.attack("S58")
async def test_a_false_checkpoint_makes_nothing_leave(identity: Running) -> None:
    """Given young entries, when the service signs them as of long ago, then they stay."""
    code = await given.policyholder(identity)
    await _add(identity, code, 3, timedelta())
    desk = Desk(identity.databases, identity.settings.issuer, people.kek_of(identity))
    async with identity.databases.tenant(code) as tx:
        await checkpoints.cover(tx, desk, people.real_now() - _OLD)

    await _forget(identity, code)

    assert await _kept(identity, code) == [1, 2, 3]


@pytest.mark.attack("S58")
async def test_strangers_cannot_make_a_history_leave(identity: Running) -> None:
    """Given the staff's role, when it asks the database to forget, then it is refused."""
    async with identity.databases.platform() as tx:
        with pytest.raises(DBAPIError, match="permission denied"):
            await tx.execute(text("SELECT forget_history(7)"))
        await tx.rollback()


@pytest.mark.attack("S58")
@pytest.mark.parametrize(
    ("statements", "seq", "what"),
    [
        (["UPDATE access_history SET reason = 'x' WHERE seq = 4 AND tenant = :tenant"], 4, "cha"),
        (["DELETE FROM access_history WHERE seq = 4 AND tenant = :tenant"], 4, "missing"),
        (
            [
                "UPDATE access_history SET seq = 90 WHERE seq = 4 AND tenant = :tenant",
                "UPDATE access_history SET seq = 4 WHERE seq = 5 AND tenant = :tenant",
                "UPDATE access_history SET seq = 5 WHERE seq = 90 AND tenant = :tenant",
            ],
            4,
            "out of",
        ),
        (["DELETE FROM access_history WHERE seq = 7 AND tenant = :tenant"], 7, "cut off"),
        (["DELETE FROM history_checkpoints WHERE size = 3 AND tenant = :tenant"], 1, "missing"),
        (
            ["UPDATE history_checkpoints SET size = 2 WHERE size = 3 AND tenant = :tenant"],
            1,
            "not as it was signed",
        ),
        (
            [
                "DELETE FROM access_history WHERE seq <= 5 AND tenant = :tenant",
                "DELETE FROM history_checkpoints WHERE size < 5 AND tenant = :tenant",
            ],
            1,
            "missing",
        ),
        (
            [_FORGED],
            1,
            "missing",
        ),
    ],
)
async def test_a_shortened_history_that_is_rewritten_shows(
    identity: Running, statements: list[str], seq: int, what: str
) -> None:
    """Given a shortened history, when changed past the service, then its first bad seq is named."""
    code = await _history(identity)
    await _forget(identity, code)
    clean = await _flaw(identity, code)

    await given.as_owner(identity, *statements, tenant=code)
    flaw = await _flaw(identity, code)

    assert clean is None
    assert flaw is not None
    assert (flaw.seq, flaw.what.startswith(what)) == (seq, True)
