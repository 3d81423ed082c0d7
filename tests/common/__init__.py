"""The shared words and wires, at their edges."""
