"""Rules of underwriting, without input or output."""
