"""The engines, the gateway and the local stack, described by examples."""
