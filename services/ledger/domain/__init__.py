"""The rules of ledger files: from bytes to findings and canonical rows; no I/O, no framework."""
