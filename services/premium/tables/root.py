"""Root of premium's tables, and what rows of a rulebook have in common."""

from sqlalchemy.orm import Mapped

from libs.common.plumbing import add_plumbing
from libs.common.tables import Table, new_metadata


class Base(Table):
    """Root of this service's tables."""

    __abstract__ = True
    metadata = new_metadata()


add_plumbing(Base.metadata)


class Sourced:
    """Rows that say where their numbers come from, and whether they only stand in for others."""

    source: Mapped[str]
    sample: Mapped[bool]
