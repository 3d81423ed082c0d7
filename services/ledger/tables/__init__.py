"""What the ledger keeps: uploads, contracts with their histories, copies of what others own."""

from .contracts import Contract, ContractHistory, SignificantDelays
from .register import Agreement, Buyer, CodeTable, Policyholder, RuleSeverity
from .root import Base
from .uploads import Upload, UploadFinding, UploadTask

__all__ = [
    "Agreement",
    "Base",
    "Buyer",
    "CodeTable",
    "Contract",
    "ContractHistory",
    "Policyholder",
    "RuleSeverity",
    "SignificantDelays",
    "Upload",
    "UploadFinding",
    "UploadTask",
]
