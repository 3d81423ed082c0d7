"""Shape (style §10): tripwires for what grows too large to be read."""

import ast
import re
from pathlib import PurePosixPath
from statistics import median

import pytest

from tests.house.sources import (
    EXCEPTION,
    Function,
    Source,
    body_lines,
    services,
    sources,
)

pytestmark = pytest.mark.xdist_group("house")

LONGEST_FILE = 300
LONGEST_FUNCTION = 40
USUAL_FUNCTION = 15
MOST_PARAMETERS = 7
LONGEST_LINE = 100
DEEPEST_FOLDER = 2
FEWEST_TESTS = 0.8
FEWEST_OWN_TESTS = 0.5
NEVER = {"utils", "util", "helpers", "helper", "base", "misc", "manager", "managers"}

# What tells a tool why it may look away does not widen a line.
_PRAGMA = re.compile(r"  # (noqa|type: ignore).*")


def _is_data(source: Source) -> bool:
    """Whether a file is a migration: written once, read as a history, long where tables are."""
    return "/migrations/" in source.path


def test_no_file_is_too_long() -> None:
    """Given every file, when its lines are counted, then it stays under the tripwire."""
    found = [
        f"{source.path}: {len(source.lines)}"
        for source in sources()
        if len(source.lines) > LONGEST_FILE and not source.excuses(1, 20)
    ]

    assert found == []


def test_most_files_are_read_at_a_glance() -> None:
    """Given the files of libs and services, when they are measured, then most are short."""
    lengths = [len(source.lines) for source in sources("libs", "services")]

    assert median(lengths) <= 150


def test_no_function_is_too_long() -> None:
    """Given every function, when its body is counted, then it stays under the tripwire."""
    found = [
        f"{source.at(function)} {function.name}: {body_lines(function)}"
        for source in sources()
        for function in source.functions
        if body_lines(function) > LONGEST_FUNCTION
        and not _is_data(source)
        and not source.excuses(function.lineno, function.body[0].lineno)
    ]

    assert found == []


def test_most_functions_fit_in_fifteen_lines() -> None:
    """Given the functions of libs and services, when counted, then nine of ten are short."""
    lengths = [body_lines(it) for source in sources("libs", "services") for it in source.functions]

    assert sum(length <= USUAL_FUNCTION for length in lengths) / len(lengths) >= 0.9


def test_no_function_takes_too_much() -> None:
    """Given every function, when its parameters are counted, then they are seven at most."""
    found = [
        f"{source.at(function)} {function.name}: {_parameters(function)}"
        for source in sources()
        for function in source.functions
        if _parameters(function) > MOST_PARAMETERS
        and not source.excuses(function.lineno, function.body[0].lineno)
    ]

    assert found == []


def _parameters(function: Function) -> int:
    given = function.args
    names = [it.arg for it in (*given.posonlyargs, *given.args, *given.kwonlyargs)]
    return len([name for name in names if name not in ("self", "cls")])


def test_no_line_is_too_wide() -> None:
    """Given every file, when its widest line is measured, then two fit side by side."""
    found = [
        f"{source.path}:{number}"
        for source in sources()
        for number, line in enumerate(source.lines, 1)
        if len(_PRAGMA.sub("", line)) > LONGEST_LINE
    ]

    assert found == []


def test_folders_stay_flat() -> None:
    """Given every service, when its folders are entered, then two steps lead to any file."""
    found = [
        source.path
        for source in sources("services")
        if len(PurePosixPath(source.path).parts) - 3 > DEEPEST_FOLDER
    ]

    assert found == []


def test_every_file_says_what_it_is() -> None:
    """Given every file and folder, when its name is read, then it names a thing."""
    found = [
        source.path for source in sources() if NEVER & {*PurePosixPath(source.path[:-3]).parts}
    ]

    assert found == []


def test_everything_public_has_a_docstring() -> None:
    """Given every module, class and public function, when read, then its first line tells it."""
    found = [
        f"{source.path}:{getattr(node, 'lineno', 1)} {getattr(node, 'name', '')}"
        for source in sources()
        for node in (source.tree, *_public(source.tree))
        if not ast.get_docstring(node)
    ]

    assert found == []


def _public(tree: ast.Module | ast.ClassDef) -> list[ast.ClassDef | Function]:
    found: list[ast.ClassDef | Function] = []
    for node in tree.body:
        if isinstance(node, ast.ClassDef | Function) and not node.name.startswith("_"):
            found.append(node)
            found += _public(node) if isinstance(node, ast.ClassDef) else []
    return found


def test_the_house_is_tried_enough() -> None:
    """Given code and tests, when both are counted, then there is as much of one as of the other."""
    assert _read("tests") / (_read("libs") + _read("services")) >= FEWEST_TESTS


@pytest.mark.parametrize("service", services())
def test_every_service_is_tried_enough(service: str) -> None:
    """Given a service, when its own tests are counted, then they tell at least half of it."""
    assert _read(f"tests/{service}") / _read(f"services/{service}") >= FEWEST_OWN_TESTS


def _read(folder: str) -> int:
    return sum(len(source.lines) for source in sources(folder) if not _is_data(source))


def test_every_exception_has_a_reason() -> None:
    """Given the exceptions noted in the code, when they are read, then each says why."""
    noted = [
        (f"{source.path}:{number}", found["why"])
        for source in sources()
        for number, line in enumerate(source.lines, 1)
        if (found := EXCEPTION.search(line)) and "tests/house" not in source.path
    ]

    assert [place for place, why in noted if len(why.split()) < 4] == []
