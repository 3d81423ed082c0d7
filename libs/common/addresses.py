"""The address a request really comes from, behind proxies we trust."""

from collections.abc import Iterable, Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

from starlette.requests import HTTPConnection

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network


def client_address(request: HTTPConnection, trusted: Sequence[Network]) -> Address | None:
    """Find the caller's address; None when nobody can say, which denies where it matters.

    Only a trusted peer's `X-Forwarded-For` is read, and from the right: what stands
    further left was written by the caller. No other header is ever looked at.

    Source: security notes §3.9.
    """
    peer = parse_address(request.client.host) if request.client else None
    if peer is None or not within(peer, trusted):
        return peer
    address: Address | None = None
    for hop in reversed(",".join(request.headers.getlist("x-forwarded-for")).split(",")):
        address = parse_address(hop.strip())
        if address is None or not within(address, trusted):
            break
    return address


def parse_address(text: str) -> Address | None:
    """Read `ip`, `ip:port`, `[v6]` or `[v6]:port`, mapped IPv4 taken out of its IPv6."""
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        address = ip_address(text)
    except ValueError:
        return None
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return mapped or address


def within(address: Address | None, networks: Iterable[Network]) -> bool:
    """Tell whether an address lies in one of these networks; an unknown one does not."""
    return address is not None and any(address in network for network in networks)
