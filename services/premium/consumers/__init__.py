"""Facts premium hears, and the act each one leads to."""

from . import contracts, fixed_ledgers, registers
from .root import inbox

__all__ = ["contracts", "fixed_ledgers", "inbox", "registers"]
