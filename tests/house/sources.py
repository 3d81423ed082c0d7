"""The files of the house, as the rules look at them."""

import ast
import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

ROOT = Path(__file__).parents[2]
FOLDERS = ("libs", "services", "deploy", "tools", "bench", "tests")
EXCEPTION = re.compile(r"#\s*house:\s*(?P<why>.*)")
"""A noted exception, with its reason: `# house: one table, read from top to bottom`."""

Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True)
class Source:
    """One Python file."""

    path: str

    @cached_property
    def text(self) -> str:
        """What stands in it."""
        return (ROOT / self.path).read_text()

    @cached_property
    def lines(self) -> list[str]:
        """Its lines."""
        return self.text.splitlines()

    @cached_property
    def tree(self) -> ast.Module:
        """Its syntax."""
        return ast.parse(self.text)

    @property
    def folder(self) -> str:
        """The top folder it belongs to."""
        return self.path.partition("/")[0]

    @property
    def functions(self) -> Iterator[Function]:
        """Every function and method, nested ones, too."""
        for node in ast.walk(self.tree):
            if isinstance(node, Function):
                yield node

    def excuses(self, first: int, last: int) -> str | None:
        """Find the reason noted between two lines, for a rule that is not kept there."""
        for line in self.lines[max(first - 2, 0) : last]:
            if found := EXCEPTION.search(line):
                return found["why"]
        return None

    def at(self, node: ast.expr | ast.stmt | ast.ExceptHandler) -> str:
        """Name a place, so that an editor finds it."""
        return f"{self.path}:{node.lineno}"


def tracked() -> list[str]:
    """Every file of the project, those included that are only about to be."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return sorted(path for path in listed.split("\0") if path and (ROOT / path).is_file())


def sources(*folders: str) -> list[Source]:
    """Every Python file of some folders, or of all."""
    wanted = tuple(f"{folder}/" for folder in folders or FOLDERS)
    return [it for it in _sources() if it.path.startswith(wanted)]


@cache
def _sources() -> list[Source]:
    """Every Python file; each is read and understood once."""
    return [Source(path) for path in tracked() if path.endswith(".py")]


def services() -> list[str]:
    """Every service: what has a front door."""
    return sorted(path.parent.name for path in (ROOT / "services").glob("*/app.py"))


def docstring_lines(node: Function) -> int:
    """Count the lines a function's docstring takes."""
    first = node.body[0]
    is_docstring = ast.get_docstring(node, clean=False) is not None
    return (first.end_lineno or first.lineno) - first.lineno + 1 if is_docstring else 0


def body_lines(node: Function) -> int:
    """Count the lines of a function's body, without its signature and docstring."""
    first = node.body[0]
    return (node.end_lineno or first.lineno) - first.lineno + 1 - docstring_lines(node)
