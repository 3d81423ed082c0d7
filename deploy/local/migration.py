"""Writing a migration: on a throw-away database, so that no running one is ever in between."""

import subprocess
import tempfile
from pathlib import Path

from deploy.postgres import ROLES, Postgres

from .layout import ROOT
from .schema import migrate
from .service import COMMAND, inherited


def write_migration(service: str, message: str) -> str:
    """Write a service's next migration and give what Alembic says of it."""
    passwords = dict.fromkeys(ROLES, "draft")
    with tempfile.TemporaryDirectory() as folder:
        server = Postgres(Path(folder) / "postgres", durable=False)
        server.start()
        try:
            server.create_roles(service, passwords)
            server.create_database(service, service)
            urls = server.urls(service, service, passwords)
            migrate(service, urls.owner)
            return subprocess.run(
                [*COMMAND, "revision", service, message],
                cwd=ROOT,
                env=inherited() | urls.environment() | {"MOYAI_SERVICE": service},
                check=True,
                capture_output=True,
                text=True,
            ).stdout
        finally:
            server.drop()
