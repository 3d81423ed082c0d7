"""`make replay`: ledger cases of a directory, played through the gateway and compared."""
