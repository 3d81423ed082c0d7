"""The whole platform on one machine: engines, services and gateway, without containers or root."""

from .layout import SERVICES, Ports
from .stack import Stack

__all__ = ["SERVICES", "Ports", "Stack"]
