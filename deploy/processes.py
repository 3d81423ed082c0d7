"""Processes that outlive whoever started them: start, find again, stop, kill.

A pid file holds the number and the command line, so that a later run finds what an
earlier one left behind and never touches a stranger that was given the same number.
"""

import json
import pwd
import secrets
import signal
import socket
import subprocess
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypedDict

import psutil

# Below the range from which a kernel takes the ports of outgoing connections: a free port
# of this range stays free until its server has started.
_PORTS = range(20_000, 32_000)


class Account(TypedDict):
    """Whose rights a command runs with, in the words of `subprocess`."""

    user: str | None
    group: int | None
    extra_groups: list[str | int] | None


class StartFailed(Exception):
    """A process ended, or stayed silent, before it was ready."""


def free_port() -> int:
    """A TCP port of the loopback address that nobody listens on."""
    while True:
        port = secrets.choice(_PORTS)
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) != 0:
                return port


def tail(log: Path, lines: int = 20) -> str:
    """The last lines of a log, for the message of a failed start."""
    return "\n".join(log.read_text(errors="replace").splitlines()[-lines:]) if log.exists() else ""


@dataclass(slots=True)
class Process:
    """One process, known by its pid file.

    Units: a timeout is in seconds.
    """

    pid_file: Path
    log: Path
    stop_signal: signal.Signals = signal.SIGTERM
    _child: psutil.Popen | None = field(default=None, init=False, repr=False)

    def start(
        self,
        command: list[str],
        *,
        environment: Mapping[str, str] | None = None,
        folder: Path | None = None,
        account: str | None = None,
    ) -> None:
        """Start the command in a group of its own, so that Ctrl-C reaches only its starter."""
        self.pid_file.parent.mkdir(parents=True, exist_ok=True)
        self.log.parent.mkdir(parents=True, exist_ok=True)
        with self.log.open("ab") as log:
            self._child = psutil.Popen(
                command,
                env=environment,
                cwd=folder,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                **as_account(account),
            )
        self.pid_file.write_text(json.dumps({"pid": self._child.pid, "command": command}))

    def find(self) -> psutil.Process | None:
        """The running process: our own child, or else the one of the pid file."""
        if self._child is not None:
            return self._child if self._child.poll() is None else None
        try:
            noted = json.loads(self.pid_file.read_text())
            process = psutil.Process(noted["pid"])
            return process if process.cmdline() == noted["command"] else None
        except (FileNotFoundError, psutil.NoSuchProcess, psutil.ZombieProcess):
            return None

    def stop(self, timeout: float = 20) -> None:
        """Ask the process to end and wait for it; kill it when it does not listen."""
        process = self.find()
        if process is not None:
            process.send_signal(self.stop_signal)
            if not _have_ended([process], timeout):
                self.kill()
        self.pid_file.unlink(missing_ok=True)

    def kill(self) -> None:
        """End the process at once (SIGKILL) and wait until its children are gone, too."""
        process = self.find()
        if process is not None:
            family = [process, *process.children(recursive=True)]
            process.kill()
            _have_ended(family, timeout=20)


def _have_ended(family: list[psutil.Process], timeout: float) -> bool:
    """Wait until all have ended; one that only its parent has not yet looked after, has."""
    deadline = time.monotonic() + timeout
    while any(_runs(process) for process in family):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


def _runs(process: psutil.Process) -> bool:
    with suppress(psutil.NoSuchProcess):
        try:
            # Our own child is looked after here, by asking for its end.
            process.wait(0)
        except psutil.TimeoutExpired:
            return not _waits_for_its_parent(process)
    return False


def _waits_for_its_parent(process: psutil.Process) -> bool:
    """Whether nothing is left of a process but its number; its last thread may go late."""
    return process.status() == psutil.STATUS_ZOMBIE and process.num_threads() <= 1


def as_account(name: str | None) -> Account:
    """The arguments with which `subprocess` runs a command as this account; none: our own."""
    if name is None:
        return Account(user=None, group=None, extra_groups=None)
    return Account(user=name, group=pwd.getpwnam(name).pw_gid, extra_groups=[])
