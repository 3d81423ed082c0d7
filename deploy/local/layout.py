"""Which processes make the platform, and where each of them listens."""

from dataclasses import asdict, dataclass, field
from pathlib import Path

from deploy.processes import free_port

ROOT = Path(__file__).parents[2]
_PLANNED = {
    "identity": 8101,
    "buyers": 8102,
    "underwriting": 8103,
    "ledger": 8104,
    "premium": 8105,
    "claims": 8106,
}
SERVICES = {
    name: port for name, port in _PLANNED.items() if (ROOT / "services" / name / "app.py").exists()
}
"""The services there are, with their default ports."""

FRONT_ENDS = ("http://localhost:3000", "http://localhost:5173", "http://127.0.0.1:5173")
"""Where the pages of front-end developers come from, by the habit of their tools."""


@dataclass(frozen=True, slots=True)
class Ports:
    """Where everything listens, all on the loopback address."""

    gateway: int = 8080
    secure: int = 8443
    staff: int = 8081
    envoy_admin: int = 9901
    postgres: int = 8190
    kafka: int = 8192
    kafka_controller: int = 8193
    ledger_worker: int = 8114
    mailbox: int = 8125
    services: dict[str, int] = field(default_factory=lambda: dict(SERVICES))

    @classmethod
    def free(cls) -> "Ports":
        """Ports nobody uses, for a platform beside another one."""
        single = {name: free_port() for name in asdict(cls()) if name != "services"}
        return cls(**single, services={name: free_port() for name in SERVICES})

    @property
    def gateway_url(self) -> str:
        """Where callers from outside come in."""
        return f"http://127.0.0.1:{self.gateway}"

    @property
    def secure_url(self) -> str:
        """The same with TLS: browsers keep their cookies only there."""
        return f"https://127.0.0.1:{self.secure}"

    @property
    def web_origins(self) -> tuple[str, ...]:
        """Where the pages of browsers come from."""
        return (self.secure_url, *FRONT_ENDS)

    @property
    def staff_url(self) -> str:
        """Where the insurer's staff come in."""
        return f"http://127.0.0.1:{self.staff}"

    @property
    def clock_followers(self) -> list[str]:
        """Where the services answer whose jobs run while identity moves the business clock."""
        return [self.url_of(service) for service in self.services if service != "identity"]

    def url_of(self, service: str) -> str:
        """Where one service answers by itself."""
        return f"http://127.0.0.1:{self.services[service]}"


@dataclass(frozen=True, slots=True)
class Part:
    """One process of a service: what it does of the service's work, and where it listens."""

    name: str
    service: str
    port: int
    options: tuple[str, ...] = ()


def parts(ports: Ports) -> list[Part]:
    """Every process of every service."""
    found: list[Part] = []
    for service, port in ports.services.items():
        if service == "ledger":
            # A large file keeps its worker busy; requests are answered beside it.
            found += [
                Part("ledger", service, port, ("--no-worker",)),
                Part("ledger-worker", service, ports.ledger_worker, ("--no-api",)),
            ]
        else:
            found.append(Part(service, service, port))
    return found
