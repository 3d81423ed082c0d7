"""One process of a service: its settings, its start, and whether it is ready."""

import http.client
import os
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from deploy.processes import Process, StartFailed, tail

from .layout import ROOT, Part

COMMAND = [sys.executable, "-m", "libs.common.command"]


@dataclass(frozen=True, slots=True)
class ServiceProcess:
    """A part of the platform as it runs in one folder."""

    part: Part
    folder: Path
    environment: dict[str, str]
    process: Process

    @classmethod
    def of(cls, part: Part, folder: Path, environment: dict[str, str]) -> "ServiceProcess":
        """Name the process; nothing is started."""
        log = folder / "logs" / f"{part.name}.log"
        process = Process(folder / "run" / f"{part.name}.json", log)
        return cls(part, folder, environment, process)

    def start(self) -> None:
        """Start the process; it needs a moment until it is ready."""
        serve = ["serve", self.part.service, str(self.part.port), *self.part.options]
        self.process.start([*COMMAND, *serve], environment=self.environment, folder=ROOT)

    def wait(self, timeout: float = 180) -> None:
        """Wait until the process says that it can serve.

        Raises: StartFailed, with the end of its log.
        """
        deadline = time.monotonic() + timeout
        while not self._is_ready():
            if self.process.find() is None or time.monotonic() > deadline:
                raise StartFailed(f"{self.part.name} did not start:\n{tail(self.process.log)}")
            time.sleep(0.1)

    def _is_ready(self) -> bool:
        connection = http.client.HTTPConnection("127.0.0.1", self.part.port, timeout=5)
        try:
            connection.request("GET", "/readyz")
            return connection.getresponse().status == http.client.OK
        except OSError:
            return False
        finally:
            connection.close()


def inherited() -> dict[str, str]:
    """Our own environment without the settings of another platform."""
    return {name: value for name, value in os.environ.items() if not name.startswith("MOYAI_")}
