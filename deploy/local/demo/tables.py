"""The story's facts as tables to read."""

from collections.abc import Iterable

from rich.box import SIMPLE_HEAD
from rich.table import Table

from .client import Json


def ledgers(uploads: Iterable[Json]) -> Table:
    """Every ledger that was handed in, with its verdict."""
    table = new_table(
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


def findings(files: dict[str, list[Json]], what: str = "What was found in them") -> Table:
    """What was found in the broken ones, in both languages."""
    table = new_table(what, "rule", "row", "column", "item", "日本語", "English")
    for findings in files.values():
        table.add_section()
        for it in findings:
            items = ", ".join(map(str, it["item_nos"])) or "–"
            place = (str(it["row"] or "file"), it["column"] or "–", items)
            table.add_row(it["rule"], *place, it["detail"], it["detail_en"])
    return table


def contracts(contracts: Iterable[Json]) -> Table:
    """The contracts born from the good ones, branch by branch."""
    table = new_table(
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


def premiums(premiums: dict[str, str]) -> Table:
    """What each of them costs."""
    table = new_table("Premiums (保険料)", "policy-branch-history-revision", "yen")
    for assessment, amount in premiums.items():
        table.add_row(assessment, f"{int(amount):,}")
    return table


def statement(assessment: Json) -> Table:
    """How one premium was worked out, line by line."""
    table = new_table(
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


def last_uses(last_uses: dict[str, dict[str, str | None]]) -> Table:
    """When each policyholder last used a buyer."""
    buyers = sorted({buyer for used in last_uses.values() for buyer in used})
    table = new_table("Last use of each buyer (海外商社)", "buyer", *last_uses)
    for buyer in buyers:
        table.add_row(buyer, *(used.get(buyer) or "–" for used in last_uses.values()))
    return table


def procedures(procedures: Iterable[Json]) -> Table:
    """What stands on each policyholder's list."""
    table = new_table("Procedures (手続)", "policyholder", "title", "status", "finished")
    for it in procedures:
        finished = "yes" if it["finished"] else "no"
        table.add_row(it["policyholder_code"], it["title"], it["status"], finished)
    return table


def check_ledger(ledger: Json) -> Table:
    """What a holder was given to check."""
    title = f"Check ledger (照合用台帳) of {ledger['published_on']}: {ledger['status']}"
    table = new_table(title, "line", "policy number", "branch", "history", "")
    for it in ledger["lines"]:
        mark = "*" if it["mark"] else "OK"
        place = (it["policy_number"], it["branch_number"], it["history_number"])
        table.add_row(str(it["line"]), *place, mark)
    return table


def invoice(invoice: Json) -> Table:
    """What is to be paid, line by line."""
    title = (
        f"Invoice (保険料請求書) {invoice['invoice_number']}: "
        f"{int(invoice['total']['amount']):,} yen, due on {invoice['due_on']}"
    )
    table = new_table(title, "line", "policy number", "branch", "premium", "invoiced before", "yen")
    for it in invoice["lines"]:
        yen = [f"{int(it[name]['amount']):,}" for name in _OF_A_LINE]
        table.add_row(str(it["line"]), it["policy_number"], it["branch_number"], *yen)
    return table


_OF_A_LINE = ("premium", "already_invoiced", "amount")


def loss_notices(notices: Iterable[Json]) -> Table:
    """What was told of losses."""
    table = new_table(
        "Loss notices (損失等発生通知)",
        *("reference", "policy number", "buyer", "unpaid", "due", "to be told by", "status"),
    )
    for it in notices:
        unpaid = f"{it['unpaid']['amount']} {it['unpaid']['currency']}"
        table.add_row(
            it["reference"], it["policy_number"], it["buyer_code"], unpaid,
            it["due_on"], it["deadline_on"], it["status"],
        )  # fmt: skip
    return table


def problem(problem: Json) -> Table:
    """Why a notice was refused, in both languages."""
    table = new_table(f"Refused: {problem['reason']}", "日本語", "English")
    for it in (problem, *problem["errors"]):
        table.add_row(it["detail"], it["detail_en"])
    return table


def new_table(title: str, *columns: str) -> Table:
    """A table of the story, still empty."""
    table = Table(title=title, title_justify="left", title_style="bold", box=SIMPLE_HEAD)
    for column in columns:
        table.add_column(column, overflow="fold")
    return table
