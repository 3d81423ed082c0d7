"""The platform, described by examples."""
