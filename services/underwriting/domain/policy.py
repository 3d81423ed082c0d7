"""Policies (保険契約): what the branches of one policy number make of it."""

from collections.abc import Collection
from typing import Literal

PolicyStatus = Literal["IN_FORCE", "REDUCED_TO_ZERO", "CANCELLED"]

# Of several branches, the one that still insures most speaks for the policy.
_STRONGEST_FIRST: dict[str, PolicyStatus] = {
    "ACTIVE": "IN_FORCE",
    "REDUCED_TO_ZERO": "REDUCED_TO_ZERO",
    "CANCELLED": "CANCELLED",
}


def status_of(branches: Collection[str]) -> PolicyStatus:
    """Derive a policy's status (契約状態) from those of its branches.

    Source: domain notes, ledger §9: branches are reduced and cancelled one by one; the policy
    stands while one of them does.
    """
    return next(policy for branch, policy in _STRONGEST_FIRST.items() if branch in branches)
