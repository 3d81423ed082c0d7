"""The rules of claims: pure functions over values."""
