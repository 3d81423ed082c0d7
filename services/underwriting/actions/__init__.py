"""Business acts of underwriting, one file per thing: load, decide, save, announce."""
