"""Rules of identity: pure functions over values."""
