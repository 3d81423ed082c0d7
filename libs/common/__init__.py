"""Words and wires that must be the same in every service."""
