"""Business acts of identity: load, decide, save, announce."""
