"""The rules of the buyer register: pure functions over values."""
