"""Business acts of the ledger: load, decide, save, announce."""
