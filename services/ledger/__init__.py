"""Ledger: contracts of the enterprise comprehensive insurance, born in ledger files (申込台帳)."""
