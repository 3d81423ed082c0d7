"""Business acts of claims, one file per thing: load, decide, save, announce."""
