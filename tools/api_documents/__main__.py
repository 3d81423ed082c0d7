"""Write the committed documents, or check that they say what the code says.

`python -m tools.api_documents write` after a change; `check` fails when somebody forgot.
"""

from typing import Annotated

import typer

from .committed import documents, refuse_breaks, stale, write_down

app = typer.Typer(no_args_is_help=True, add_completion=False, help=__doc__)


@app.command()
def write(
    *,
    unreleased: Annotated[
        bool, typer.Option(help="Nobody listens yet: facts may change in any way.")
    ] = False,
) -> None:
    """Write every document; a fact may only grow, unless nobody was told of it yet."""
    made = documents()
    if not unreleased:
        refuse_breaks(made)
    write_down(made)


@app.command()
def check() -> None:
    """Fail when a committed document is not what the code says."""
    for name in (found := stale(documents())):
        typer.echo(f"{name} is not what the code says: run `make documents`")
    raise typer.Exit(bool(found))


if __name__ == "__main__":
    app()
