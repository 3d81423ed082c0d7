"""Code tables as they stand on a day."""

from datetime import date

from sqlalchemy import Select, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from .. import tables
from ..errors import CodeTableNotFound


def code_tables(as_of: date) -> Select[tables.CodeTableVersion]:
    """Select the version of every table that is in force on a day, for paging."""
    version = tables.CodeTableVersion
    begun = aliased(version)
    # The last published of those that have begun: a correction may begin on the same day.
    in_force = (
        select(func.max(begun.version))
        .where(begun.name == version.name, begun.valid_from <= as_of)
        .scalar_subquery()
    )
    return select(version).where(version.version == in_force)


async def code_table(tx: AsyncSession, name: str, as_of: date) -> tables.CodeTableVersion:
    """Find the version of a table that is in force on a day.

    Raises: CodeTableNotFound.
    """
    found = await tx.scalar(code_tables(as_of).where(tables.CodeTableVersion.name == name))
    if found is None:
        raise CodeTableNotFound
    return found


def codes(version: tables.CodeTableVersion) -> Select[tables.Code]:
    """Select the codes of one version, for paging."""
    code = tables.Code
    return select(code).where(code.name == version.name, code.version == version.version)
