"""What the ledger keeps: uploads, entries, contracts with histories, copies of others' data."""

from .contracts import Contract, ContractHistory, SignificantDelays
from .cycle import (
    CheckLedger,
    CheckLedgerLine,
    CycleCalendar,
    Decision,
    FixedLedger,
    FixedLedgerLine,
    Hold,
    Mark,
    RefusedRow,
)
from .entries import Entry
from .register import Agreement, Buyer, CodeTable, Policyholder, RuleSeverity
from .root import Base
from .uploads import Upload, UploadFinding, UploadTask, UploadTaskTaker

__all__ = [
    "Agreement",
    "Base",
    "Buyer",
    "CheckLedger",
    "CheckLedgerLine",
    "CodeTable",
    "Contract",
    "ContractHistory",
    "CycleCalendar",
    "Decision",
    "Entry",
    "FixedLedger",
    "FixedLedgerLine",
    "Hold",
    "Mark",
    "Policyholder",
    "RefusedRow",
    "RuleSeverity",
    "SignificantDelays",
    "Upload",
    "UploadFinding",
    "UploadTask",
    "UploadTaskTaker",
]
