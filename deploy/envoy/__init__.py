"""The gateway: Envoy, its templates, its routes, and what it answers by itself."""

from .gateway import Envoy, program
from .render import Gateway

__all__ = ["Envoy", "Gateway", "program"]
