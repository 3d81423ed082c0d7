"""The server itself: made, started, stopped, killed, and asked as its superuser."""

import hashlib
import os
import secrets
import shutil
import signal
import subprocess
import time
from collections.abc import Mapping
from pathlib import Path

from deploy.processes import Process, StartFailed, as_account, free_port, tail

from . import programs, roles

_SUPERUSER = "postgres"
_SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "max_connections": "300",
    "shared_buffers": "256MB",
    "max_wal_size": "2GB",
    # Who writes by the hundred thousand need not wait for the log of who commits.
    "wal_buffers": "64MB",
    # A database at work uses the files of its log again; a new one need not write each twice.
    "wal_init_zero": "off",
    # Nobody replicates from a laptop; a minimal log lets COPY into a new table skip it.
    "wal_level": "minimal",
    "max_wal_senders": "0",
    # Our statements are short: compiling them costs more than running them.
    "jit": "off",
    "timezone": "UTC",
}
_UNSAFE = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


class Postgres:
    """One PostgreSQL server of this machine, on a loopback port.

    `home` names it: the same home is the same server, also for a later process. With
    `durable=False` (tests only) a crash of the machine, not of the server, loses data.
    """

    def __init__(self, home: Path, port: int | None = None, *, durable: bool = True) -> None:
        """Name the server; nothing is started."""
        self.home = home.absolute()
        self._place = _reachable(self.home)
        self.port = port or free_port()
        self._data = self._place / "data"
        self._account = programs.account()
        self._programs = programs.folder()
        self._settings = _SETTINGS | ({} if durable else _UNSAFE) | {"port": str(self.port)}
        self.process = Process(
            self._place / "pid", self._place / "postgres.log", stop_signal=signal.SIGINT
        )

    def start(self, timeout: float = 180) -> None:
        """Start the server, on new data when there is none, and wait until it answers."""
        self._claim_place()
        if self.process.find() is not None:
            return
        if not (self._data / "PG_VERSION").exists():
            self._make_data()
        deadline = time.monotonic() + timeout
        while not self._is_ready():
            if self.process.find() is None:
                self._launch()
            if time.monotonic() > deadline:
                self.process.stop()
                raise StartFailed(f"PostgreSQL did not start:\n{tail(self.process.log)}")
            time.sleep(0.05)

    def stop(self) -> None:
        """Stop the server; whoever is connected is sent away."""
        self.process.stop()

    def kill(self) -> None:
        """End the server as a power cut would (SIGKILL)."""
        self.process.kill()

    def drop(self) -> None:
        """Stop the server and remove its data."""
        self.stop()
        shutil.rmtree(self._place, ignore_errors=True)
        if self.home.is_symlink():
            self.home.unlink()

    def sql(self, statements: str, database: str = "postgres", **variables: str) -> str:
        """Run statements as the superuser, stop at the first error, answer bare rows.

        By the server's own `psql`, and through its input: passwords are on no command line.
        """
        arguments = ["-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-h", "127.0.0.1"]
        arguments += ["-p", str(self.port), "-U", _SUPERUSER, "-d", database]
        done = subprocess.run(
            [self._programs / "psql", *arguments],
            input="".join(roles.assign(*variable) for variable in variables.items()) + statements,
            env=os.environ | {"PGPASSWORD": self._password_file.read_text()},
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode != 0:
            raise RuntimeError(f"PostgreSQL refused: {done.stderr}")
        return done.stdout.strip()

    def create_roles(self, service: str, passwords: Mapping[str, str]) -> None:
        """Make a service's four roles, or give them these passwords."""
        for role, name in roles.members(service).items():
            self.sql(roles.MAKE_ROLE, role=name, password=passwords[role])

    def has_database(self, database: str) -> bool:
        """Whether the database exists."""
        return bool(
            self.sql("SELECT 1 FROM pg_database WHERE datname = :'wanted'", wanted=database)
        )

    def create_database(self, service: str, database: str, template: str = "template1") -> None:
        """Make a database of the service, empty or a copy of the template."""
        named = roles.members(service)
        self.sql(roles.MAKE_DATABASE, wanted=database, template=template, **named)

    def urls(self, service: str, database: str, passwords: Mapping[str, str]) -> roles.DatabaseUrls:
        """The URLs by which the service's roles enter the database."""
        return roles.DatabaseUrls.at(f"127.0.0.1:{self.port}/{database}", service, passwords)

    @property
    def _password_file(self) -> Path:
        return self._place / "superuser-password"

    def _claim_place(self) -> None:
        """Tie a place outside to our home: once the home is gone, so is what it held."""
        if self._place != self.home and not self.home.is_symlink():
            self.process.stop()
            shutil.rmtree(self._place, ignore_errors=True)
            self.home.parent.mkdir(parents=True, exist_ok=True)
            self.home.symlink_to(self._place)

    def _make_data(self) -> None:
        """Make the server's data folder with a superuser's password only this machine knows."""
        self._place.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._password_file.touch(mode=0o600)
        self._password_file.write_text(secrets.token_urlsafe(32))
        if self._account:
            shutil.chown(self._place, self._account)
            shutil.chown(self._password_file, self._account)
        command = [
            str(self._programs / "initdb"),
            "-D",
            str(self._data),
            "-U",
            _SUPERUSER,
            "--no-sync",
        ]
        command += ["--auth=scram-sha-256", f"--pwfile={self._password_file}", "--encoding=UTF8"]
        # The builtin provider sorts alike on every system, whatever locales it has.
        command += ["--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
        done = subprocess.run(
            command,
            cwd=self._place,
            capture_output=True,
            text=True,
            check=False,
            **as_account(self._account),
        )
        if done.returncode != 0:
            shutil.rmtree(self._data, ignore_errors=True)
            raise StartFailed(f"initdb failed: {done.stderr}")

    def _launch(self) -> None:
        """Start the server's process.

        Started anew while it refuses: a killed server's children need a moment to leave.
        """
        # Our pid file knows better: after a kill the number in it may be a stranger's by now.
        (self._data / "postmaster.pid").unlink(missing_ok=True)
        settings = [f"-c{key}={value}" for key, value in self._settings.items()]
        command = [str(self._programs / "postgres"), "-D", str(self._data), *settings]
        self.process.start(command, folder=self._place, account=self._account)

    def _is_ready(self) -> bool:
        """Whether the server says of itself that it takes connections."""
        if self.process.find() is None:
            return False
        try:
            noted = (self._data / "postmaster.pid").read_text().splitlines()
        except FileNotFoundError:
            return False
        return len(noted) > 7 and noted[7].strip() == "ready"


def _reachable(home: Path) -> Path:
    """The home itself; for root, whose folders the server's account cannot enter, one outside."""
    if programs.account() is None:
        return home
    return programs.SHARED / f"moyai-{hashlib.sha256(str(home).encode()).hexdigest()[:12]}"
