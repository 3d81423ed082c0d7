"""Manners (style §5 and §11): what nobody does here, and where the few exceptions stand."""

import ast
import re
import sys
from collections.abc import Iterator

import pytest

from tests.house.sources import Function, Source, sources

pytestmark = pytest.mark.xdist_group("house")

CATCH_ALL = {
    "libs/common/jobs.py",  # A job that fails is told to the log, and tried again.
    "libs/common/listener.py",  # A fact nobody can handle must not hold up the others.
    "services/ledger/actions/processing.py",  # An upload nobody can read must not, either.
}
"""The loops that go on whatever happens."""

VALUES = {
    "jaconv",
    "libs.common.dates",
    "libs.common.money",
    "numpy",
    "numpy.typing",
    "polars",
}
"""What rules may count with, beside the standard library and their own service's errors."""

SLEEPS = {"sleep"}
NO_REAL_THING = {"mock", "unittest.mock", "pytest_mock", "pytest.mark.skip", "pytest.mark.xfail"}
_TODO = re.compile(r"\b(TODO|FIXME|XXX)\b(?!\(#\d+\))")


def _calls(source: Source) -> Iterator[tuple[ast.Call, str]]:
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Call):
            yield node, ast.unparse(node.func)


def test_what_is_left_to_do_has_a_number() -> None:
    """Given every file, when something is left to do, then its issue's number stands there."""
    found = [
        f"{source.path}:{number}"
        for source in sources()
        for number, line in enumerate(source.lines, 1)
        if _TODO.search(line) and "tests/house" not in source.path
    ]

    assert found == []


def test_tests_move_time_and_never_sleep() -> None:
    """Given every test, when it has to wait, then for something and not for a while."""
    found = [
        source.at(call)
        for source in sources("tests")
        for call, name in _calls(source)
        if name.rpartition(".")[2] in SLEEPS
        and ast.unparse(call) != "asyncio.sleep(0)"
        and not source.excuses(call.lineno, call.lineno)
    ]

    assert found == []


def test_nothing_is_swallowed_outside_the_loops() -> None:
    """Given every handler of errors, when it takes all of them, then it is a listed loop."""
    found = [
        source.at(node)
        for source in sources("libs", "services", "deploy", "tools", "bench")
        for node in ast.walk(source.tree)
        if isinstance(node, ast.ExceptHandler)
        and (node.type is None or ast.unparse(node.type) in ("Exception", "BaseException"))
        and source.path not in CATCH_ALL
    ]

    assert found == []


def test_the_list_of_loops_is_no_longer_than_needed() -> None:
    """Given the loops that may take every error, when they are read, then each still does."""
    catching = {
        source.path for source in sources() if re.search(r"except (Base)?Exception\b", source.text)
    }

    assert CATCH_ALL - catching == set()


def test_tests_stand_on_the_real_thing() -> None:
    """Given every test, when it is read, then nothing is mocked, skipped or expected to fail."""
    found = [
        source.at(node)
        for source in sources("tests")
        for node in ast.walk(source.tree)
        if (isinstance(node, ast.Import | ast.ImportFrom) and _imports(node) & NO_REAL_THING)
        or (isinstance(node, ast.Attribute) and ast.unparse(node) in NO_REAL_THING)
        or (isinstance(node, ast.Call) and ast.unparse(node.func) == "pytest.skip")
    ]

    assert found == []


def _imports(node: ast.Import | ast.ImportFrom) -> set[str]:
    if isinstance(node, ast.ImportFrom):
        return {node.module or ""}
    return {alias.name for alias in node.names}


def test_every_test_is_a_sentence() -> None:
    """Given every test, when its docstring is read, then it says given, and when or then."""
    found = [
        f"{source.at(test)} {test.name}"
        for source in sources("tests")
        for test in source.functions
        if test.name.startswith("test_") and not _is_story(test)
    ]

    assert found == []


def _is_story(test: Function) -> bool:
    told = ast.get_docstring(test) or ""
    return told.startswith("Given ") and (" when " in told or " then " in told)


def test_rules_count_with_values_only() -> None:
    """Given every domain, when its imports are read, then they are values and nothing else."""
    found = [
        f"{source.at(node)} {name}"
        for source in sources("services")
        if "/domain/" in source.path
        for node in ast.walk(source.tree)
        if isinstance(node, ast.Import) or (isinstance(node, ast.ImportFrom) and not node.level)
        for name in _imports(node)
        if name not in VALUES and name.partition(".")[0] not in sys.stdlib_module_names
    ]

    assert found == []


def test_rules_do_no_io() -> None:
    """Given every domain, when its calls are read, then none opens, prints, waits or asks time."""
    never = {"open", "print", "datetime.now", "date.today", "time.time", "random.random", "uuid4"}
    found = [
        source.at(call)
        for source in sources("services")
        if "/domain/" in source.path
        for call, name in _calls(source)
        if name in never and not source.excuses(call.lineno, call.lineno)
    ]
    asynchronous = [
        f"{source.path}:{node.lineno}"
        for source in sources("services")
        if "/domain/" in source.path
        for node in source.functions
        if isinstance(node, ast.AsyncFunctionDef)
    ]

    assert found + asynchronous == []


def test_actions_never_commit() -> None:
    """Given every act, when its calls are read, then whoever opened the transaction commits it."""
    found = [
        source.at(call)
        for source in sources("services")
        for call, name in _calls(source)
        if name.rpartition(".")[2] in ("commit", "rollback")
    ]

    assert found == []
