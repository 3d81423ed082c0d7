"""Every refusal has its texts in both languages, and the shape the documents promise."""

import re

import pytest
from jsonschema import Draft202012Validator

from libs.common.problem_codes import CODES
from libs.common.problems import Problem
from tools.api_documents.problem_catalogue import problem_catalogue
from tools.api_documents.problem_shape import problem_schemas
from tools.api_documents.services import every_reason

REASONS = sorted(every_reason(), key=lambda kind: (kind.__module__, kind.__name__))
KINDS = [*CODES.values(), *REASONS]
_JAPANESE = re.compile(r"[ぁ-んァ-ヶ一-龠]")

each = pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)


@each
def test_a_refusal_speaks_both_languages(kind: type[Problem]) -> None:
    """Given a refusal, when its texts are read, then one is English and one is Japanese."""
    japanese, english = kind.details()

    assert english.endswith((".", "?"))
    assert not _JAPANESE.search(english)
    assert _JAPANESE.search(japanese)
    assert _JAPANESE.search(kind.title)
    assert kind.title_en.isascii()


@each
def test_a_refusal_has_the_shape_the_documents_promise(kind: type[Problem]) -> None:
    """Given a refusal, when it is told, then its body fits the component Problem."""
    schemas = problem_schemas()
    promised = {"$ref": "#/components/schemas/Problem", "components": {"schemas": schemas}}

    body = kind().body("/v1/buyers/1234560")

    assert body.keys() == schemas["Problem"]["properties"].keys()
    assert list(Draft202012Validator(promised).iter_errors(body)) == []


def test_a_reason_is_given_by_one_service_in_one_sense() -> None:
    """Given all reasons, when a service's are listed, then no two are called the same."""
    names = [(kind.__module__.split(".")[1], kind.reason_name()) for kind in REASONS]

    assert len(names) == len(set(names))


def test_the_catalogue_leaves_no_refusal_out() -> None:
    """Given the catalogue, when its codes and reasons are counted, then all are there."""
    items = problem_catalogue()["items"]

    assert {item["code"] for item in items} == CODES.keys()
    assert sum(len(item["reasons"]) for item in items) == len(REASONS)
