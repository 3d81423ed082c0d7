"""What stands on a platform, row by row, and how it differs from what must."""

import csv
import io
from dataclasses import dataclass, field

from deploy.local import Stack

from .replay import ITEMS, Key, Tables

_HISTORY = "policy_number, branch_number, history_number"
_STATE = f"{_HISTORY}, revision"
# Of each table the service that has it, how many columns name a row, and what is read of it.
_READ = {
    "contracts": (
        "ledger",
        1,
        """
        policy_number, agreement_code, applicant_code, received_on, upload_id, status, version
        FROM contracts
        """,
    ),
    "histories": (
        "ledger",
        3,
        f"""
        {_HISTORY}, {", ".join(ITEMS)}, settlements::jsonb, upload_id, upload_row
        FROM contract_histories
        """,
    ),
    "delays": ("ledger", 1, "agreement_code, counted FROM significant_delays"),
    "findings": (
        "ledger",
        3,
        "upload_id, row, rule, severity, params ->> 'n' FROM upload_findings",
    ),
    "uploads": (
        "ledger",
        1,
        """
        id, status, row_count, policy_count, accepted_count, rejected_count, error_count,
        warning_count, findings_kept FROM uploads
        """,
    ),
    "refused": ("ledger", 2, "upload_id, row, policy_number, agreement_code FROM refused_rows"),
    "shown": ("ledger", 7, f"kind, {_STATE}, upload_id, upload_row FROM check_ledger_lines"),
    "fixed": (
        "ledger",
        4,
        f"""
        {_STATE}, line, month, invoice_number FROM fixed_ledger_lines AS line
        JOIN fixed_ledgers AS ledger ON ledger.id = line.fixed_ledger_id
        """,
    ),
    "assessments": ("premium", 4, f"{_STATE}, bucket, premium FROM assessments"),
    "invoiced": (
        "premium",
        4,
        f"{_STATE}, line, premium, already_invoiced, amount FROM invoice_lines",
    ),
    "invoices": ("premium", 1, "invoice_number, status, month, line_count, total FROM invoices"),
    "policies": (
        "underwriting",
        1,
        "policy_number, agreement_code, applicant_code, version FROM policies",
    ),
    "states": (
        "underwriting",
        3,
        f"""
        {_STATE}, status, contract_date, last_shipment_date, currency, contract_principal,
        destination_country, payer_code FROM policy_histories
        """,
    ),
    "procedures": ("underwriting", 1, "reference_id, status, version FROM procedures"),
    "copies": (
        "claims",
        3,
        f"""
        {_STATE}, status, currency, contract_date, pre_shipment_amount, post_shipment_amount,
        payer_code, sales_counterparty_code FROM branch_histories
        """,
    ),
    "uses": ("buyers", 1, "buyer_code, last_used_on, policy_number FROM buyer_uses"),
}


@dataclass
class Difference:
    """How what stands differs from what must: by rows lost, doubled, and saying something else."""

    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    different: list[str] = field(default_factory=list)
    rows: int = 0

    def __bool__(self) -> bool:
        """Say whether there is any."""
        return bool(self.lost or self.doubled or self.different)

    def __repr__(self) -> str:
        """Show a few of each."""
        kinds = {"lost": self.lost, "doubled": self.doubled, "different": self.different}
        return "; ".join(f"{len(it)} {kind}: {it[:3]}" for kind, it in kinds.items() if it)

    def look_at(self, table: str, must: dict[Key, Key], stands: list[tuple[Key, Key]]) -> None:
        """Compare one table."""
        self.rows += len(stands)
        found = dict(stands)
        self.lost += [f"{table} {key}" for key in must.keys() - found.keys()]
        self.doubled += [f"{table} {key}" for key in found.keys() - must.keys()]
        self.doubled += [table] * (len(stands) - len(found))
        self.different += [
            f"{table} {key}: {found[key]} is not {must[key]}"
            for key in must.keys() & found.keys()
            if found[key] != must[key]
        ]


def compared(stack: Stack, must: Tables) -> Difference:
    """Compare every row that stands with what must."""
    difference = Difference()
    for table in _READ:
        difference.look_at(table, must.get(table, {}), rows(stack, table))
    return difference


def rows(stack: Stack, table: str) -> list[tuple[Key, Key]]:
    """Read the rows of a table, by name: what names each, and what it says."""
    service, names, what = _READ[table]
    said = stack.postgres.sql(f"COPY (SELECT {what}) TO STDOUT WITH (FORMAT csv)", service)
    found = [tuple(row) for row in csv.reader(io.StringIO(said))]
    return [(row[:names], row[names:]) for row in found]
