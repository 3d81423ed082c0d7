"""All cases of a directory, one after the other on one platform, each from the same state."""

import time
from collections.abc import Sequence
from pathlib import Path

import httpx
from rich.console import Console
from rich.markup import escape

from deploy.local import Ports, Stack
from deploy.local.demo.client import Refused
from deploy.local.demo.preparing import register_erp
from deploy.local.demo.staff import Staff
from deploy.local.secrets import STAFF
from deploy.processes import StartFailed
from services.premium import data as rulebook

from .cases import Case, FileCase, cases_in
from .known_state import KnownState
from .playing import play
from .registers import Register
from .scene import Scene
from .told import Unreadable

_MAIL = "email"


def replay(directory: Path, folder: Path, console: Console) -> bool:
    """Play the cases of a directory and tell each difference; gives whether there was none.

    The platform is their own, below `folder`, on ports nobody uses, and begins empty. Cases that
    come by mail are left out: there is no such channel.
    """
    found, complaints = cases_in(directory)
    for complaint in complaints:
        console.print(f"[red]✗[/] {escape(complaint)}", soft_wrap=True)
    cases = [it for it in found if it.told.channel != _MAIL]
    failed = 0
    for register in sorted({it.register for it in cases}):
        own = [it for it in cases if it.register == register]
        failed += _on_a_platform(register, own, folder, console)
    mailed = len(found) - len(cases)
    console.print(
        f"{len(cases)} played, {failed} with differences, {mailed} by mail left out"
        + (f", {len(complaints)} not to be read" if complaints else "")
        + ("" if found or complaints else f": there is no case below {escape(str(directory))}")
    )
    return bool(cases) and not failed and not complaints


def _on_a_platform(
    path: Path, cases: Sequence[Case | FileCase], folder: Path, console: Console
) -> int:
    """Play the cases of one register; gives how many had differences."""
    stack = Stack(folder / "replay", Ports.free(), durable=False, say=console.print)
    failed = len(cases)
    try:
        register = Register(path)
        stack.drop()
        stack.start()
        failed = _Replay(stack, register, console).play(cases)
    except (StartFailed, Refused, Unreadable, httpx.HTTPError, RuntimeError) as error:
        console.print(f"broke off: {error}", markup=False)
    finally:
        # What explains a failure stays.
        (stack.stop if failed else stack.drop)()
    return failed


class _Replay:
    """One platform with a register, and everybody who acts on it."""

    def __init__(self, stack: Stack, register: Register, console: Console) -> None:
        """Fill the registers of a platform that has just begun, and remember that state."""
        self._stack = stack
        self._register = register
        self._console = console
        ports, key = stack.ports, stack.secrets.client_key(STAFF)
        self._staff = Staff(ports.gateway_url, ports.staff_url, STAFF, key)
        for name, records in register.records().items():
            self._staff.enter(name, records)
        self._staff.publish_exchange_rates(rulebook.exchange_rate_publication())
        self._erps = {
            code: register_erp(self._staff, stack.secrets, code) for code in register.policyholders
        }
        self._state = KnownState(stack)

    def play(self, cases: Sequence[Case | FileCase]) -> int:
        """Play cases and tell each; gives how many had differences."""
        # Latest first: each begins before the one before it has ended, and no job is due between.
        in_order = sorted(cases, key=lambda it: it.begins_at, reverse=True)
        failed, begun_at = 0, None
        for case in in_order:
            # A file that is only tried leaves nothing behind.
            if not isinstance(case, FileCase) or case.begins_at != begun_at:
                self._state.begin_again(case.begins_at)
            begun_at = case.begins_at if isinstance(case, FileCase) else None
            failed += not self._is_as_expected(case)
        return failed

    def _is_as_expected(self, case: Case | FileCase) -> bool:
        began = time.monotonic()
        people = (self._staff, self._register.holders, self._erps)
        scene = Scene(self._stack, *people, now=case.begins_at)
        try:
            told = list(play(scene, case))
        except (Refused, Unreadable, httpx.HTTPError) as error:
            told = [f"broke off: {error!r}"]
        mark = "[red]✗[/]" if told else "[green]✓[/]"
        self._console.print(f"{mark} {case.name} [dim]{time.monotonic() - began:.1f} s[/]")
        for line in told:
            self._console.print(f"    {line}", markup=False)
        return not told
