"""The one shape of every refusal, as OpenAPI describes it."""

from typing import Any

from pydantic.json_schema import models_json_schema

from libs.common.problem_codes import ValidationFailed
from libs.common.problem_handlers import item
from libs.common.wire import Output

Json = dict[str, Any]


class ProblemItem(Output):
    """One thing to mend in what was sent, and where it stands; never what was sent."""

    code: str
    pointer: str | None
    parameter: str | None
    row: int | None
    column: str | None
    item_no: int | None
    params: dict[str, str]
    detail: str
    detail_en: str


class Problem(Output):
    """Why a request was refused (RFC 9457), in the caller's language and in English.

    Branch on `code`, `reason` and `errors[].code`; the texts are for people and may change.
    """

    type: str
    code: str
    status: int
    title: str
    title_en: str
    detail: str
    detail_en: str
    instance: str
    request_id: str
    retryable: bool
    reason: str | None
    rule: str | None
    current_version: int | None
    violated_policies: list[str]
    errors: list[ProblemItem]
    errors_total: int


def problem_schemas() -> Json:
    """The components `Problem` and `ProblemItem`."""
    _, definitions = models_json_schema(
        [(Problem, "serialization")], ref_template="#/components/schemas/{model}"
    )
    schemas: Json = definitions["$defs"]
    return schemas


def problem_example() -> Json:
    """A refusal as a client meets it first: one member was forgotten."""
    forgotten = ValidationFailed(items=[item("required", pointer="#/name")])
    request_id = "49a4c843-2f2b-4c39-9a37-0c0b6f0e8f11"
    return forgotten.body("/v1/…") | {"request_id": request_id}
