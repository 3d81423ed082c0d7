"""What containers are given works on the real engines: their roles, and their gateway."""

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from ruamel.yaml import YAML

from deploy.containers import write_material
from deploy.envoy import program
from deploy.local import SERVICES
from deploy.postgres import Postgres

# One worker starts one server.
pytestmark = pytest.mark.xdist_group("material")


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What is written before containers start."""
    folder = tmp_path_factory.mktemp("containers")
    write_material(folder, "http://127.0.0.1:8080")
    return folder


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Postgres]:
    """An empty server, as a container's is when it starts for the first time."""
    server = Postgres(tmp_path_factory.mktemp("empty") / "postgres", durable=False)
    server.start()
    yield server
    server.drop()


def _urls(written: Path, service: str) -> dict[str, str]:
    folder = written / "secrets" / service
    return {it.name: it.read_text() for it in folder.glob("moyai_database*")}


async def test_the_script_makes_roles_and_databases_once(server: Postgres, written: Path) -> None:
    """Given an empty server, when the script runs twice, then every role enters its database."""
    script = (written / "secrets" / "databases.sql").read_text()

    server.sql(script)
    server.sql(script)

    for service in SERVICES:
        for name, url in _urls(written, service).items():
            here = url.replace("@postgres:5432/", f"@127.0.0.1:{server.port}/")
            connection = await asyncpg.connect(here)
            role = await connection.fetchval("SELECT current_user || '@' || current_database()")
            await connection.close()
            kind = name.removeprefix("moyai_database").strip("_").removesuffix("url").strip("_")
            assert role == f"{service}_{kind or 'app'}@{service}"


async def test_no_role_enters_another_services_database(server: Postgres, written: Path) -> None:
    """Given roles that were made, when one tries another database, then it is not let in."""
    server.sql((written / "secrets" / "databases.sql").read_text())
    url = _urls(written, "buyers")["moyai_database_url"]
    there = url.replace("@postgres:5432/buyers", f"@127.0.0.1:{server.port}/ledger")

    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await asyncpg.connect(there)


def test_envoy_takes_the_gateways_configuration(written: Path, tmp_path: Path) -> None:
    """Given listeners and clusters for containers, when Envoy reads all of them, then it agrees."""
    found = {
        name: [_typed(it) for it in _read(written, name)["resources"]]
        for name in ("listeners", "clusters")
    }
    # Envoy checks what it begins with, and reads other files only when it runs.
    whole = _read(written, "envoy") | {"static_resources": found}
    del whole["dynamic_resources"]
    (tmp_path / "envoy.json").write_text(json.dumps(whole))

    checked = subprocess.run(
        [program(), "--mode", "validate", "-c", tmp_path / "envoy.json"],
        capture_output=True,
        text=True,
        check=False,
    )

    assert checked.returncode == 0, checked.stderr
    assert [it["name"] for it in found["clusters"]] == list(SERVICES)


def test_the_gateway_reads_its_files_where_its_container_has_them(written: Path) -> None:
    """Given the first file, when the others are named in it, then as the container sees them."""
    sources = _read(written, "envoy")["dynamic_resources"]

    paths = {kind: it["path_config_source"]["path"] for kind, it in sources.items()}
    assert paths == {
        "cds_config": "/etc/envoy/clusters.yaml",
        "lds_config": "/etc/envoy/listeners.yaml",
    }


def _read(written: Path, name: str) -> dict[str, Any]:
    found: dict[str, Any] = YAML(typ="safe").load(written / "gateway" / f"{name}.yaml")
    return found


def _typed(resource: dict[str, Any]) -> dict[str, Any]:
    """A resource without the mark of its type, which a list of that type does not take."""
    return {key: value for key, value in resource.items() if key != "@type"}
