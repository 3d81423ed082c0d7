"""The gateway: Envoy, its templates, its routes, and what it answers by itself."""

from .gateway import Envoy, program
from .render import Certificate, Gateway

__all__ = ["Certificate", "Envoy", "Gateway", "program"]
