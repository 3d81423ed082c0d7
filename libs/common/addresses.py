"""The address a request really comes from, behind proxies we trust."""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    collapse_addresses,
    ip_address,
)

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


class Ranges:
    """Networks that are asked at every request: found by bisection, not one after the other."""

    def __init__(self, networks: Iterable[Network]) -> None:
        """Put them in order; what overlaps or touches becomes one."""
        known = tuple(networks)
        fourth = collapse_addresses(it for it in known if isinstance(it, IPv4Network))
        sixth = collapse_addresses(it for it in known if isinstance(it, IPv6Network))
        self._bounds = {4: _bounds(fourth), 6: _bounds(sixth)}

    def include(self, address: Address | None) -> bool:
        """Tell whether an address lies in one of them; an unknown one does not."""
        if address is None:
            return False
        starts, ends = self._bounds[address.version]
        number = int(address)
        place = bisect_right(starts, number)
        return place > 0 and number <= ends[place - 1]


def _bounds(networks: Iterable[Network]) -> tuple[list[int], list[int]]:
    in_order = list(networks)
    starts = [int(it.network_address) for it in in_order]
    return starts, [int(it.broadcast_address) for it in in_order]
