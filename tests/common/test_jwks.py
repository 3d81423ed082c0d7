"""Identity's keys are fetched rarely, and kept through its silences."""

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from libs.common.jwks import KeyCache, keys_over_http
from libs.common.problem_codes import DependencyUnavailable
from tests.kit.stand_in_identity import StandInIdentity

URL = "http://identity/.well-known/jwks.json"


class Monotonic:
    """A clock that a test moves."""

    def __init__(self) -> None:
        """Begin anywhere."""
        self.now = 1000.0

    def __call__(self) -> float:
        """Tell the time."""
        return self.now


@pytest.fixture
def identity() -> StandInIdentity:
    """An identity with one key."""
    return StandInIdentity()


@pytest.fixture
def monotonic() -> Monotonic:
    """Time in the test's hands."""
    return Monotonic()


@pytest.fixture
def keys(identity: StandInIdentity, monotonic: Monotonic) -> KeyCache:
    """A cache that asks this identity."""
    return KeyCache(keys_over_http(identity.client(), URL), monotonic)


async def test_a_known_key_is_fetched_once_in_ten_minutes(
    identity: StandInIdentity, monotonic: Monotonic, keys: KeyCache
) -> None:
    """Given a key in use, when ten minutes pass, then it is fetched a second time."""
    await keys.key("key-1")
    monotonic.now += 599
    await keys.key("key-1")
    assert len(identity.asked) == 1

    monotonic.now += 1
    await keys.key("key-1")
    assert len(identity.asked) == 2


async def test_unknown_keys_cannot_make_us_ask_often(
    identity: StandInIdentity, monotonic: Monotonic, keys: KeyCache
) -> None:
    """Given many invented key ids, when they come within 30 s, then identity is asked once."""
    await keys.key("key-1")
    monotonic.now += 30
    for number in range(100):
        assert await keys.key(f"invented-{number}") is None

    assert len(identity.asked) == 2
    assert await keys.key("key-1") is not None


async def test_a_new_key_is_found(
    identity: StandInIdentity, monotonic: Monotonic, keys: KeyCache
) -> None:
    """Given a rotation, when a token names the new key, then it is fetched; the old one is gone."""
    await keys.key("key-1")
    identity.kid, identity.key = "key-2", ec.generate_private_key(ec.SECP256R1())
    monotonic.now += 30

    assert await keys.key("key-2") is not None
    assert await keys.key("key-1") is None


async def test_good_keys_outlive_a_silence(
    identity: StandInIdentity, monotonic: Monotonic, keys: KeyCache
) -> None:
    """Given a silent identity, when keys are due, then the old ones still serve."""
    await keys.key("key-1")
    identity.silent = True
    monotonic.now += 600

    assert await keys.key("key-1") is not None


async def test_without_any_key_nobody_is_judged(
    identity: StandInIdentity, monotonic: Monotonic, keys: KeyCache
) -> None:
    """Given an identity silent from the start, when a token comes, then 503; later it works."""
    identity.silent = True
    with pytest.raises(DependencyUnavailable):
        await keys.key("key-1")

    identity.silent = False
    monotonic.now += 1
    assert await keys.key("key-1") is not None
