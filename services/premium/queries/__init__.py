"""Named reads of premium: the rulebook, code tables, exchange rates and assessments."""
