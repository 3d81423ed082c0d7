"""The platform, started in the order its parts need each other, and stopped in the other."""

import shutil
import subprocess
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from deploy.envoy import Certificate, Envoy, Gateway
from deploy.kafka import Kafka
from deploy.postgres import Postgres
from deploy.processes import Process

from .layout import ROOT, Ports, parts
from .mailbox import Mailbox
from .schema import create_topics, migrate
from .secrets import STAFF, Secrets
from .service import COMMAND, ServiceProcess, inherited

# As many as there are cores on a small machine; more would only wait for each other.
_AT_ONCE = 2
# Per minute and caller: tests and measurements ask more often than a partner may.
_REQUESTS = 60_000


class Stack:
    """The whole platform below one folder: data, files, logs, secrets and pid files.

    The same folder is the same platform, also for a later process: it can be stopped from there.
    """

    def __init__(
        self,
        folder: Path,
        ports: Ports | None = None,
        *,
        profile: str = "local",
        durable: bool = True,
        say: Callable[[str], object] = lambda _: None,
    ) -> None:
        """Name the platform; nothing is started."""
        self.folder = folder.absolute()
        self.ports = ports or Ports()
        self.profile = profile
        self.secrets = Secrets(self.folder / "secrets")
        self._say = say
        self.postgres = Postgres(self.folder / "postgres", self.ports.postgres, durable=durable)
        self.kafka = Kafka(self.folder / "kafka", self.ports.kafka, self.ports.kafka_controller)
        self.mailbox = Mailbox(self.folder, self.ports.mailbox)
        self.envoy = Envoy(self.folder / "envoy", self._gateway())
        self.services = [
            ServiceProcess.of(part, self.folder, self.environment(part.service))
            for part in parts(self.ports)
        ]

    def start(self) -> None:
        """Start everything and wait until it serves; what a killed run left is ended first."""
        self.stop()
        self._say("starting PostgreSQL and Kafka")
        _all(self.postgres.start, self.kafka.start)
        self._say("bringing databases and topics up to date")
        for name in self.ports.services:
            self._prepare(name)
        create_topics(self.kafka.bootstrap)
        self.act("identity", "bootstrap", "--staff-key", str(self.secrets.client_key(STAFF)))
        self.mailbox.start()
        self._say("starting " + ", ".join(self.ports.services))
        for service in self.services:
            service.start()
        for service in self.services:
            service.wait()
        self._say("opening the gateway")
        # A platform that was dropped has none any more.
        self.secrets.certificate()
        self.envoy.start()

    def is_up(self) -> bool:
        """Whether every process runs."""
        return all(process.find() is not None for process in self.processes().values())

    def stop(self) -> None:
        """Stop everything, the last started first; what it keeps stays."""
        self.envoy.stop()
        _all(*(service.process.stop for service in reversed(self.services)))
        _all(self.kafka.stop, self.postgres.stop, self.mailbox.process.stop)

    def drop(self) -> None:
        """Stop everything and remove all it kept."""
        self.envoy.stop()
        _all(*(service.process.stop for service in reversed(self.services)))
        _all(self.kafka.drop, self.postgres.drop, self.mailbox.process.stop)
        shutil.rmtree(self.folder, ignore_errors=True)

    def act(self, service: str, act: str, *words: str) -> str:
        """Carry out an operator's act of a service and give what it prints."""
        return self.command(service, "run", service, act, *words)

    def command(self, service: str, *words: str) -> str:
        """Run the platform's command line with the settings of a service."""
        done = subprocess.run(
            [*COMMAND, *words],
            cwd=ROOT,
            env=self.environment(service),
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode != 0:
            raise RuntimeError(f"{' '.join(words)} failed:\n{done.stdout}{done.stderr}")
        return done.stdout

    def service(self, name: str) -> ServiceProcess:
        """One process of a service, to be killed or started by itself."""
        return next(service for service in self.services if service.part.name == name)

    def processes(self) -> dict[str, Process]:
        """Every process of the platform by its name."""
        return {
            "postgres": self.postgres.process,
            "kafka": self.kafka.process,
            "mailbox": self.mailbox.process,
            "gateway": self.envoy.process,
            **{service.part.name: service.process for service in self.services},
        }

    def environment(self, service: str) -> dict[str, str]:
        """The settings of a service on this platform; its secrets are files."""
        return inherited() | {
            "MOYAI_SERVICE": service,
            "MOYAI_PROFILE": self.profile,
            "MOYAI_KAFKA_BOOTSTRAP": self.kafka.bootstrap,
            "MOYAI_FILES_URL": (self.folder / "files").as_uri(),
            "MOYAI_ISSUER": self.ports.gateway_url,
            "MOYAI_IDENTITY_URL": self.ports.url_of("identity"),
            "MOYAI_JWKS_URL": self.ports.url_of("identity") + "/.well-known/jwks.json",
            "MOYAI_TRUSTED_PROXIES": "127.0.0.1/32",
            # The gateway fetches identity's keys by the service's name.
            "MOYAI_ALLOWED_HOSTS": f"127.0.0.1,localhost,{service}",
            "MOYAI_CLOCK_FILE": str(self.folder / "clock.json"),
            "MOYAI_CLOCK_FOLLOWERS": ",".join(self.ports.clock_followers),
            "MOYAI_WEB_ORIGINS": ",".join(self.ports.web_origins),
            "MOYAI_SMTP_PORT": str(self.ports.mailbox),
            "MOYAI_LOG_FORMAT": "json",
            "MOYAI_SECRETS_DIR": str(self.secrets.of_service(service)),
        }

    def _prepare(self, service: str) -> None:
        """Make a service's roles and database, when needed, and its newest tables."""
        passwords = self.secrets.passwords(service)
        self.postgres.create_roles(service, passwords)
        if not self.postgres.has_database(service):
            self.postgres.create_database(service, service)
        urls = self.postgres.urls(service, service, passwords)
        self.secrets.tell_urls(service, urls)
        migrate(service, urls.owner)

    def _gateway(self) -> Gateway:
        return Gateway(
            services={name: ("127.0.0.1", port) for name, port in self.ports.services.items()},
            issuer=self.ports.gateway_url,
            public_port=self.ports.gateway,
            staff_port=self.ports.staff,
            admin_port=self.ports.envoy_admin,
            requests_each=_REQUESTS,
            requests_together=10 * _REQUESTS,
            web_origins=self.ports.web_origins,
            certificate=Certificate(self.ports.secure, *self.secrets.certificate()),
        )


def _all(*acts: Callable[[], object]) -> None:
    """Carry out acts beside each other; the first failure is raised."""
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        for act in [pool.submit(act) for act in acts]:
            act.result()
