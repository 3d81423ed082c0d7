"""The story as it is told at the end: what was accepted, found, born and priced."""

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from deploy.local import Ports

from .client import Json
from .story import Story


def tell(story: Story, console: Console, *, logs: Path, report: Path) -> None:
    """Print what happened; a story that broke off is told as far as it came."""
    chapters: dict[str, Callable[[Any], Table]] = {
        "uploads": _ledgers,
        "findings": _findings,
        "contracts": _contracts,
        "premiums": _premiums,
        "statement": _statement,
        "last_uses": _last_uses,
        "procedures": _procedures,
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
    places.add_row("everything above, as JSON", str(report))
    places.add_row("a platform to try it on", "make up")
    places.add_row("… its gateway", ports.gateway_url)
    places.add_row("… its reference", f"{ports.gateway_url}/docs")
    console.print(places)


def _end_badly(story: Story, console: Console, logs: Path, report: Path) -> None:
    if story.failed:
        checks = _table("What was not as expected", "step", "check", "expected", "got")
        for check in story.failed:
            checks.add_row(check.step, check.name, str(check.expected), str(check.got))
        console.print(checks)
    if story.broken_by is not None:
        console.print(f"[red]✗ the story broke off in: {list(story.steps)[-2]}[/]")
        console.print(story.broken_by, markup=False)
    console.print(f"logs: {logs}\nreport: {report}")


def _ledgers(uploads: Iterable[Json]) -> Table:
    table = _table(
        "Ledgers handed in (申込台帳)",
        *("sender", "file", "rows", "status", "accepted", "refused", "errors", "warnings"),
    )
    for it in uploads:
        counts = ("accepted_count", "rejected_count", "error_count", "warning_count")
        table.add_row(
            it["sender"],
            it["file"],
            str(it["row_count"] or "–"),
            it["status"],
            *(str(it[count]) for count in counts),
        )
    return table


def _findings(files: dict[str, list[Json]]) -> Table:
    table = _table("What was found in them", "rule", "row", "column", "item", "日本語", "English")
    for findings in files.values():
        table.add_section()
        for it in findings:
            items = ", ".join(map(str, it["item_nos"])) or "–"
            place = (str(it["row"] or "file"), it["column"] or "–", items)
            table.add_row(it["rule"], *place, it["detail"], it["detail_en"])
    return table


def _contracts(contracts: Iterable[Json]) -> Table:
    table = _table(
        "Contracts born from them (証券)",
        *("policy number", "branch", "history", "status", "to", "currency", "principal"),
        *("last shipment", "settlements"),
    )
    for contract in contracts:
        for it in contract["branches"]:
            table.add_row(
                contract["policy_number"],
                it["branch_number"],
                it["history_number"],
                contract["status"],
                it["destination_country"],
                it["currency_code"],
                it["contract_principal"],
                it["last_shipment_date"],
                str(len(it["settlements"])),
            )
    return table


def _premiums(premiums: dict[str, str]) -> Table:
    table = _table("Premiums (保険料)", "policy-branch-history-revision", "yen")
    for assessment, amount in premiums.items():
        table.add_row(assessment, f"{int(amount):,}")
    return table


def _statement(assessment: Json) -> Table:
    table = _table(
        f"How {assessment['assessment_id']} was worked out, tariff of {assessment['edition']}",
        *("step", "", "formula", "figure", "unit", ""),
    )
    phase = None
    for it in assessment["steps"]:
        if it["phase"] != phase:
            table.add_section()
            phase = it["phase"]
        sample = "sample" if it["sample"] else ""
        table.add_row(it["name_ja"], it["name_en"], it["formula"], it["figure"], it["unit"], sample)
    return table


def _last_uses(last_uses: dict[str, dict[str, str | None]]) -> Table:
    buyers = sorted({buyer for used in last_uses.values() for buyer in used})
    table = _table("Last use of each buyer (海外商社)", "buyer", *last_uses)
    for buyer in buyers:
        table.add_row(buyer, *(used.get(buyer) or "–" for used in last_uses.values()))
    return table


def _procedures(procedures: Iterable[Json]) -> Table:
    table = _table("Procedures (手続)", "policyholder", "title", "status", "finished")
    for it in procedures:
        finished = "yes" if it["finished"] else "no"
        table.add_row(it["policyholder_code"], it["title"], it["status"], finished)
    return table


def _table(title: str, *columns: str) -> Table:
    table = Table(title=title, title_justify="left", title_style="bold", box=SIMPLE_HEAD)
    for column in columns:
        table.add_column(column, overflow="fold")
    return table
