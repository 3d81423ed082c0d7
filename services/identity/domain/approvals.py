"""Approvals (承認): what two people decide together, and when it comes into force."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from typing import Any

PENDING, APPROVED, ACTIVE = "PENDING", "APPROVED", "ACTIVE"
REJECTED, CANCELLED, EXPIRED = "REJECTED", "CANCELLED", "EXPIRED"

# Source: security notes §3.8.
LIFE = timedelta(days=7)
COOLING_OFF = timedelta(hours=24)


@dataclass(frozen=True, slots=True, repr=False)
class BankDetails:
    """Where money is paid to (振込口座)."""

    bank_code: str
    branch_code: str
    kind: str
    number: str
    holder_kana: str


@dataclass(frozen=True, slots=True, repr=False)
class AccountCreation:
    """A new bank account."""

    account: BankDetails
    kind = "BANK_ACCOUNT_CREATE"
    target = None


@dataclass(frozen=True, slots=True, repr=False)
class AccountChange:
    """Other details of a bank account in force."""

    bank_account_id: str
    account: BankDetails
    kind = "BANK_ACCOUNT_CHANGE"

    @property
    def target(self) -> str:
        """The account."""
        return self.bank_account_id


@dataclass(frozen=True, slots=True)
class AccountDeletion:
    """The end of a bank account."""

    bank_account_id: str
    kind = "BANK_ACCOUNT_DELETE"

    @property
    def target(self) -> str:
        """The account."""
        return self.bank_account_id


@dataclass(frozen=True, slots=True)
class AdministratorGrant:
    """An applicant who shall be an administrator."""

    user_id: str
    kind = "ADMINISTRATOR_GRANT"

    @property
    def target(self) -> str:
        """The user."""
        return self.user_id


@dataclass(frozen=True, slots=True)
class PublicKey:
    """A public key of a machine client, and its last day."""

    jwk: Mapping[str, str]
    kid: str | None
    expires_on: date


@dataclass(frozen=True, slots=True)
class ClientCreation:
    """A new machine client; without keys it gets a secret."""

    name: str
    keys: tuple[PublicKey, ...]
    scopes: tuple[str, ...]
    source_addresses: tuple[str, ...]
    kind = "MACHINE_CLIENT_CREATE"
    target = None


@dataclass(frozen=True, slots=True)
class ClientKeyChange:
    """New keys of a machine client."""

    client_id: str
    keys: tuple[PublicKey, ...]
    kind = "MACHINE_CLIENT_KEY"

    @property
    def target(self) -> str:
        """The client."""
        return self.client_id


Content = (
    AccountCreation
    | AccountChange
    | AccountDeletion
    | AdministratorGrant
    | ClientCreation
    | ClientKeyChange
)
"""What a request asks for."""

ABOUT_ACCOUNTS = (AccountCreation, AccountChange, AccountDeletion)


def written(content: Content) -> str:
    """Write a request's content in its one form, to be hashed and kept."""
    members = {"kind": content.kind} | asdict(content)
    return json.dumps(members, sort_keys=True, ensure_ascii=False, default=date.isoformat)


def read(text: str) -> Content:
    """Read a request's content as it was written."""
    members: dict[str, Any] = json.loads(text)
    kind = members.pop("kind")
    if "account" in members:
        members["account"] = BankDetails(**members["account"])
    if "keys" in members:
        members["keys"] = tuple(_key(key) for key in members["keys"])
    for name in ("scopes", "source_addresses"):
        if name in members:
            members[name] = tuple(members[name])
    content: Content = _KINDS[kind](**members)
    return content


def _key(members: dict[str, Any]) -> PublicKey:
    expires_on = date.fromisoformat(members["expires_on"])
    return PublicKey(members["jwk"], members["kid"], expires_on)


_KINDS: dict[str, Any] = {
    it.kind: it
    for it in (
        AccountCreation,
        AccountChange,
        AccountDeletion,
        AdministratorGrant,
        ClientCreation,
        ClientKeyChange,
    )
}


def standing(
    status: str, expires_at: datetime, effective_at: datetime | None, now: datetime
) -> str:
    """Say how a request stands: what was decided, and what time has made of it."""
    if status == PENDING and expires_at <= now:
        return EXPIRED
    if status == APPROVED and effective_at is not None and effective_at <= now:
        return ACTIVE
    return status


def comes_into_force(content: Content, approved_at: datetime) -> datetime:
    """Say when an approved request comes into force: accounts cool off for a day."""
    waits = isinstance(content, ABOUT_ACCOUNTS)
    return approved_at + COOLING_OFF if waits else approved_at


def may_approve(user_id: str, trusted_from: datetime, requested_by: str, now: datetime) -> bool:
    """Say whether an administrator may decide: not their own request, nor fresh in the office."""
    return user_id != requested_by and trusted_from <= now
