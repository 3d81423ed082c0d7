"""HTTP side of claims: one file per resource."""
