"""What is requested for approval, as it is sent and shown."""

from typing import Annotated, Literal

from pydantic import Field

from libs.common.wire import BusinessDate, Input, Output, Text255

from ..domain import approvals
from .machine_clients import (
    ClientId,
    ClientKeyCreate,
    KeyAuthentication,
    SecretAuthentication,
)
from .people import UserId

BankAccountId = Annotated[str, Field(pattern="^bank_account_[0-9a-z]{26}$")]
BankCode = Annotated[str, Field(pattern="^[0-9]{4}$", examples=["0001"])]
BranchCode = Annotated[str, Field(pattern="^[0-9]{3}$", examples=["001"])]
AccountNumber = Annotated[str, Field(pattern="^[0-9]{7}$", examples=["1234567"])]
HolderKana = Annotated[
    str, Field(pattern="^[ァ-ヶー・（）．－　Ａ-Ｚ０-９]{1,48}$", examples=["モヤイショウジ（カ"])
]


class BankDetails(Input):
    """A bank account (振込口座) as it shall be."""

    bank_code: BankCode
    branch_code: BranchCode
    kind: Literal["ORDINARY", "CURRENT"]
    number: AccountNumber
    holder_kana: HolderKana

    def meant(self) -> approvals.BankDetails:
        """Give what is meant."""
        return approvals.BankDetails(**dict(self))


class BankAccountCreate(Input):
    """A new bank account (口座の登録)."""

    kind: Literal["BANK_ACCOUNT_CREATE"]
    account: BankDetails

    def meant(self) -> approvals.Content:
        """Give what is meant."""
        return approvals.AccountCreation(self.account.meant())


class BankAccountChange(Input):
    """Other details of a bank account (口座の変更)."""

    kind: Literal["BANK_ACCOUNT_CHANGE"]
    bank_account_id: BankAccountId
    account: BankDetails

    def meant(self) -> approvals.Content:
        """Give what is meant."""
        return approvals.AccountChange(self.bank_account_id, self.account.meant())


class BankAccountDelete(Input):
    """The end of a bank account (口座の削除)."""

    kind: Literal["BANK_ACCOUNT_DELETE"]
    bank_account_id: BankAccountId

    def meant(self) -> approvals.Content:
        """Give what is meant."""
        return approvals.AccountDeletion(self.bank_account_id)


class AdministratorGrant(Input):
    """An applicant who shall be an administrator (管理者)."""

    kind: Literal["ADMINISTRATOR_GRANT"]
    user_id: UserId

    def meant(self) -> approvals.Content:
        """Give what is meant."""
        return approvals.AdministratorGrant(self.user_id)


class OwnMachineClientCreate(Input):
    """A new machine client of one's own company (マシンクライアント)."""

    kind: Literal["MACHINE_CLIENT_CREATE"]
    name: Text255
    authentication: Annotated[
        KeyAuthentication | SecretAuthentication, Field(discriminator="method")
    ]
    scopes: Annotated[list[str], Field(min_length=1, max_length=100)]
    source_addresses: Annotated[list[str], Field(max_length=50, default_factory=list)]

    def meant(self) -> approvals.Content:
        """Give what is meant."""
        proof = self.authentication
        return approvals.ClientCreation(
            name=self.name,
            keys=_keys(proof.keys) if isinstance(proof, KeyAuthentication) else (),
            scopes=tuple(self.scopes),
            source_addresses=tuple(self.source_addresses),
        )


class MachineClientKeyChange(Input):
    """New keys of a machine client; tokens it holds by the old ones end."""

    kind: Literal["MACHINE_CLIENT_KEY"]
    client_id: ClientId
    keys: Annotated[list[ClientKeyCreate], Field(min_length=1, max_length=2)]

    def meant(self) -> approvals.Content:
        """Give what is meant."""
        return approvals.ClientKeyChange(self.client_id, _keys(self.keys))


ApprovalCreate = Annotated[
    BankAccountCreate
    | BankAccountChange
    | BankAccountDelete
    | AdministratorGrant
    | OwnMachineClientCreate
    | MachineClientKeyChange,
    Field(discriminator="kind"),
]
"""What shall happen when another administrator approves."""


class MaskedBankDetails(Output):
    """A bank account; of its number the last three digits."""

    bank_code: str
    branch_code: str
    kind: Literal["ORDINARY", "CURRENT"]
    number_masked: str
    holder_kana: str


class RequestedKey(Output):
    """A public key that was requested, by its id or thumbprint."""

    kid: str | None
    expires_on: BusinessDate


class RequestedContent(Output):
    """What is requested; what does not belong to its kind is null."""

    bank_account_id: str | None
    account: MaskedBankDetails | None
    user_id: str | None
    client_id: str | None
    name: str | None
    scopes: list[str]
    source_addresses: list[str]
    keys: list[RequestedKey]


def masked(tail: str) -> str:
    """Show of an account number what suffices to know it again."""
    return f"****{tail}"


def requested(content: approvals.Content) -> RequestedContent:
    """Show what is requested."""
    details = getattr(content, "account", None)
    return RequestedContent(
        bank_account_id=getattr(content, "bank_account_id", None),
        account=_masked(details) if details else None,
        user_id=getattr(content, "user_id", None),
        client_id=getattr(content, "client_id", None),
        name=getattr(content, "name", None),
        scopes=list(getattr(content, "scopes", ())),
        source_addresses=list(getattr(content, "source_addresses", ())),
        keys=[
            RequestedKey(kid=key.kid, expires_on=key.expires_on)
            for key in getattr(content, "keys", ())
        ],
    )


def _masked(details: approvals.BankDetails) -> MaskedBankDetails:
    return MaskedBankDetails(
        bank_code=details.bank_code,
        branch_code=details.branch_code,
        kind="ORDINARY" if details.kind == "ORDINARY" else "CURRENT",
        number_masked=masked(details.number[-3:]),
        holder_kana=details.holder_kana,
    )


def _keys(keys: list[ClientKeyCreate]) -> tuple[approvals.PublicKey, ...]:
    return tuple(
        approvals.PublicKey(
            key.jwk.model_dump(exclude={"kid", "use", "alg"}), key.jwk.kid, key.expires_on
        )
        for key in keys
    )
