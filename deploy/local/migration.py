"""Writing a migration: on a throw-away database, so that the running one is never in between."""

import subprocess
import tempfile
from pathlib import Path

from deploy.postgres import ROLES, Postgres

from .layout import ROOT
from .service import COMMAND, inherited


def write_migration(service: str, message: str) -> str:
    """Write a service's next migration and give what Alembic says of it."""
    with tempfile.TemporaryDirectory() as folder:
        server = Postgres(Path(folder) / "postgres", durable=False)
        server.start()
        try:
            passwords = dict.fromkeys(ROLES, "draft")
            server.create_roles(service, passwords)
            server.create_database(service, service)
            urls = server.urls(service, service, passwords)
            environment = inherited() | urls.environment() | {"MOYAI_SERVICE": service}
            said = ""
            for words in (["migrate", service], ["revision", service, message]):
                done = subprocess.run(
                    [*COMMAND, *words], cwd=ROOT, env=environment, check=True, stdout=-1, text=True
                )
                said += done.stdout
            return said
        finally:
            server.drop()
