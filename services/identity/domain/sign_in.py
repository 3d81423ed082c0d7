"""Signing in (ログイン): what comes next, from what a user already has."""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

LIFE = timedelta(minutes=5)
MOST_TRIES = 5
"""A sign-in half done ends after so long, or so many wrong codes. Source: security notes §3.1."""


class Step(StrEnum):
    """What a sign-in waits for."""

    OTP = "OTP"
    ACTIVATION = "ACTIVATION"
    PASSWORD = "PASSWORD"  # noqa: S105 (the name of a step)
    ENROLMENT = "ENROLMENT"
    CONFIRMATION = "CONFIRMATION"


@dataclass(frozen=True, slots=True)
class Standing:
    """What a user has to sign in with, beside the password just proven or chosen."""

    otp_required: bool
    enrolled: bool


def next_step(standing: Standing, *, activated: bool) -> Step | None:
    """Say what follows a good password; None when nothing does and the user is in.

    Who has no one-time password yet enrols only with a code from their mail: a stolen
    password alone must not.

    Source: security notes §3.1 and §3.4.
    """
    if not standing.otp_required:
        return None
    if standing.enrolled:
        return Step.OTP
    return Step.ENROLMENT if activated else Step.ACTIVATION
