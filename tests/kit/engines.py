"""The real engines under the suite: started by the first test that needs one, shared by all.

The run owns a folder below `.local/tests`. A worker that needs an engine starts it under a
file lock; the process that began the run stops whatever was started. Tests without I/O
therefore wait for nothing.
"""

import fcntl
import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil

from deploy.kafka import Kafka
from deploy.local import Ports, Stack
from deploy.local.schema import migrate
from deploy.postgres import ROLES, DatabaseUrls, Postgres
from deploy.processes import free_port

ROOT = Path(__file__).parents[2]
_RUNS = ROOT / ".local" / "tests"
_VARIABLE = "MOYAI_TEST_RUN"
# Loopback, for one run, on data that is thrown away: nothing to guard.
_PASSWORDS = dict.fromkeys(ROLES, "test")


@dataclass(frozen=True, slots=True)
class Engines:
    """The engines of one test run, found by its folder."""

    folder: Path

    @classmethod
    def begin(cls) -> "Engines":
        """Open a run: a folder, the ports its engines will use, and its name for the workers."""
        _sweep()
        folder = _RUNS / str(os.getpid())
        folder.mkdir(parents=True)
        ports = {engine: free_port() for engine in ("postgres", "kafka", "kafka_controller")}
        (folder / "ports.json").write_text(json.dumps(ports))
        os.environ[_VARIABLE] = str(folder)
        return cls(folder)

    @classmethod
    def of_this_run(cls) -> "Engines":
        """The run this process belongs to."""
        return cls(Path(os.environ[_VARIABLE]))

    def end(self) -> None:
        """Stop the engines that were started and remove what they held."""
        if (self.folder / "postgres").exists():
            self._postgres().drop()
        if (self.folder / "kafka").exists():
            self._kafka().drop()
        if (self.folder / "platform").exists():
            self.platform().drop()
        shutil.rmtree(self.folder)

    def postgres(self) -> Postgres:
        """The run's PostgreSQL, started."""
        server = self._postgres()
        with self.lock("postgres"):
            server.start()
        return server

    def kafka(self) -> Kafka:
        """The run's Kafka, started."""
        broker = self._kafka()
        with self.lock("kafka"):
            broker.start()
        return broker

    def empty_database(self, service: str, database: str) -> DatabaseUrls:
        """A new database without tables, with the service's four roles."""
        server = self.postgres()
        with self.lock("roles"):
            server.create_roles(service, _PASSWORDS)
        server.create_database(service, database)
        return server.urls(service, database, _PASSWORDS)

    def database(self, service: str, database: str) -> DatabaseUrls:
        """A new database with the service's newest tables: a copy of one migrated per run."""
        server = self.postgres()
        template = f"{service}_template"
        # One copy at a time: PostgreSQL copies no database that somebody is connected to.
        with self.lock(template):
            if not server.has_database(template):
                migrate(service, self.empty_database(service, template).owner)
            server.create_database(service, database, template=template)
        return server.urls(service, database, _PASSWORDS)

    def platform(self) -> Stack:
        """A whole platform of the run, with engines of its own, on ports nobody uses."""
        return Stack(self.folder / "platform", Ports.free(), profile="test", durable=False)

    @contextmanager
    def lock(self, name: str) -> Iterator[None]:
        """Let one worker of the run at a time do what the name stands for."""
        with (self.folder / f"{name}.lock").open("w") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield

    def _postgres(self) -> Postgres:
        return Postgres(self.folder / "postgres", self._ports()["postgres"], durable=False)

    def _kafka(self) -> Kafka:
        ports = self._ports()
        return Kafka(self.folder / "kafka", ports["kafka"], ports["kafka_controller"])

    def _ports(self) -> dict[str, int]:
        ports: dict[str, int] = json.loads((self.folder / "ports.json").read_text())
        return ports


def _sweep() -> None:
    """Stop and remove what runs left behind that were killed before their end."""
    for folder in _RUNS.glob("*"):
        if not psutil.pid_exists(int(folder.name)):
            Engines(folder).end()
