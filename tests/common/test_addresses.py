"""The caller's address is what our own proxies saw, never what the caller wrote."""

from ipaddress import ip_address, ip_network

import pytest
from starlette.requests import HTTPConnection

from libs.common.addresses import Ranges, client_address, within

TRUSTED = [ip_network("10.0.0.0/24"), ip_network("127.0.0.1/32")]
CALLER = ip_address("203.0.113.7")


def _arriving(peer: str | None, *forwarded: str, **others: str) -> HTTPConnection:
    headers = [(b"x-forwarded-for", line.encode()) for line in forwarded]
    headers += [(name.replace("_", "-").encode(), it.encode()) for name, it in others.items()]
    client = (peer, 4711) if peer else None
    return HTTPConnection({"type": "http", "headers": headers, "client": client})


@pytest.mark.parametrize(
    "forwarded",
    [
        ["203.0.113.7"],
        ["203.0.113.7:51000"],
        ["198.51.100.1, 203.0.113.7, 10.0.0.2"],
        ["198.51.100.1", "203.0.113.7", "10.0.0.2:80"],
        ["::ffff:203.0.113.7"],
        ["[::ffff:203.0.113.7]:443"],
    ],
)
def test_the_first_stranger_from_the_right_is_the_caller(forwarded: list[str]) -> None:
    """Given our proxies' notes, when read from the right, then the caller is found."""
    assert client_address(_arriving("10.0.0.1", *forwarded), TRUSTED) == CALLER


@pytest.mark.attack("S45")
def test_a_forged_note_is_not_read() -> None:
    """Given an allowed address on the left or in other headers, when read, then ignored."""
    forged = _arriving(
        "10.0.0.1", "10.0.0.9, 203.0.113.7", x_real_ip="10.0.0.9", true_client_ip="10.0.0.9"
    )
    direct = _arriving("203.0.113.7", "10.0.0.9")

    assert client_address(forged, TRUSTED) == CALLER
    assert client_address(direct, TRUSTED) == CALLER


@pytest.mark.parametrize("forwarded", [[], [""], ["unknown"], ["203.0.113.7, garbage"]])
def test_an_unreadable_note_tells_nothing(forwarded: list[str]) -> None:
    """Given no note or a broken one, when read, then the address is unknown."""
    assert client_address(_arriving("10.0.0.1", *forwarded), TRUSTED) is None
    assert client_address(_arriving(None), TRUSTED) is None


def test_a_proxy_may_call_for_itself() -> None:
    """Given only trusted hops, when read, then the furthest of them is the caller."""
    arriving = _arriving("127.0.0.1", "10.0.0.5, 127.0.0.1")

    assert client_address(arriving, TRUSTED) == ip_address("10.0.0.5")


@pytest.mark.parametrize(
    ("address", "inside"),
    [
        ("198.51.99.255", False),
        ("198.51.100.0", True),
        ("198.51.101.255", True),
        ("198.51.102.0", False),
        ("203.0.113.7", True),
        ("203.0.113.8", False),
        ("2001:db8::", True),
        ("2001:db8:0:ffff:ffff:ffff:ffff:ffff", True),
        ("2001:db8:1::", False),
        ("::c633:6400", False),
    ],
)
def test_ranges_hold_what_lies_in_one_of_them(*, address: str, inside: bool) -> None:
    """Given ranges that touch and overlap, when an address at an edge comes, then in or out."""
    texts = ("198.51.101.0/24", "198.51.100.0/24", "198.51.100.64/26", "203.0.113.7/32")
    networks = [ip_network(it) for it in (*texts, "2001:db8::/48")]

    assert Ranges(networks).include(ip_address(address)) is inside
    assert within(ip_address(address), networks) is inside


def test_nobody_knows_is_in_no_range() -> None:
    """Given ranges or none, when the address is unknown, then it lies in none of them."""
    assert not Ranges([ip_network("198.51.100.0/24")]).include(None)
    assert not Ranges([]).include(ip_address("198.51.100.1"))
