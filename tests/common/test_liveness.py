"""A revoked id is refused at once, and a silent identity makes nobody believed."""

import pytest

from libs.common.liveness import Revocations, revocations_over_http
from libs.common.problem_codes import DependencyUnavailable
from tests.common.test_jwks import Monotonic
from tests.kit.stand_in_identity import StandInIdentity


@pytest.fixture
def identity() -> StandInIdentity:
    """An identity that has revoked nothing."""
    return StandInIdentity()


@pytest.fixture
def monotonic() -> Monotonic:
    """Time in the test's hands."""
    return Monotonic()


@pytest.fixture
def revocations(identity: StandInIdentity, monotonic: Monotonic) -> Revocations:
    """What one service knows of revocations."""
    return Revocations(revocations_over_http(identity.client(), "http://identity"), monotonic)


async def test_a_revoked_id_is_known_after_hearing(
    identity: StandInIdentity, revocations: Revocations
) -> None:
    """Given a revocation told after the first, when heard, then both ids are revoked."""
    identity.revoked.append("keyset_01")
    await revocations.hear()
    identity.revoked.append("jti_02")
    await revocations.hear()

    assert revocations.include("keyset_01")
    assert revocations.include("another", "jti_02")
    assert not revocations.include("another")


@pytest.mark.attack("S62")
async def test_sixty_seconds_of_silence_close_the_door(
    identity: StandInIdentity, monotonic: Monotonic, revocations: Revocations
) -> None:
    """Given a silent identity, when a minute has passed, then nobody can be judged."""
    with pytest.raises(DependencyUnavailable):
        revocations.include("keyset_01")
    await revocations.hear()
    identity.silent = True

    monotonic.now += 60
    assert not revocations.include("keyset_01")
    monotonic.now += 1
    with pytest.raises(DependencyUnavailable):
        revocations.include("keyset_01")


async def test_old_revocations_are_forgotten(
    identity: StandInIdentity, monotonic: Monotonic, revocations: Revocations
) -> None:
    """Given a revocation older than any token, when hearing goes on, then it takes no memory."""
    identity.revoked.append("keyset_01")
    await revocations.hear()

    monotonic.now += 901
    await revocations.hear()

    assert not revocations.include("keyset_01")
