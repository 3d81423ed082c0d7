"""Scopes: what a client may be given, and what it asks for this time."""

from collections.abc import Iterable, Sequence

from ..errors import InvalidScope, ScopeNotGrantable, of_list

_NOT_GRANTABLE = (
    "not-in-code-table",
    "このクライアントに付与できないスコープです。",
    "This kind of client is not given this scope.",
)


def check_registrable(wished: Sequence[str], grantable: frozenset[str]) -> None:
    """Refuse to register a scope that this kind of client may never hold.

    Raises: ScopeNotGrantable.
    """
    faults = {at: _NOT_GRANTABLE for at, scope in enumerate(wished) if scope not in grantable}
    if faults:
        raise of_list(ScopeNotGrantable, "scopes", faults)


def grant_of_service(wished: str | None, held: Iterable[str], there: frozenset[str]) -> list[str]:
    """Choose the scopes of a token for one service from those another token holds.

    Raises: InvalidScope, if one of them is not held, not that service's, or none is left.
    Source: RFC 8693 §2.1, security notes §3.7.
    """
    return grant(wished, there.intersection(held))


def grant(wished: str | None, registered: frozenset[str]) -> list[str]:
    """Choose the scopes of a token: those asked for, or all that are registered.

    Raises: InvalidScope, if one of them is not registered or none is left.
    Source: RFC 6749 §3.3, security notes §3.7.
    """
    scopes = registered if wished is None else frozenset(wished.split(" "))
    if not scopes or not scopes <= registered:
        raise InvalidScope
    return sorted(scopes)
