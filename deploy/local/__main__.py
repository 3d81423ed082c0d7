"""The commands behind `make demo`, `replay`, `up`, `down`, `status`, `logs`, `token`, `mails`."""

import signal
import subprocess
from pathlib import Path

import httpx
import typer
from rich.console import Console
from rich.table import Table

from .demo.client import PrivateKeyJwt, granted
from .demo.play import play
from .layout import ROOT
from .migration import write_migration
from .replay.play import replay as play_cases
from .secrets import DEMO_CLIENT, STAFF
from .stack import Stack

app = typer.Typer(no_args_is_help=True, add_completion=False, help=__doc__)
console = Console(highlight=False)


def _stack() -> Stack:
    return Stack(ROOT / ".local", say=lambda step: console.print(f"[dim]… {step}[/dim]"))


def _short(path: Path) -> str:
    return str(path.relative_to(ROOT)) if path.is_relative_to(ROOT) else str(path)


@app.command()
def demo() -> None:
    """Play the main job on a platform of its own, and say whether all went as it must."""
    # Tables need their room also where no terminal says how wide it is.
    wide = console if console.is_terminal else Console(highlight=False, width=140)
    raise typer.Exit(0 if play(ROOT / ".local", wide) else 1)


@app.command()
def replay(directory: Path) -> None:
    """Play the ledger cases of a directory, and say where they end otherwise than they expect."""
    # To be told to end is as good a reason to clean up as Ctrl-C.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    raise typer.Exit(0 if play_cases(directory, ROOT / ".local", console) else 1)


@app.command()
def up() -> None:
    """Start the platform, unless it is up, and say where it is."""
    stack = _stack()
    if not stack.is_up():
        stack.start()
    places = Table.grid(padding=(0, 2))
    places.add_row("gateway", stack.ports.gateway_url)
    places.add_row("documents", f"{stack.ports.gateway_url}/docs")
    places.add_row("for browsers", stack.ports.secure_url)
    places.add_row("its certificate", _short(stack.secrets.certificate()[0]))
    places.add_row("staff", stack.ports.staff_url)
    places.add_row("staff's key", _short(stack.secrets.client_key(STAFF)))
    places.add_row("demo client's key", _short(stack.secrets.client_key(DEMO_CLIENT)))
    places.add_row("logs", _short(stack.folder / "logs"))
    console.print(places)


@app.command()
def down() -> None:
    """Stop the platform; its data stays."""
    _stack().stop()


@app.command()
def status() -> None:
    """Say what runs."""
    table = Table.grid(padding=(0, 2))
    for name, process in _stack().processes().items():
        found = process.find()
        table.add_row(name, "[red]stopped[/red]" if found is None else f"runs as {found.pid}")
    console.print(table)


@app.command()
def logs(name: str = typer.Argument("", help="One process; all when left out.")) -> None:
    """Follow logs until Ctrl-C."""
    every = _stack().processes()
    chosen = [process for key, process in every.items() if key.startswith(name)]
    if not chosen:
        raise typer.BadParameter(f"one of {', '.join(every)}")
    files = [str(process.log) for process in chosen if process.log.exists()]
    subprocess.run(["tail", "-n", "50", "-F", *files], check=False)  # noqa: S607


@app.command()
def token() -> None:
    """Print an access token of staff, good for five minutes."""
    stack = _stack()
    staff = PrivateKeyJwt(stack.ports.gateway_url, STAFF, stack.secrets.client_key(STAFF))
    with httpx.Client() as client:
        typer.echo(granted(client.send(staff.token_request()))["access_token"])


@app.command()
def mails(to: str) -> None:
    """Print what has come for a mail address, oldest first."""
    for letter in _stack().mailbox.letters(to):
        typer.echo(letter)


@app.command()
def migration(service: str, message: str) -> None:
    """Write a migration from what a service's tables.py says and its migrations do not."""
    console.print(write_migration(service, message))


if __name__ == "__main__":
    app()
