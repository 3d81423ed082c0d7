"""The business clock flows from where it was set, forward only, and is real in production."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
import time_machine

from libs.common import clock

REAL = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)
WEDNESDAY = datetime(2026, 11, 25, 1, 15, tzinfo=UTC)


@pytest.fixture
def clock_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A platform whose clock may be set."""
    path = tmp_path / "clock.json"
    monkeypatch.setenv("MOYAI_CLOCK_FILE", str(path))
    return path


@time_machine.travel(REAL, tick=False)
def test_a_clock_nobody_set_is_real(clock_file: Path) -> None:
    """Given a clock file not yet written, when asked, then it is the real instant."""
    assert clock.now() == REAL


def test_a_set_clock_flows_on(clock_file: Path) -> None:
    """Given a clock set to Wednesday, when ten real minutes pass, then ten minutes pass."""
    with time_machine.travel(REAL, tick=False) as real:
        clock.move(clock_file, WEDNESDAY)
        real.shift(timedelta(minutes=10))

        assert clock.now() == WEDNESDAY + timedelta(minutes=10)


@time_machine.travel(REAL, tick=False)
def test_a_clock_set_twice_at_once_shows_the_second(clock_file: Path) -> None:
    """Given two settings in one moment, when asked after each, then the newest is told."""
    clock.move(clock_file, WEDNESDAY)
    first = clock.now()
    clock.move(clock_file, WEDNESDAY + timedelta(days=1))

    assert (first, clock.now()) == (WEDNESDAY, WEDNESDAY + timedelta(days=1))


@time_machine.travel(REAL, tick=False)
def test_a_new_platform_may_begin_in_the_past(clock_file: Path) -> None:
    """Given a clock nobody set, when the first setting is long ago, then trade begins there."""
    clock.move(clock_file, datetime(2008, 4, 18, 2, 0, tzinfo=UTC))

    assert clock.today() == date(2008, 4, 18)


@time_machine.travel(REAL, tick=False)
def test_the_clock_never_goes_back(clock_file: Path) -> None:
    """Given a clock set ahead, when one second less is asked, then it is refused."""
    clock.move(clock_file, WEDNESDAY)

    clock.move(clock_file, WEDNESDAY)
    with pytest.raises(clock.ClockMovesForward):
        clock.move(clock_file, WEDNESDAY - timedelta(seconds=1))


def test_the_business_day_turns_at_midnight_in_japan(clock_file: Path) -> None:
    """Given one second to midnight in Japan, when it passes, then it is the next day."""
    with time_machine.travel(datetime(2026, 11, 20, 14, 59, 59, tzinfo=UTC), tick=False) as real:
        before = clock.today()
        real.shift(timedelta(seconds=1))

        assert (before, clock.today()) == (date(2026, 11, 20), date(2026, 11, 21))


def test_production_knows_no_clock_file(clock_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Given production, when a clock file is named, then neither reading nor setting it works."""
    monkeypatch.setenv("MOYAI_PROFILE", "production")

    with pytest.raises(clock.ClockIsReal):
        clock.now()
    with pytest.raises(clock.ClockIsReal):
        clock.move(clock_file, WEDNESDAY)
