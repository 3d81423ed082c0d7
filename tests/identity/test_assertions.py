"""An assertion holds from its first second to its last, and not one longer."""

import pytest

from services.identity.domain.assertions import judge_assertion
from services.identity.domain.scopes import grant
from services.identity.errors import InvalidClient, InvalidScope

NOW = 1_800_000_000
ISSUER = "https://api.moyai.test"
HEADER: dict[str, object] = {"alg": "ES256", "typ": "client-authentication+jwt"}
CLAIMS: dict[str, object] = {
    "iss": "client_01",
    "sub": "client_01",
    "aud": ISSUER,
    "jti": "once",
    "iat": NOW,
    "exp": NOW + 60,
}


@pytest.mark.parametrize(
    "times",
    [
        {"exp": NOW + 60},
        {"exp": NOW + 1},
        {"iat": NOW - 60},
        {"iat": NOW + 10},
    ],
)
def test_at_the_edge_it_still_holds(times: dict[str, object]) -> None:
    """Given a time on the edge, when judged, then the client is named."""
    assert judge_assertion(HEADER, CLAIMS | times, ISSUER, NOW).client_id == "client_01"


@pytest.mark.attack("S29")
@pytest.mark.parametrize(
    "times",
    [
        {"exp": NOW + 61},
        {"exp": NOW},
        {"iat": NOW - 61},
        {"iat": NOW + 11},
        {"exp": True},
        {"iat": float(NOW)},
        {"exp": 10**400},
    ],
)
def test_a_second_beyond_it_does_not(times: dict[str, object]) -> None:
    """Given a time beyond the edge, when judged, then nobody is recognised."""
    with pytest.raises(InvalidClient):
        judge_assertion(HEADER, CLAIMS | times, ISSUER, NOW)


def test_without_a_wish_all_registered_scopes_are_granted() -> None:
    """Given two registered scopes, when none is named, then both are granted, in order."""
    registered = frozenset({"policies:read", "buyers:read"})

    assert grant(None, registered) == ["buyers:read", "policies:read"]
    assert grant("policies:read policies:read", registered) == ["policies:read"]


@pytest.mark.attack("S30")
@pytest.mark.parametrize("wish", ["", " ", "buyers:read  policies:read", "buyers:read x"])
def test_a_wish_beyond_or_beside_is_refused_whole(wish: str) -> None:
    """Given one scope too many or a stray blank, when granted, then nothing is."""
    with pytest.raises(InvalidScope):
        grant(wish, frozenset({"buyers:read", "policies:read"}))
