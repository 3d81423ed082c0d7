"""Source addresses: where a client may call from (接続元IPアドレス制限)."""

from collections.abc import Iterable, Sequence
from ipaddress import IPv4Network, IPv6Network, ip_network

from ..errors import Fault, SourceAddressRefused, of_list

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


_NOT_CANONICAL = (
    "bad-format",
    "203.0.113.0/24 のような正規のCIDR表記で入力してください。",
    "Write the range in canonical CIDR form, such as 203.0.113.0/24.",
)
_TOO_WIDE = (
    "out-of-range",
    "範囲が広すぎます。IPv4は /16、IPv6は /32 までです。",
    "The range is too wide: at most /16 of IPv4, or /32 of IPv6.",
)
_NOT_PUBLIC = (
    "out-of-range",
    "公開アドレスの範囲ではありません。",
    "The range is not one of public addresses.",
)


def read_networks(texts: Iterable[str], member: str = "source_addresses") -> list[Network]:
    """Read a list of address ranges on the internet, sent in this member; duplicates collapse.

    Raises: SourceAddressRefused.
    """
    return _read_all(texts, member, refused=(*_OF_NOBODY, *_PRIVATE))


def read_networks_of_jobs(texts: Iterable[str]) -> list[Network]:
    """Read a list of address ranges that may be private: our own jobs come from our own network.

    Raises: SourceAddressRefused.
    """
    return _read_all(texts, "source_addresses", refused=_OF_NOBODY)


def _read_all(texts: Iterable[str], member: str, refused: Sequence[Network]) -> list[Network]:
    read = [_read(text, refused) for text in texts]
    faults = {place: it for place, it in enumerate(read) if isinstance(it, tuple)}
    if faults:
        raise of_list(SourceAddressRefused, member, faults)
    found = {it for it in read if not isinstance(it, tuple)}
    return sorted(found, key=lambda it: (it.version, it))


def _read(text: str, refused: Sequence[Network]) -> Network | Fault:
    """Read a range, or say what is wrong with it."""
    try:
        network = ip_network(text)
    except ValueError:
        return _NOT_CANONICAL
    # One spelling per range, so that netmasks, host bits and zones never need a rule.
    if str(network) != text:
        return _NOT_CANONICAL
    if network.prefixlen < _WIDEST_PREFIX[network.version]:
        return _TOO_WIDE
    if any(it.version == network.version and network.overlaps(it) for it in refused):
        return _NOT_PUBLIC
    return network
