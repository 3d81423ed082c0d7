"""A mailbox for the local platform: takes every mail and keeps it as a file, sends none on.

As a program: `python -m deploy.local.mailbox PORT FOLDER`.
"""

import socket
import sys
import threading
import time
from email import message_from_bytes
from email.policy import default
from pathlib import Path
from uuid import uuid4

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from deploy.processes import Process, StartFailed, tail

from .layout import ROOT


class Mailbox:
    """The mailbox's process; `folder` gets one `.eml` file for each mail, oldest first by name."""

    def __init__(self, home: Path, port: int) -> None:
        """Name the process; nothing is started."""
        self.folder = home.absolute() / "mails"
        self.port = port
        self.process = Process(home / "run" / "mailbox.json", home / "logs" / "mailbox.log")

    def start(self, timeout: float = 180) -> None:
        """Start and wait until mails are taken."""
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        program = [sys.executable, "-m", "deploy.local.mailbox", str(self.port), str(self.folder)]
        self.process.start(program, folder=ROOT)
        deadline = time.monotonic() + timeout
        while not self._is_ready():
            if self.process.find() is None or time.monotonic() > deadline:
                raise StartFailed(f"the mailbox did not start:\n{tail(self.process.log)}")
            time.sleep(0.05)

    def letters(self, to: str) -> list[str]:
        """The texts of what has come for an address, oldest first."""
        kept = [
            message_from_bytes(path.read_bytes(), policy=default)
            for path in sorted(self.folder.glob("*.eml"))
        ]
        return [it.get_content() for it in kept if it["To"] == to]

    def _is_ready(self) -> bool:
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0


class _Keeper:
    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def handle_DATA(  # noqa: N802 (the library's name)
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        """Keep a mail; under another name first, so that nobody reads half of one."""
        content = envelope.content if isinstance(envelope.content, bytes) else b""
        name = f"{time.time_ns()}-{uuid4().hex[:8]}"
        half_written = self._folder / f"{name}.new"
        half_written.touch(mode=0o600)
        half_written.write_bytes(content)
        half_written.rename(self._folder / f"{name}.eml")
        return "250 kept"


def main(port: int, folder: Path) -> None:
    """Take mails until told to stop."""
    Controller(_Keeper(folder), hostname="127.0.0.1", port=port).start()
    threading.Event().wait()


if __name__ == "__main__":
    main(int(sys.argv[1]), Path(sys.argv[2]))
