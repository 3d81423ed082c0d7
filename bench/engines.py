"""Engines for a bench: as durable as in earnest, thrown away afterwards."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from deploy.local.schema import migrate
from deploy.postgres import ROLES, DatabaseUrls, Postgres
from deploy.processes import free_port

_PASSWORDS = dict.fromkeys(ROLES, "bench")


@contextmanager
def database(service: str) -> Iterator[DatabaseUrls]:
    """A service's migrated database on a PostgreSQL of its own, with fsync on."""
    with tempfile.TemporaryDirectory() as folder:
        server = Postgres(Path(folder) / "postgres", free_port(), durable=True)
        server.start()
        try:
            server.create_roles(service, _PASSWORDS)
            server.create_database(service, f"{service}_bench")
            urls = server.urls(service, f"{service}_bench", _PASSWORDS)
            migrate(service, urls.owner)
            yield urls
        finally:
            server.drop()
