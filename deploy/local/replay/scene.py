"""Who plays a case: the platform, its staff, and the holders' ERPs."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from deploy.local import Stack
from deploy.local.demo.client import Json
from deploy.local.demo.erp import Erp
from deploy.local.demo.staff import Staff
from libs.common.dates import JAPAN

from .cases import Case, FileCase, Form
from .told import Unreadable

# The clock is not moved farther than a year at once.
_STEP = timedelta(days=300)


@dataclass(slots=True)
class Scene:
    """The platform with everybody who acts on it, and what time it is there."""

    stack: Stack
    staff: Staff
    holders: dict[str, str]
    erps: dict[str, Erp]
    now: datetime

    def move_clock(self, to: datetime) -> None:
        """Let the time go by until an instant, with everything that is due meanwhile."""
        while self.now < to:
            self.now = min(to, self.now + _STEP)
            self.staff.set_clock(self.now)

    def sender_of(self, case: Case | FileCase) -> str:
        """Say whose submission a case is; where that is not told, the first holder's.

        Raises: Unreadable when the register knows no such policyholder.
        """
        code = case.sender or next(iter(self.holders), "")
        if code not in self.erps:
            raise Unreadable(f"submitter_shipper_code: the register knows no policyholder {code!r}")
        return code

    def erp_of(self, case: Case | FileCase) -> Erp:
        """Give the machine a case is sent with."""
        return self.erps[self.sender_of(case)]

    def file_name(self, case: Case, at: datetime, suffix: str) -> str:
        """Name a file as files are to be named. Source: ledger notes §5.1."""
        sender = self.sender_of(case)
        return f"{self.holders.get(sender, sender)}({at.astimezone(JAPAN):%y%m%d}){suffix}"

    def hand_in(self, case: Case, form: Form, at: datetime, **fields: str) -> Json:
        """Hand in new applications that are not the case itself but go before it."""
        policies = {number for number, *_ in form.rows()}
        count = {"declared_count": str(len(policies)), "charset": form.charset}
        file_name = self.file_name(case, at, form.suffix)
        return self.erp_of(case).hand_in(form.content, file_name, **count | fields)
