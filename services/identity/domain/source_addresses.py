"""Source addresses: where a client may call from (接続元IPアドレス制限)."""

from collections.abc import Iterable
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_network

from ..errors import SourceAddressRefused

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

# Source: security notes §3.9.
_WIDEST_PREFIX = {4: 16, 6: 32}

# Not addresses of a caller on the internet. Source: IANA special-purpose registries.
_NOT_PUBLIC = tuple(
    ip_network(text)
    for text in (
        "0.0.0.0/8",  # this network, unspecified
        "10.0.0.0/8",
        "100.64.0.0/10",  # carrier-grade NAT
        "127.0.0.0/8",
        "169.254.0.0/16",
        "172.16.0.0/12",
        "192.168.0.0/16",
        "224.0.0.0/3",  # multicast, reserved, broadcast
        "::/8",  # unspecified, loopback, IPv4-mapped
        "64:ff9b::/32",  # NAT64
        "2002::/16",  # 6to4
        "fc00::/7",  # unique local
        "fe80::/10",
        "ff00::/8",
    )
)


def read_networks(texts: Iterable[str]) -> list[Network]:
    """Read a list of address ranges; duplicates collapse.

    Raises: SourceAddressRefused.
    """
    return sorted({_read(text) for text in texts}, key=lambda it: (it.version, it))


def allows(networks: Iterable[Network], address: Address | None) -> bool:
    """Tell whether a caller may come from this address; an unknown one may not."""
    return address is not None and any(address in network for network in networks)


def _read(text: str) -> Network:
    try:
        network = ip_network(text)
    except ValueError as why:
        raise SourceAddressRefused from why
    # One spelling per range, so that netmasks, host bits and zones never need a rule.
    if str(network) != text or network.prefixlen < _WIDEST_PREFIX[network.version]:
        raise SourceAddressRefused
    if any(it.version == network.version and network.overlaps(it) for it in _NOT_PUBLIC):
        raise SourceAddressRefused
    return network
