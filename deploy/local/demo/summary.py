"""The story as it is told at the end: what was accepted, found, born and priced."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from deploy.local import Ports
from deploy.local.layout import ROOT

from . import tables
from .story import Story


def tell(story: Story, console: Console, *, logs: Path, report: Path) -> None:
    """Print what happened; a story that broke off is told as far as it came."""
    chapters: dict[str, Callable[[Any], Table]] = {
        "uploads": tables.ledgers,
        "findings": tables.findings,
        "contracts": tables.contracts,
        "premiums": tables.premiums,
        "statement": tables.statement,
        "check_ledger": tables.check_ledger,
        "invoice": tables.invoice,
        "later_findings": partial(tables.findings, what="What was refused later"),
        "loss_notices": tables.loss_notices,
        "too_late": tables.problem,
        "last_uses": tables.last_uses,
        "procedures": tables.procedures,
    }
    for fact, chapter in chapters.items():
        if fact in story.facts:
            console.print(chapter(story.facts[fact]))
    if story.is_good:
        _end_well(story, console, report)
    else:
        _end_badly(story, console, logs, report)


def _end_well(story: Story, console: Console, report: Path) -> None:
    seconds = sum(story.steps.values())
    console.print(f"[green]✓ all {len(story.checks)} checks hold[/], in {seconds:.0f} s")
    ports = Ports()
    places = Table.grid(padding=(0, 2))
    places.add_row("everything above, as JSON", _short(report))
    places.add_row("a platform to try it on", "make up")
    places.add_row("… its gateway", ports.gateway_url)
    places.add_row("… its reference", f"{ports.gateway_url}/docs")
    console.print(places)


def _end_badly(story: Story, console: Console, logs: Path, report: Path) -> None:
    if story.failed:
        checks = tables.new_table("What was not as expected", "step", "check", "expected", "got")
        for check in story.failed:
            checks.add_row(check.step, check.name, *_difference(check.expected, check.got))
        console.print(checks)
    if story.broken_by is not None:
        console.print(f"[red]✗ the story broke off in: {list(story.steps)[-1]}[/]")
        console.print(story.broken_by, markup=False)
    console.print(f"logs: {_short(logs)}\nreport: {_short(report)}")


def _short(path: Path) -> str:
    return str(path.relative_to(ROOT)) if path.is_relative_to(ROOT) else str(path)


def _difference(expected: object, got: object) -> tuple[str, str]:
    """What was expected and what came instead; of two records only where they differ."""
    if isinstance(expected, dict) and isinstance(got, dict):
        names = [name for name in expected | got if expected.get(name) != got.get(name)]
        expected, got = ({name: it.get(name) for name in names} for it in (expected, got))
    return str(expected), str(got)
