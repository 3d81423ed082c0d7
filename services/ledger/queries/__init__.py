"""Named reads and bulk writes of the ledger."""
