"""The rules of signing in: what comes next, how long one waits, when a session is over."""

from datetime import UTC, datetime, timedelta

import pytest

from services.identity.domain import throttling
from services.identity.domain.codes import otp_step, typed, written
from services.identity.domain.letters import activation, notice
from services.identity.domain.login_ids import folded
from services.identity.domain.sessions import Reuse, is_over, judge_reuse
from services.identity.domain.sign_in import Standing, Step, next_step

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("otp_required", "enrolled", "activated", "expected"),
    [
        (True, True, False, Step.OTP),
        (True, True, True, Step.OTP),
        (True, False, False, Step.ACTIVATION),
        (True, False, True, Step.ENROLMENT),
        (False, False, False, None),
        (False, True, False, None),
        (False, False, True, None),
    ],
)
def test_what_follows_a_password(
    *, otp_required: bool, enrolled: bool, activated: bool, expected: Step | None
) -> None:
    """Given what a user has, when the password is right, then the next step is this one."""
    assert next_step(Standing(otp_required, enrolled), activated=activated) == expected


@pytest.mark.parametrize(
    ("tries", "seconds"),
    [(1, 0), (4, 0), (5, 60), (6, 120), (7, 240), (8, 480), (9, 900), (49, 900)],
)
def test_the_wait_after_each_wrong_password(tries: int, seconds: int) -> None:
    """Given so many wrong passwords, when the next one is tried, then only after this long."""
    assert throttling.PASSWORD.waits[tries - 1] == seconds


def test_the_fiftieth_wrong_password_waits_for_good() -> None:
    """Given fifty wrong passwords, when waited for, then years; but told is a quarter hour."""
    last = throttling.PASSWORD.waits[-1]

    assert len(throttling.PASSWORD.waits) == 50
    assert timedelta(seconds=last) > timedelta(days=3000)
    assert throttling.retry_after(timedelta(seconds=last)) == 900


@pytest.mark.parametrize(("tries", "seconds"), [(9, 0), (10, 60), (11, 120), (13, 480), (14, 900)])
def test_the_wait_after_each_wrong_one_time_password(tries: int, seconds: int) -> None:
    """Given so many wrong codes, when the next one is tried, then only after this long."""
    waits = throttling.OTP.waits

    assert waits[min(tries, len(waits)) - 1] == seconds


@pytest.mark.parametrize(("wait", "told"), [(0.0, 1), (0.2, 1), (59.9, 60), (60.0, 61)])
def test_retry_after_is_never_too_early(wait: float, told: int) -> None:
    """Given a wait, when told in whole seconds, then it is over by then."""
    assert throttling.retry_after(timedelta(seconds=wait)) == told


def test_a_session_is_over_a_second_after_its_time() -> None:
    """Given a session, when unused for 30 minutes or 12 hours old, then good; a second on, over."""
    half_hour, half_day, second = timedelta(minutes=30), timedelta(hours=12), timedelta(seconds=1)

    assert not is_over(NOW - half_hour, NOW - half_hour, NOW)
    assert is_over(NOW - half_hour - second, NOW - half_hour - second, NOW)
    assert not is_over(NOW - half_day, NOW, NOW)
    assert is_over(NOW - half_day - second, NOW, NOW)


@pytest.mark.parametrize(
    ("seconds", "meaning"), [(0, Reuse.TWIN), (10, Reuse.TWIN), (11, Reuse.THEFT)]
)
def test_a_token_that_comes_again(seconds: int, meaning: Reuse) -> None:
    """Given a used token, when it comes again, then by its age it is a twin or stolen."""
    assert judge_reuse(NOW - timedelta(seconds=seconds), NOW) is meaning


@pytest.mark.parametrize(
    ("text", "meant"),
    [("7K2M9-P4QXZ", "7k2m9p4qxz"), ("o1l i0", "01110"), ("ABCDE fghjk", "abcdefghjk")],
)
def test_a_code_is_read_as_it_was_meant(text: str, meant: str) -> None:
    """Given a code in other letters, when read, then it is the code."""
    assert typed(text) == meant


def test_a_code_is_written_in_groups() -> None:
    """Given a recovery code, when shown, then in groups of five, and read back the same."""
    assert written("0123456789abcde") == "01234-56789-abcde"
    assert typed(written("0123456789abcde")) == "0123456789abcde"


@pytest.mark.parametrize("text", ["U7K2", " u7k2 ", "ｕ７ｋ２"])
def test_a_login_id_is_one_however_typed(text: str) -> None:
    """Given a login id in other letters, when folded, then it is the one we issued."""
    assert folded(text) == "u7k2"


def test_steps_change_every_half_minute() -> None:
    """Given two moments, when 30 s apart at the edge, then they are two steps."""
    assert [otp_step(it) for it in (59.9, 60.0, 89.9, 90.0)] == [1, 2, 2, 3]


def test_letters_have_two_languages_and_no_link() -> None:
    """Given letters, when read, then in Japanese and English, and nothing to click."""
    for letter in (activation("u7k2", "0123456789"), notice("new-device")):
        assert "http" not in letter.text
        assert "メール" in letter.text
        assert "This mail" in letter.text
