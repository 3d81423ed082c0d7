"""What all tables have in common: names for constraints, and whose the rows are."""

from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import DateTime, MetaData, Text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


def new_metadata() -> MetaData:
    """Give one service's empty catalogue of tables, with our naming convention."""
    return MetaData(naming_convention=NAMING)


class Table(DeclarativeBase):
    """Root of every mapped class; a service's `tables.py` derives its own `Base` from it."""

    __abstract__ = True
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        str: Text(),
        datetime: DateTime(timezone=True),
    }


class TenantOwned:
    """Rows that belong to one policyholder; the database shows them to nobody else."""

    tenant: Mapped[str] = mapped_column(primary_key=True, sort_order=-1)


class Reference:
    """Rows every tenant may read; only staff acts and the inbox write them."""
