"""HTTP side of premium: one file per resource."""
