"""What the six services have in common."""
