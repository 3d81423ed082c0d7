"""The ledger service, told in tests."""
