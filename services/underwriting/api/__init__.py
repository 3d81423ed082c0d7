"""HTTP side of underwriting: one file per resource."""
