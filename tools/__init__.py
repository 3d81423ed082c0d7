"""Commands for those who build the platform; no running service needs them."""
