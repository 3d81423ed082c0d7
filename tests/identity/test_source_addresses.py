"""Source addresses: canonical, public, not too wide."""

from ipaddress import ip_address

import pytest

from libs.common.addresses import within
from services.identity.domain.source_addresses import read_networks, read_networks_of_jobs
from services.identity.errors import SourceAddressRefused


@pytest.mark.attack("S47")
@pytest.mark.parametrize(
    "text",
    [
        "0.0.0.0/0", "203.0.113.7/24", "203.0.113.0/255.255.255.0", "203.0.113.7", "203.0.0.0/15",
        "10.0.0.0/16", "127.0.0.1/32", "169.254.0.0/16", "224.0.0.0/16", "100.64.0.0/16",
        "fe80::1%eth0/128", "fe80::/64", "::1/128", "::/32", "64:ff9b::/96", "2002:cb00:7100::/48",
        "::ffff:203.0.113.0/120", "2001:db8::/31", "2001:DB8::/32", "２０３.0.113.0/24", "", "x",
    ],
)  # fmt: skip
def test_a_range_we_do_not_take(text: str) -> None:
    """Given a range too wide, not public or not canonical, when read, then refused."""
    with pytest.raises(SourceAddressRefused):
        read_networks([text])


def test_duplicates_collapse() -> None:
    """Given a range twice, when read, then it stands once."""
    networks = read_networks(["203.0.113.0/24", "2001:db8::/32", "203.0.113.0/24"])

    assert [str(it) for it in networks] == ["203.0.113.0/24", "2001:db8::/32"]


def test_a_list_of_ipv4_denies_ipv6_and_the_unknown() -> None:
    """Given an IPv4 range, when others call, then only its own addresses are allowed."""
    networks = read_networks(["203.0.113.0/24"])

    assert within(ip_address("203.0.113.255"), networks)
    assert not within(ip_address("203.0.114.0"), networks)
    assert not within(ip_address("2001:db8::1"), networks)
    assert not within(None, networks)


def test_our_own_jobs_come_from_private_ranges() -> None:
    """Given a private range, when a job's list is read, then it is taken; loopback is not."""
    networks = read_networks_of_jobs(["10.20.0.0/16", "fd00:20::/32"])

    assert [str(it) for it in networks] == ["10.20.0.0/16", "fd00:20::/32"]
    for text in ("127.0.0.0/16", "10.0.0.0/8", "169.254.0.0/16"):
        with pytest.raises(SourceAddressRefused):
            read_networks_of_jobs([text])
