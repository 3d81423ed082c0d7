"""What containers are given of this machine: their secrets, and the gateway's configuration.

Shape: below one folder, `secrets/<service>/moyai_<setting>` as the services' settings read them,
`secrets/databases.sql`, `secrets/clients/<name>.pem`, and `gateway/*.yaml`. The folders open to
their owner alone; the files in them open to the accounts of containers, which nobody has here.
"""

from pathlib import Path

from deploy.envoy import Gateway
from deploy.local import SERVICES
from deploy.local.secrets import DEMO_CLIENT, STAFF, Secrets
from deploy.postgres import DatabaseUrls, script

GATEWAY_FOLDER = Path("/etc/envoy")
"""Where the gateway's container sees its configuration."""


def write_material(folder: Path, issuer: str, web_origins: tuple[str, ...] = ()) -> None:
    """Make the secrets that are not there yet, and write the configuration for this issuer."""
    _write_secrets(Secrets(folder / "secrets"))
    _gateway(issuer, web_origins).write(folder / "gateway", read_from=GATEWAY_FOLDER)
    for path in (folder, *folder.rglob("*")):
        path.chmod(0o700 if path.is_dir() else 0o644)


def _write_secrets(secrets: Secrets) -> None:
    scripts = []
    for service in SERVICES:
        passwords = secrets.passwords(service)
        secrets.of_service(service)
        secrets.tell_urls(service, DatabaseUrls.at(f"postgres:5432/{service}", service, passwords))
        scripts.append(script(service, passwords))
    secrets.superuser_password()
    secrets.tell_databases("".join(scripts))
    for client in (STAFF, DEMO_CLIENT):
        secrets.client_key(client)


def _gateway(issuer: str, web_origins: tuple[str, ...]) -> Gateway:
    """The gateway, which finds each service by its name."""
    services = {name: (name, port) for name, port in SERVICES.items()}
    return Gateway(
        services=services,
        issuer=issuer,
        host="0.0.0.0",  # noqa: S104 (in a container)
        web_origins=web_origins,
    )
