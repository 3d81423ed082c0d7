"""What the premium context promises."""
