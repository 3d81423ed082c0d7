"""Business acts of buyers, one file per thing: load, decide, save, announce."""
