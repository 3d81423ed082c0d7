"""Facts identity tells the others."""

from datetime import datetime

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
