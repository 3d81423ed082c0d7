"""Facts identity tells the others."""

from libs.common.events import Event


class PolicyholderState(Event, type="identity.policyholder.state.v1", key="policyholder_code"):
    """The full record of a policyholder (保険利用者), as the other services copy it."""

    policyholder_code: str
    name_ja: str
    name_en: str
    short_name_ja: str | None
    active: bool
