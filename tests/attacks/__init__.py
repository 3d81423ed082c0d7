"""Attacks of the security design, performed on every service at once."""
