"""The business clock is moved by staff, forward, and not in production."""

from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest
import pytest_asyncio

from deploy.postgres import DatabaseUrls
from tests.kit import then
from tests.kit.running import Running, running

STAFF = "ops:clock:write"


@pytest_asyncio.fixture(loop_scope="session")
async def with_clock(
    identity: Running,
    databases_of: Callable[[str], DatabaseUrls],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> AsyncIterator[Running]:
    """Identity on a platform whose clock is a file."""
    path = tmp_path / "clock.json"
    monkeypatch.setenv("MOYAI_CLOCK_FILE", str(path))
    async with running("identity", databases_of("identity"), clock_file=path) as service:
        yield service


async def test_the_clock_moves_forward_only(with_clock: Running) -> None:
    """Given a clock in May, when set to June and then back, then June stays."""
    headers = with_clock.staff(STAFF)

    for instant in ("2027-05-01T00:00:00Z", "2027-06-01T00:00:00Z"):
        moved = await with_clock.client.put("/ops/v1/clock", json={"now": instant}, headers=headers)
        assert (moved.status_code, moved.json()["now"][:10]) == (200, instant[:10])

    back = await with_clock.client.put(
        "/ops/v1/clock", json={"now": "2027-05-15T00:00:00Z"}, headers=headers
    )
    then.refused(back, 409, "state-conflict", "clock-runs-forward")


async def test_tokens_live_by_real_time(with_clock: Running) -> None:
    """Given a clock years ahead, when a staff token is used, then it is as good as before."""
    headers = with_clock.staff(STAFF)

    for instant in ("2031-01-01T00:00:00Z", "2032-01-01T00:00:00Z"):
        answer = await with_clock.client.put(
            "/ops/v1/clock", json={"now": instant}, headers=headers
        )
        assert answer.status_code == 200


async def test_a_platform_without_a_clock_file_has_the_real_time(identity: Running) -> None:
    """Given no clock file, as in production, when the clock is set, then 409."""
    answer = await identity.client.put(
        "/ops/v1/clock", json={"now": "2031-01-01T00:00:00Z"}, headers=identity.staff(STAFF)
    )

    then.refused(answer, 409, "state-conflict", "clock-is-fixed")


async def test_a_clock_without_a_zone_is_refused(with_clock: Running) -> None:
    """Given an instant without a zone, when set, then 422."""
    answer = await with_clock.client.put(
        "/ops/v1/clock", json={"now": "2031-01-01T00:00:00"}, headers=with_clock.staff(STAFF)
    )

    then.refused(answer, 422, "validation-failed")
