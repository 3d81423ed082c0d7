"""The rules of the premium: pure functions over values, with no input or output."""
