"""The documents as they are committed, beside what the code says now."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from .evolution import breaks
from .fact_documents import asyncapi_document, fact_schemas
from .http_documents import public_document, staff_document
from .ledger_rules import ledger_rules_page
from .problem_catalogue import problem_catalogue
from .services import ROOT

Documents = dict[Path, str]


class ListenersWouldBreak(Exception):
    """A fact's schema changed in a way that its listeners cannot follow."""


def documents() -> Documents:
    """Every document as the code has it now."""
    made = {
        "openapi.json": public_document(),
        "openapi-staff.json": staff_document(),
        "asyncapi.json": asyncapi_document(),
        "problems.json": problem_catalogue(),
    } | {f"schemas/{name}.json": schema for name, schema in fact_schemas().items()}
    pages = {ROOT / "docs" / "ledger-rules.md": ledger_rules_page()}
    return {ROOT / name: _text(content) for name, content in made.items()} | pages


def stale(made: Documents) -> list[str]:
    """Name the committed documents that are not what the code says."""
    changed = [path for path, text in made.items() if not path.exists() or path.read_text() != text]
    return [str(path.relative_to(ROOT)) for path in [*changed, *_left_over(made)]]


def refuse_breaks(made: Documents) -> None:
    """Let facts only grow.

    Raises: ListenersWouldBreak.
    """
    if broken := list(_broken(made)):
        raise ListenersWouldBreak("; ".join(broken))


def write_down(made: Documents) -> None:
    """Bring the committed documents to what the code says."""
    for path in _left_over(made):
        path.unlink()
    for path, text in made.items():
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)


def _text(content: Any) -> str:
    return json.dumps(content, ensure_ascii=False, indent=2) + "\n"


def _broken(made: Documents) -> Iterator[str]:
    for path, text in made.items():
        if path.parent.name == "schemas" and path.exists():
            found = breaks(json.loads(path.read_text()), json.loads(text))
            yield from (f"{path.name}: {it}" for it in found)
    yield from (f"{path.name} is gone" for path in _left_over(made))


def _left_over(made: Documents) -> list[Path]:
    return [path for path in sorted(ROOT.glob("schemas/*.json")) if path not in made]
