"""HTTP of identity: one file per resource."""
