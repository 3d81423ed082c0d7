"""Write the committed documents, or check that they say what the code says.

`python -m tools.api_documents write` after a change; `check` fails when somebody forgot.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import typer

from .evolution import breaks
from .fact_documents import asyncapi_document, fact_schemas
from .http_documents import public_document, staff_document
from .problem_catalogue import problem_catalogue
from .services import ROOT

app = typer.Typer(no_args_is_help=True, add_completion=False, help=__doc__)


class ListenersWouldBreak(Exception):
    """A fact's schema changed in a way that its listeners cannot follow."""


def documents() -> dict[Path, str]:
    """Every committed document as the code has it now."""
    made = {
        "openapi.json": public_document(),
        "openapi-staff.json": staff_document(),
        "asyncapi.json": asyncapi_document(),
        "problems.json": problem_catalogue(),
    } | {f"schemas/{name}.json": schema for name, schema in fact_schemas().items()}
    return {ROOT / name: _text(content) for name, content in made.items()}


@app.command()
def write(
    *,
    unreleased: Annotated[
        bool, typer.Option(help="Nobody listens yet: facts may change in any way.")
    ] = False,
) -> None:
    """Write every document; a fact may only grow, unless nobody was told of it yet."""
    made = documents()
    if not unreleased and (broken := list(_broken(made))):
        raise ListenersWouldBreak("; ".join(broken))
    for path in _left_over(made):
        path.unlink()
    for path, text in made.items():
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)


@app.command()
def check() -> None:
    """Fail when a committed document is not what the code says."""
    made = documents()
    stale = [path for path, text in made.items() if not path.exists() or path.read_text() != text]
    for path in [*stale, *_left_over(made)]:
        typer.echo(f"{path.relative_to(ROOT)} is not what the code says: run `make documents`")
    if stale or _left_over(made):
        raise typer.Exit(1)


def _text(content: Any) -> str:
    return json.dumps(content, ensure_ascii=False, indent=2) + "\n"


def _broken(made: dict[Path, str]) -> Iterator[str]:
    for path, text in made.items():
        if path.parent.name == "schemas" and path.exists():
            found = breaks(json.loads(path.read_text()), json.loads(text))
            yield from (f"{path.name}: {it}" for it in found)


def _left_over(made: dict[Path, str]) -> list[Path]:
    return [path for path in ROOT.glob("schemas/*.json") if path not in made]


if __name__ == "__main__":
    app()
