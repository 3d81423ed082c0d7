"""Who plays a case: the platform, its staff, and the holders' ERPs."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import PurePath

from deploy.local import Stack
from deploy.local.demo.client import Json
from deploy.local.demo.erp import Erp
from deploy.local.demo.staff import Staff

from .cases import Case, Form

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

    def hand_in(self, case: Case, form: Form, at: datetime, **fields: str) -> Json:
        """Hand in new applications that are not the case itself but go before it."""
        name = f"{self.holders[case.sender]}({at:%y%m%d})"
        file_name = PurePath(name).with_name(name + form.suffix).name
        policies = {number for number, *_ in form.rows()}
        count = {"declared_count": str(len(policies)), "charset": form.charset}
        return self.erps[case.sender].hand_in(form.content, file_name, **count | fields)
