"""Source addresses: where a client may call from (接続元IPアドレス制限)."""

from collections.abc import Iterable, Sequence
from ipaddress import IPv4Network, IPv6Network, ip_network

from ..errors import SourceAddressRefused

Network = IPv4Network | IPv6Network

# Source: security notes §3.9.
_WIDEST_PREFIX = {4: 16, 6: 32}

# Not addresses of a caller on the internet. Source: IANA special-purpose registries.
_OF_NOBODY = tuple(
    ip_network(text)
    for text in (
        "0.0.0.0/8",  # this network, unspecified
        "127.0.0.0/8",
        "169.254.0.0/16",
        "224.0.0.0/3",  # multicast, reserved, broadcast
        "::/8",  # unspecified, loopback, IPv4-mapped
        "64:ff9b::/32",  # NAT64
        "2002::/16",  # 6to4
        "fe80::/10",
        "ff00::/8",
    )
)
_PRIVATE = tuple(
    ip_network(text)
    for text in (
        "10.0.0.0/8",
        "100.64.0.0/10",  # carrier-grade NAT
        "172.16.0.0/12",
        "192.168.0.0/16",
        "fc00::/7",  # unique local
    )
)


def read_networks(texts: Iterable[str]) -> list[Network]:
    """Read a list of address ranges on the internet; duplicates collapse.

    Raises: SourceAddressRefused.
    """
    return _read_all(texts, refused=(*_OF_NOBODY, *_PRIVATE))


def read_networks_of_jobs(texts: Iterable[str]) -> list[Network]:
    """Read a list of address ranges that may be private: our own jobs come from our own network.

    Raises: SourceAddressRefused.
    """
    return _read_all(texts, refused=_OF_NOBODY)


def _read_all(texts: Iterable[str], refused: Sequence[Network]) -> list[Network]:
    return sorted({_read(text, refused) for text in texts}, key=lambda it: (it.version, it))


def _read(text: str, refused: Sequence[Network]) -> Network:
    try:
        network = ip_network(text)
    except ValueError as why:
        raise SourceAddressRefused from why
    # One spelling per range, so that netmasks, host bits and zones never need a rule.
    if str(network) != text or network.prefixlen < _WIDEST_PREFIX[network.version]:
        raise SourceAddressRefused
    if any(it.version == network.version and network.overlaps(it) for it in refused):
        raise SourceAddressRefused
    return network
