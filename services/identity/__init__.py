"""identity: who the callers are, and whether they still are."""
