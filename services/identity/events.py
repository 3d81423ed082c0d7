"""Facts identity tells the others."""

from datetime import datetime

from pydantic import BaseModel

from libs.common.events import Event


class PolicyholderState(Event, type="identity.policyholder.state.v1", key="policyholder_code"):
    """The full record of a policyholder (保険利用者), as the other services copy it."""

    policyholder_code: str
    name_ja: str
    name_en: str
    short_name_ja: str | None
    active: bool


class CheckpointSigned(Event, type="identity.checkpoint.signed.v1", key="chain"):
    """How long the access history of a policyholder was (アクセス履歴), signed with a key for that.

    `chain` is a policyholder's code or `platform`; `signature` a compact JWS of all the rest.
    """

    chain: str
    size: int
    head_hash: str
    signed_at: datetime
    kid: str
    signature: str


class UserFact(BaseModel):
    """What is told of a Web user (Web利用者): nothing that is theirs alone."""

    user_id: str
    policyholder_code: str
    role: str


class UserCreated(UserFact, Event, type="identity.user.created.v1", key="user_id"):
    """A user was registered (利用者の登録)."""


class UserRoleChanged(UserFact, Event, type="identity.user.role_changed.v1", key="user_id"):
    """A user has become an administrator, or an applicant (権限の変更)."""


class UserDisabled(UserFact, Event, type="identity.user.disabled.v1", key="user_id"):
    """A user may not come in any more (利用停止)."""


class UserEnabled(UserFact, Event, type="identity.user.enabled.v1", key="user_id"):
    """A disabled user may come in again (利用再開)."""


class IpRestrictionChanged(
    Event, type="identity.ip_restriction.changed.v1", key="policyholder_code"
):
    """From where a policyholder's callers may come has changed (接続元IPアドレス制限)."""

    policyholder_code: str
    enabled: bool
    version: int
