"""Source addresses: canonical, public, not too wide."""

from ipaddress import ip_address

import pytest

from services.identity.domain.source_addresses import allows, read_networks
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

    assert allows(networks, ip_address("203.0.113.255"))
    assert not allows(networks, ip_address("203.0.114.0"))
    assert not allows(networks, ip_address("2001:db8::1"))
    assert not allows(networks, None)
