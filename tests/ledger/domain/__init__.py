"""The rules of ledger files, told in tests: no database, no HTTP, only rows and days."""
