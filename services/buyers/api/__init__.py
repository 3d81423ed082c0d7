"""HTTP side of buyers: one file per resource."""
