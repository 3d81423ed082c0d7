"""The platform in containers: what `docker-compose.yml` reads from this machine."""

from .material import write_material

__all__ = ["write_material"]
