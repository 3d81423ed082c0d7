"""What can no longer be used is forgotten; what still can be is not."""

from datetime import timedelta

from sqlalchemy import func, select

from libs.common.clock import now as business_now
from services.identity import jobs, tables
from services.identity.actions.tidying import tidy_all
from tests.identity import people
from tests.identity.approving import requested
from tests.kit.running import Running

_KINDS = (
    tables.UserSession,
    tables.RefreshToken,
    tables.SignIn,
    tables.MailedCode,
    tables.UsedIntent,
)


async def _kept(identity: Running, tenant: str) -> dict[str, int]:
    async with identity.databases.tenant(tenant) as tx:
        return {
            kind.__tablename__: await tx.scalar(select(func.count()).select_from(kind)) or 0
            for kind in _KINDS
        }


async def _busy(identity: Running, boss: people.Person) -> None:
    """Leave one of everything behind: a session, a proof, a code, a sign-in half done."""
    async with people.browser(identity) as office, people.browser(identity) as other:
        await requested(office, boss)
        await other.post("login", login_id=boss.login_id, password=boss.password)
        await other.post("password-reissues", login_id=boss.login_id)


async def test_what_is_in_use_stays(identity: Running, boss: people.Person) -> None:
    """Given a busy company, when the night's job runs now, then nothing of today is gone."""
    await _busy(identity, boss)
    before = await _kept(identity, boss.tenant)

    await jobs.TIDY.act(identity.databases, identity.settings, business_now())

    assert await _kept(identity, boss.tenant) == before
    assert all(before.values())


async def test_what_is_long_over_is_forgotten(identity: Running, boss: people.Person) -> None:
    """Given a busy company, when half a year has passed, then nothing of it is kept."""
    await _busy(identity, boss)

    await tidy_all(identity.databases, people.real_now() + timedelta(days=180))

    assert set((await _kept(identity, boss.tenant)).values()) == {0}
    async with people.browser(identity) as office:
        assert (await office.signs_in(boss)).status_code == 200


async def test_a_session_is_remembered_for_a_season(identity: Running, boss: people.Person) -> None:
    """Given a session, when a month has passed, then codes are gone and its row is still there."""
    await _busy(identity, boss)

    await tidy_all(identity.databases, people.real_now() + timedelta(days=30))

    kept = await _kept(identity, boss.tenant)
    assert kept.pop("sessions") > 0
    assert kept.pop("refresh_tokens") > 0
    assert set(kept.values()) == {0}
