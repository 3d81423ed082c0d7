"""What the documents promise of every operation, beyond what the linter looks at."""

from collections.abc import Iterator

import pytest

from libs.common.permissions import OPERATOR, PERMISSIONS
from libs.common.security import unguarded_routes
from libs.common.service import Service
from tools.api_documents.example_values import EXAMPLES
from tools.api_documents.examples import example_of, is_valid
from tools.api_documents.http_documents import (
    DocumentsDisagree,
    Json,
    merge_schemas,
    public_document,
    staff_document,
)
from tools.api_documents.services import app_of, every_service
from tools.api_gates.routes import RoutesDiffer, check_routes

pytestmark = pytest.mark.xdist_group("documents")


@pytest.fixture(scope="module")
def public() -> Json:
    """What policyholders are told; it takes seconds to write."""
    return public_document()


@pytest.fixture(scope="module")
def staff() -> Json:
    """What the insurer's staff are told."""
    return staff_document()


def operations(document: Json) -> Iterator[Json]:
    """Every operation of a document."""
    for path in document["paths"].values():
        yield from path.values()


def scopes(operation: Json) -> list[str]:
    """The scopes an operation asks for."""
    return [scope for it in operation["security"] for scope in it.get("OAuth2", ())]


@pytest.mark.parametrize("service", every_service(), ids=lambda service: service.name)
def test_no_door_is_left_open_by_oversight(service: Service) -> None:
    """Given a service, when its routes are listed, then each is guarded or says why not."""
    assert unguarded_routes(app_of(service)) == []


def test_a_scope_opens_only_the_service_it_belongs_to(public: Json, staff: Json) -> None:
    """Given every operation, when its scopes are read, then they exist and are its service's."""
    asked = [
        (it, scope) for doc in (public, staff) for it in operations(doc) for scope in scopes(it)
    ]

    assert asked
    for operation, scope in asked:
        assert PERMISSIONS[scope].service == operation["x-service"], operation["operationId"]


def test_staff_and_policyholders_never_meet(public: Json, staff: Json) -> None:
    """Given both documents, when callers are listed, then staff have theirs to themselves."""
    assert all(OPERATOR not in it["x-audience"] for it in operations(public))
    assert all(it["x-audience"] == [OPERATOR] for it in operations(staff))


def test_what_is_internal_is_told_to_nobody(public: Json, staff: Json) -> None:
    """Given both documents, when their paths are listed, then none is internal."""
    assert all(path.startswith("/ops/v1/") for path in staff["paths"])
    assert not any(path.startswith(("/ops/", "/internal/")) for path in public["paths"])


def test_an_operation_is_named_once(public: Json, staff: Json) -> None:
    """Given both documents, when functions are listed, then no name is used twice."""
    names = [it["operationId"] for document in (public, staff) for it in operations(document)]

    assert len(names) == len(set(names))


def test_every_example_is_what_its_schema_describes(public: Json, staff: Json) -> None:
    """Given every body, when its example meets its schema, then it fits."""
    for document in (public, staff):
        schemas = document["components"]["schemas"]
        for operation in operations(document):
            for body in (operation.get("requestBody", {}), *operation["responses"].values()):
                for content in body.get("content", {}).values():
                    told = (operation["operationId"], content["example"])
                    assert is_valid(content["example"], content["schema"], schemas), told


def test_a_member_takes_the_example_of_its_name() -> None:
    """Given a schema without examples, when one is made, then it is the one of that name."""
    schema = {"type": "object", "properties": {"file_name": {"type": "string"}}}

    assert example_of(schema, {}) == {"file_name": EXAMPLES["file_name"]}


def test_one_name_for_two_things_is_refused() -> None:
    """Given a component of two services, when they differ, then both services are named."""
    schemas: Json = {}
    owners: dict[str, str] = {}
    merge_schemas(schemas, {"Code": {"type": "string"}}, owners, "premium")

    with pytest.raises(DocumentsDisagree, match=r"Code .* premium, another in ledger"):
        merge_schemas(schemas, {"Code": {"type": "integer"}}, owners, "ledger")


def test_the_gateway_leads_where_the_documents_say(public: Json, staff: Json) -> None:
    """Given the documents, when the gateway's table is compared, then every path has its way."""
    check_routes(public, staff)


def test_a_path_without_a_way_is_noticed(public: Json, staff: Json) -> None:
    """Given a path the gateway does not know, when the table is compared, then it is named."""
    operation = {"get": {"x-service": "claims"}}
    more = public | {"paths": public["paths"] | {"/v1/recovery-notices": operation}}

    with pytest.raises(RoutesDiffer, match="/v1/recovery-notices leads nowhere"):
        check_routes(more, staff)
