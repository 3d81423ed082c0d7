"""What an operation may answer, for its OpenAPI description."""

from typing import Any

from .problem_handlers import PROBLEM_JSON
from .problems import Problem, code_of

NAMED_PROBLEMS = "x-problems"
"""Where the description of an answer lists the refusals an endpoint named."""


def may_answer(*problems: type[Problem]) -> dict[int | str, dict[str, Any]]:
    """Describe the refusals an endpoint names, for `responses=`."""
    described: dict[int | str, dict[str, Any]] = {}
    for problem in problems:
        answer = described.setdefault(problem.status, {**_REFUSAL, NAMED_PROBLEMS: []})
        answer[NAMED_PROBLEMS].append(named(problem))
    return described


def named(problem: type[Problem]) -> dict[str, Any]:
    """Tell a refusal in few words: its code, its exact reason, and what it says."""
    japanese, english = problem.details()
    return {
        "status": problem.status,
        "code": code_of(problem).code,
        "reason": problem.reason_name(),
        "detail": japanese,
        "detail_en": english,
    }


_REFUSAL = {
    "description": "Refused",
    "content": {PROBLEM_JSON: {"schema": {"$ref": "#/components/schemas/Problem"}}},
}
