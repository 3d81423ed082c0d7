"""PostgreSQL on this machine: the real server of a wheel, its roles and its databases."""

from .roles import ROLES, DatabaseUrls, script
from .server import Postgres

__all__ = ["ROLES", "DatabaseUrls", "Postgres", "script"]
