"""What an operation may answer, for its OpenAPI description."""

from typing import Any

from .problem_handlers import PROBLEM_JSON
from .problems import Problem, code_of


def may_answer(*problems: type[Problem]) -> dict[int | str, dict[str, Any]]:
    """Describe the refusals an endpoint names, for `responses=`."""
    described: dict[int | str, dict[str, Any]] = {}
    for problem in problems:
        told = f"`{code_of(problem).code}`"
        if reason := problem.reason_name():
            told += f" `{reason}`"
        text = f"{told}: {problem.details()[1]}"
        before = described.get(problem.status)
        described[problem.status] = {
            "description": f"{before['description']} · {text}" if before else text,
            "content": {PROBLEM_JSON: {"schema": {"$ref": "#/components/schemas/Problem"}}},
        }
    return described
