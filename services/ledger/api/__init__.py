"""HTTP side of the ledger: one file per resource."""
