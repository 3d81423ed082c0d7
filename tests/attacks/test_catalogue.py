"""No attack of the security design is forgotten: the tests carry the marks the table promises."""

import ast
from collections.abc import Iterator
from pathlib import Path

from tests.attacks.catalogue import ATTACKS

_TESTS = Path(__file__).parents[1]
_MARK = "pytest.mark.attack"


def _marks(path: Path) -> Iterator[str]:
    """The ids by which the tests of a file are marked, wherever the mark stands."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and ast.unparse(node.func) == _MARK:
            yield from (str(it.value) for it in node.args if isinstance(it, ast.Constant))


def test_the_table_knows_every_attack_once() -> None:
    """Given the design's 63 attacks, when the table is read, then each stands there once."""
    assert [attack.id for attack in ATTACKS] == [f"S{number:02d}" for number in range(1, 64)]


def test_every_attack_is_performed_unless_it_says_why_not() -> None:
    """Given the marks of all tests, when compared with the table, then both agree."""
    marked = {mark for path in _TESTS.rglob("test_*.py") for mark in _marks(path)}

    performed = {attack.id for attack in ATTACKS if attack.waits_for is None}
    assert marked == performed
