"""What holds for every test."""

from hypothesis import settings

# No test asserts a duration: the machines it runs on are shared.
settings.register_profile("moyai", deadline=None)
settings.load_profile("moyai")
