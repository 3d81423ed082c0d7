"""What each scope opens: the service that answers it and the roles that may hold it.

One table for the whole platform. identity derives a token's audience from it, every
service derives its guards from it, and nothing else decides who may do what.
"""

from collections.abc import Iterable
from dataclasses import dataclass

ADMINISTRATOR = "administrator"
APPLICANT = "applicant"
CLIENT = "client"
BATCH = "batch"
OPERATOR = "operator"

_EVERYONE = frozenset({ADMINISTRATOR, APPLICANT, CLIENT, BATCH})
_PEOPLE = frozenset({ADMINISTRATOR, APPLICANT})
_ADMINISTRATORS = frozenset({ADMINISTRATOR})
_STAFF = frozenset({OPERATOR})


@dataclass(frozen=True, slots=True)
class Permission:
    """Where one scope is asked for, by whom, and for what."""

    service: str
    roles: frozenset[str]
    summary: str
    step_up: bool = False
    """Whether a person must have proven themselves in the last five minutes, twice."""

    bound: bool = False
    """Whether that proof must have been for this very request, and is good for it once."""


PERMISSIONS: dict[str, Permission] = {
    # Source: security notes §3.10; a row that names no machine client keeps it out.
    "policyholder:read": Permission("identity", _EVERYONE - {BATCH}, "Read one's own company."),
    "policyholder:write": Permission(
        "identity", _ADMINISTRATORS, "Change one's own company.", step_up=True
    ),
    "profile:read": Permission("identity", _PEOPLE, "Read one's own data."),
    "profile:write": Permission("identity", _PEOPLE, "Change one's own data and password."),
    "otp:write": Permission(
        "identity", _PEOPLE, "Enrol one's own one-time password.", step_up=True
    ),
    "sessions:read": Permission("identity", _PEOPLE, "See sessions."),
    "sessions:write": Permission("identity", _PEOPLE, "End sessions."),
    "users:read": Permission("identity", _ADMINISTRATORS, "See one's company's users."),
    "users:write": Permission(
        "identity", _ADMINISTRATORS, "Look after one's company's users.", step_up=True
    ),
    "bank-accounts:read": Permission("identity", _PEOPLE, "See bank accounts, masked."),
    "bank-accounts:reveal": Permission(
        "identity", _ADMINISTRATORS, "See full account numbers.", step_up=True
    ),
    "approvals:read": Permission("identity", _ADMINISTRATORS, "See what waits for approval."),
    "approvals:write": Permission(
        "identity", _ADMINISTRATORS, "Request and decide by four eyes.", step_up=True, bound=True
    ),
    "access-history:read": Permission(
        "identity", _ADMINISTRATORS, "See who did what, and tried to."
    ),
    "access-history:export": Permission(
        "identity", _ADMINISTRATORS, "Take the access history away as a file.", step_up=True
    ),
    "ip-restriction:read": Permission(
        "identity", _ADMINISTRATORS, "See from where one's company may come."
    ),
    "ip-restriction:write": Permission(
        "identity", _ADMINISTRATORS, "Say from where one's company may come.", step_up=True
    ),
    "machine-clients:read": Permission("identity", _ADMINISTRATORS, "See machine clients."),
    "machine-clients:write": Permission(
        "identity", _ADMINISTRATORS, "Revoke machine clients.", step_up=True
    ),
    "buyers:read": Permission("buyers", _EVERYONE, "Read the buyer register."),
    "special-agreements:read": Permission("underwriting", _EVERYONE, "Read special agreements."),
    "procedures:read": Permission("underwriting", _EVERYONE, "See every filing in one list."),
    "procedures:write": Permission(
        "underwriting", _EVERYONE, "Take finished filings off the list."
    ),
    "policies:read": Permission("underwriting", _EVERYONE, "Read policies."),
    "ledger-uploads:read": Permission("ledger", _EVERYONE, "Follow ledger uploads."),
    "ledger-uploads:write": Permission("ledger", _EVERYONE, "Send ledger files."),
    "ledger-entries:read": Permission("ledger", _EVERYONE, "Read what was entered by hand."),
    "ledger-entries:write": Permission("ledger", _EVERYONE, "Enter rows of ledgers by hand."),
    "ledger-contracts:read": Permission("ledger", _EVERYONE, "Read contracts born in ledgers."),
    "ledger-layouts:read": Permission("ledger", _EVERYONE, "Read how ledger files are laid out."),
    "check-ledgers:read": Permission("ledger", _EVERYONE, "Read check ledgers."),
    "check-ledgers:write": Permission("ledger", _EVERYONE, "Confirm check ledgers."),
    "fixed-ledgers:read": Permission("ledger", _EVERYONE, "Read fixed ledgers."),
    "assessments:read": Permission("premium", _EVERYONE, "Read premium assessments."),
    "invoices:read": Permission("premium", _EVERYONE, "Read invoices and their statements."),
    "estimates:read": Permission("premium", _EVERYONE, "Read premium estimates."),
    "estimates:write": Permission("premium", _EVERYONE, "Estimate premiums."),
    "code-tables:read": Permission("premium", _EVERYONE, "Read code tables."),
    "exchange-rates:read": Permission("premium", _EVERYONE, "Read exchange rates."),
    "rate-editions:read": Permission("premium", _EVERYONE, "Read tariff editions."),
    "incidents:read": Permission("claims", _EVERYONE, "Read incidents."),
    "loss-notices:read": Permission("claims", _EVERYONE, "Read loss notices."),
    "loss-notices:write": Permission("claims", _EVERYONE, "File loss notices."),
    # Source: architecture notes §7.21.
    "ops:policyholders:write": Permission("identity", _STAFF, "Register policyholders."),
    "ops:registrations:write": Permission("identity", _STAFF, "Decide registrations."),
    "ops:approvals:write": Permission("identity", _STAFF, "Decide where no second eye is."),
    "ops:users:write": Permission("identity", _STAFF, "Help who has lost their telephone."),
    "ops:machine-clients:write": Permission("identity", _STAFF, "Register machine clients."),
    "ops:announcements:write": Permission("identity", _STAFF, "Announce, and set service hours."),
    "ops:clock:write": Permission("identity", _STAFF, "Move the business clock."),
    "ops:special-agreements:write": Permission("underwriting", _STAFF, "Enter special agreements."),
    "ops:check-ledgers:write": Permission("ledger", _STAFF, "Publish and mark check ledgers."),
    "ops:fixed-ledgers:write": Permission("ledger", _STAFF, "Publish fixed ledgers."),
    "ops:cycle-calendars:write": Permission("ledger", _STAFF, "Set when ledgers are published."),
    "ops:ledger-contracts:write": Permission("ledger", _STAFF, "Hold contracts back."),
    "ops:buyers:write": Permission("buyers", _STAFF, "Enter buyers."),
    "ops:code-tables:write": Permission("premium", _STAFF, "Publish code tables."),
    "ops:exchange-rates:write": Permission("premium", _STAFF, "Publish exchange rates."),
}


def audience(scopes: Iterable[str]) -> list[str]:
    """Name the services that a set of scopes speaks to, in alphabetical order."""
    return sorted({PERMISSIONS[scope].service for scope in scopes})


def grantable(role: str) -> frozenset[str]:
    """Every scope a role may hold."""
    return frozenset(name for name, it in PERMISSIONS.items() if role in it.roles)
