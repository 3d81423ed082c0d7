"""Envoy itself: started on a rendered configuration, and stopped."""

import http.client
import shutil
import time
from importlib.util import find_spec
from pathlib import Path

from deploy.processes import Process, StartFailed, tail

from .render import Gateway


class Envoy:
    """The gateway's process on this machine.

    `home` names it: configuration, log and pid file are kept there.
    """

    def __init__(self, home: Path, gateway: Gateway) -> None:
        """Name the process; nothing is started."""
        self.home = home.absolute()
        self.gateway = gateway
        self.process = Process(self.home / "pid", self.home / "envoy.log")

    def start(self, timeout: float = 180) -> None:
        """Start Envoy and wait until it has its clusters and listens."""
        if self.process.find() is not None:
            return
        configuration = self.gateway.write(self.home / "configuration")
        # Two cores serve everything here; without an epoch file several may run side by side.
        options = ["--log-level", "warning", "--concurrency", "2", "--disable-hot-restart"]
        self.process.start([program(), "-c", str(configuration), *options])
        deadline = time.monotonic() + timeout
        while not self._is_ready():
            if self.process.find() is None or time.monotonic() > deadline:
                self.process.stop()
                raise StartFailed(f"Envoy did not start:\n{tail(self.process.log)}")
            time.sleep(0.05)

    def stop(self) -> None:
        """Stop Envoy; it keeps nothing."""
        self.process.stop()

    def drop(self) -> None:
        """Stop Envoy and remove what it wrote."""
        self.stop()
        shutil.rmtree(self.home, ignore_errors=True)

    def _is_ready(self) -> bool:
        """Whether all listeners are open; Envoy also lives without one it has refused."""
        admin = http.client.HTTPConnection("127.0.0.1", self.gateway.admin_port, timeout=1)
        try:
            ready = _get(admin, "/ready").startswith("LIVE")
            return ready and _get(admin, "/listeners").count("::") == self.gateway.listener_count
        except OSError:
            return False
        finally:
            admin.close()


def _get(admin: http.client.HTTPConnection, path: str) -> str:
    admin.request("GET", path)
    return admin.getresponse().read().decode()


def program() -> str:
    """Envoy's program in its wheel."""
    found = find_spec("envoy")
    if found is None or found.origin is None:
        raise ModuleNotFoundError("envoy")
    return str(Path(found.origin).parent / "_bin" / "envoy")
