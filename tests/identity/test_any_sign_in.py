"""Any sequence of sign-ins, codes and renewals ends as a small model of the rules says."""

import time
from dataclasses import dataclass, field
from datetime import timedelta

import httpx
import time_machine
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete

from libs.common.database import PLATFORM
from services.identity import tables
from tests.identity import people
from tests.kit.running import Running

_STEPS = (
    "right password",
    "wrong password",
    "right otp",
    "right otp",
    "wrong otp",
    "same otp",
    "refresh",
    "old refresh",
    "call",
    "log out",
    "a minute later",
)
_MINUTE = 61
_PASSWORD_WAITS = {5: 60, 6: 120, 7: 240, 8: 480}
_OTP_WAITS = {10: 60, 11: 120, 12: 240, 13: 480}


@dataclass
class Counter:
    """Tries in a row: each counts before it is judged, and some are followed by a wait."""

    waits: dict[int, int]
    tries: int = 0
    until: int = 0

    def take(self, now: int) -> bool:
        """Count a try; tells whether it is judged at all."""
        if now < self.until:
            return False
        self.tries += 1
        wait = self.waits.get(self.tries, 900 if self.tries > max(self.waits) else 0)
        self.until = now + wait if wait else 0
        return True


@dataclass
class Model:
    """What the rules say of one user in one browser; times are seconds from the beginning.

    Source: security notes §3.1, §3.2 and §3.6.
    """

    now: int = 0
    passwords: Counter = field(default_factory=lambda: Counter(_PASSWORD_WAITS))
    otps: Counter = field(default_factory=lambda: Counter(_OTP_WAITS))
    begun_at: int | None = None
    otps_here: int = 0
    session: bool = False
    token_at: int | None = None
    rotated_at: int | None = None

    def expects(self, step: str) -> int:
        """Give the status of the next answer, and go on from there."""
        match step:
            case "right password" | "wrong password":
                return self._password(is_right=step == "right password")
            case "right otp" | "wrong otp" | "same otp":
                return self._otp(is_right=step == "right otp")
            case "refresh":
                return self._refresh()
            case "old refresh":
                return self._old_refresh()
            case "call":
                alive = self.session and self.token_at is not None
                return 200 if alive and self.now - (self.token_at or 0) < 300 else 401
            case _:
                self.session, self.rotated_at = False, None
                return 204

    def _password(self, *, is_right: bool) -> int:
        if not self.passwords.take(self.now):
            return 429
        if not is_right:
            return 401
        self.begun_at, self.otps_here = self.now, 0
        return 200

    def _otp(self, *, is_right: bool) -> int:
        if self.begun_at is None:
            return 401
        self.otps_here += 1
        if self.otps_here > 5 or self.now - self.begun_at >= 300:
            self.begun_at = None
            return 401
        if not self.otps.take(self.now):
            return 429
        if not is_right:
            self.begun_at = None if self.otps_here == 5 else self.begun_at
            return 401
        self.begun_at = self.rotated_at = None
        self.passwords, self.otps = Counter(_PASSWORD_WAITS), Counter(_OTP_WAITS)
        self.session, self.token_at = True, self.now
        return 200

    def _refresh(self) -> int:
        if not self.session:
            return 401
        self.token_at = self.rotated_at = self.now
        return 200

    def _old_refresh(self) -> int:
        if not self.session or self.rotated_at is None:
            return 401
        if self.now - self.rotated_at <= 10:
            return 409
        self.session = False
        return 401


@dataclass
class Player:
    """Carries the steps out in a browser that nobody recognises by a device cookie."""

    browser: people.Browser
    person: people.Person
    accepted: str = "000000"
    accepted_step: int = 0
    old_cookie: str = ""

    async def takes(self, step: str) -> int:
        """Take a step; gives the status of the answer."""
        match step:
            case "right password" | "wrong password":
                self._forgets_the_device()
                password = self.person.password if step == "right password" else "wrong"
                answer = await self.browser.post(
                    "login", login_id=self.person.login_id, password=password
                )
            case "right otp":
                await people.a_step_later(self.browser.service, self.person)
                answer = await self.browser.post("login/otp", otp=self.person.otp())
                await self._signed_in(answer)
            case "wrong otp" | "same otp":
                typed = self.accepted if step == "same otp" else "000000"
                answer = await self.browser.post("login/otp", otp=typed)
            case "refresh":
                answer = await self._refreshes()
            case "old refresh":
                cookie = {"Cookie": f"__Host-rt={self.old_cookie}"}
                answer = await self.browser.client.post("/v1/auth/refresh", headers=cookie)
            case "call":
                await people.hear(self.browser.service)
                answer = await self.browser.ask("GET", "/v1/me")
            case _:
                answer = await self.browser.client.post("/v1/auth/logout")
        return answer.status_code

    def _forgets_the_device(self) -> None:
        if "__Host-dv" in self.browser.client.cookies:
            self.browser.client.cookies.delete("__Host-dv")

    async def _signed_in(self, answer: httpx.Response) -> None:
        if answer.status_code == 200:
            self.accepted, self.old_cookie = self.person.otp(), ""
            self.accepted_step = int(time.time()) // 30
            self.browser.token = answer.json()["access_token"]
        else:
            # No half minute has gone by, and what was shown before is still spent.
            spent = f"last_otp_step = {self.accepted_step}"
            await people.changed(self.browser.service, self.person, spent)

    async def _refreshes(self) -> httpx.Response:
        before = self.browser.client.cookies.get("__Host-rt", "")
        answer = await self.browser.client.post("/v1/auth/refresh")
        if answer.status_code == 200:
            self.old_cookie, self.browser.token = before or "", answer.json()["access_token"]
        return answer


async def _nothing_was_tried(identity: Running) -> None:
    """Let every count begin anew: one person plays all sequences."""
    async with identity.databases.tenant(PLATFORM) as tx:
        await tx.execute(delete(tables.Throttle))


@settings(
    max_examples=8,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@example(steps=["right otp", "right password", "same otp"])
@given(steps=st.lists(st.sampled_from(_STEPS), min_size=5, max_size=16))
async def test_any_sequence_ends_as_the_rules_say(
    identity: Running, boss: people.Person, steps: list[str]
) -> None:
    """Given any steps of a user, when each is taken, then its answer is the model's."""
    await _nothing_was_tried(identity)
    model = Model()
    with time_machine.travel(people.real_now(), tick=False) as clock:
        async with people.browser(identity) as browser:
            player = Player(browser, boss)
            for number, step in enumerate(["right password", "right otp", *steps]):
                if step == "a minute later":
                    clock.shift(timedelta(seconds=_MINUTE))
                    model.now += _MINUTE
                    continue
                expected = model.expects(step)
                assert await player.takes(step) == expected, (number, step, model)
