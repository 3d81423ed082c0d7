"""Tables (security §4): the database itself keeps policyholders apart, in every service."""

from collections.abc import Callable

import pytest

from deploy.postgres import DatabaseUrls
from libs.common.command import load
from libs.common.tables import Reference, TenantOwned
from tests.house.catalogue import Relation, read
from tests.house.sources import services

OF_NOBODY = {
    "alembic_version": "which migrations have run",
    "inbox_positions": "how far the service has read",
    "job_runs": "until when each job of the service has run",
    "upload_tasks": "which uploads wait for a worker, of every policyholder in turn",
    "upload_task_takers": "which processes began one of those tasks",
    "client_directory": "whose a client is, asked before anybody is known",
    "checkpoint_tasks": "which histories wait to be signed, of every policyholder in turn",
}
"""Tables without a tenant of their own, beside reference data, each with its reason."""

OWN_ROWS = (
    "(tenant = ( SELECT NULLIF(current_setting('app.tenant'::text, true), ''::text) AS \"nullif\"))"
)
APPENDED = {
    "revocations": "whoever ends a session or a key says so",
    "client_directory": "two administrators of a company may register its program",
}
"""Shared tables to which policyholders' acts may add, and nothing more."""

SEES_ALL = {("outbox", "relay"), ("idempotency_keys", "relay"), ("inbox_facts", "relay")}
"""Who may touch the rows of every policyholder: the relay tells facts and forgets what is old."""

WRITES = {"INSERT", "UPDATE", "DELETE"}

Databases = Callable[[str], DatabaseUrls]


@pytest.fixture(params=services())
def service(request: pytest.FixtureRequest) -> str:
    """Each service in turn."""
    return str(request.param)


async def _relations(databases_of: Databases, service: str) -> dict[str, Relation]:
    return await read(databases_of(service).owner)


def _kinds(service: str) -> tuple[set[str], set[str]]:
    """The tables that are mapped as a policyholder's own, and as reference data."""
    metadata = load(service).metadata
    found: dict[type, set[str]] = {}
    for owner in (TenantOwned, Reference):
        tables = [getattr(kind, "__table__", None) for kind in _heirs(owner)]
        found[owner] = {it.name for it in tables if it is not None and it.metadata is metadata}
    return found[TenantOwned], found[Reference]


def _heirs(kind: type) -> set[type]:
    heirs: set[type] = set(kind.__subclasses__())
    return heirs | {it for heir in heirs for it in _heirs(heir)}


async def test_every_table_is_somebodys(databases_of: Databases, service: str) -> None:
    """Given a migrated service, when its tables are walked, then each has an owner."""
    relations = await _relations(databases_of, service)
    own, shared = _kinds(service)

    unclear = [
        name
        for name, relation in relations.items()
        if name not in OF_NOBODY
        and name not in shared
        and not (name in own or "tenant" in relation.about["columns"])
    ]

    assert unclear == []


async def test_every_policyholders_table_is_secured(databases_of: Databases, service: str) -> None:
    """Given tables with a tenant, when read, then row security is forced, by the one policy."""
    relations = await _relations(databases_of, service)

    for name, relation in _of_tenants(relations, service):
        about = relation.about
        assert (about["secured"], about["forced"]) == (True, True), name
        [policy] = [it for it in relation.policies if it["policy"] == "own_rows"]
        assert (policy["shown"], policy["written"], policy["command"]) == (
            OWN_ROWS,
            OWN_ROWS,
            "ALL",
        )
        others = {
            (name, role.rpartition("_")[2])
            for it in relation.policies
            for role in it["roles"]
            if it is not policy
        }
        assert others <= SEES_ALL
        assert any("tenant <> ''" in check["text"] for check in relation.checks), name


async def test_every_key_of_a_policyholder_names_it(databases_of: Databases, service: str) -> None:
    """Given tables with a tenant, when their keys are read, then each begins with the tenant."""
    relations = await _relations(databases_of, service)
    owned = dict(_of_tenants(relations, service))

    for name, relation in owned.items():
        assert any(key["is_primary"] for key in relation.keys), name
        for key in relation.keys:
            assert key["columns"][0] == "tenant", (name, key)
        for reference in relation.references:
            assert reference["other"] not in owned or "tenant" in reference["columns"], reference


async def test_only_staff_write_what_all_read(databases_of: Databases, service: str) -> None:
    """Given reference data, when rights are read, then the policyholders' role only reads it."""
    relations = await _relations(databases_of, service)
    _, shared = _kinds(service)

    for name in shared:
        relation = relations[name]
        added = {"INSERT"} if name in APPENDED else set()
        assert relation.may(f"{service}_app") & WRITES == added, name
        assert not relation.may(f"{service}_relay"), name
        assert not relation.policies, name


async def test_the_relay_sees_the_outbox_alone(databases_of: Databases, service: str) -> None:
    """Given the relay's role, when its rights are read, then they are on the outbox."""
    relations = await _relations(databases_of, service)

    rights = {name: it.may(f"{service}_relay") for name, it in relations.items()}

    assert {name: may for name, may in rights.items() if may} == {
        "outbox": {"SELECT", "UPDATE", "DELETE"},
        "idempotency_keys": {"DELETE"},
        "inbox_facts": {"DELETE"},
    }


async def test_no_role_owns_what_it_works_on(databases_of: Databases, service: str) -> None:
    """Given every table and view, when its owner is read, then only migrations run as it."""
    relations = await _relations(databases_of, service)

    assert {it.about["owner"] for it in relations.values()} == {f"{service}_owner"}
    views = [it.about for it in relations.values() if it.about["kind"] in "vm"]
    assert all("security_invoker=true" in view["options"] for view in views)


def _of_tenants(relations: dict[str, Relation], service: str) -> list[tuple[str, Relation]]:
    _, shared = _kinds(service)
    return [
        (name, relation)
        for name, relation in relations.items()
        if "tenant" in relation.about["columns"] and name not in shared and name not in OF_NOBODY
    ]


def test_the_lists_are_no_longer_than_needed() -> None:
    """Given the listed tables, when the services are read, then each is somewhere."""
    names = {name for service in services() for name in load(service).metadata.tables}

    assert (OF_NOBODY.keys() | APPENDED.keys()) - names == {"alembic_version"}
