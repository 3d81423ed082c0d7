"""What stands in a service's migrated database, asked as its owner."""

from dataclasses import dataclass, field
from typing import Any

import asyncpg

_TABLES = """
SELECT c.relname AS name, c.relkind::text AS kind, c.relrowsecurity AS secured,
       c.relforcerowsecurity AS forced, pg_get_userbyid(c.relowner) AS owner,
       coalesce(array_to_string(c.reloptions, ','), '') AS options,
       array(SELECT attname::text FROM pg_attribute
             WHERE attrelid = c.oid AND attnum > 0 AND NOT attisdropped ORDER BY 1) AS columns
FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p', 'v', 'm')
"""
_KEYS = """
SELECT t.relname AS name, i.indisprimary AS is_primary,
       array(SELECT attname::text FROM unnest(i.indkey) WITH ORDINALITY AS k (number, place)
             JOIN pg_attribute ON attrelid = t.oid AND attnum = k.number ORDER BY place) AS columns
FROM pg_index i JOIN pg_class t ON t.oid = i.indrelid
WHERE t.relnamespace = 'public'::regnamespace AND i.indisunique
ORDER BY 1, 3
"""
_REFERENCES = """
SELECT c.conrelid::regclass::text AS name, c.confrelid::regclass::text AS other,
       array(SELECT attname::text FROM pg_attribute
             WHERE attrelid = c.conrelid AND attnum = ANY(c.conkey) ORDER BY 1) AS columns
FROM pg_constraint c WHERE c.contype = 'f' AND c.connamespace = 'public'::regnamespace
ORDER BY 1, 2, 3
"""
_CHECKS = """
SELECT conrelid::regclass::text AS name, pg_get_constraintdef(oid) AS text
FROM pg_constraint WHERE contype = 'c' AND connamespace = 'public'::regnamespace
ORDER BY 1, 2
"""
_POLICIES = """
SELECT tablename::text AS name, policyname::text AS policy, roles::text[] AS roles,
       cmd AS command, coalesce(qual, '') AS shown, coalesce(with_check, '') AS written
FROM pg_policies WHERE schemaname = 'public'
ORDER BY 1, 2
"""
_RIGHTS = """
SELECT table_name::text AS name, grantee::text AS role, privilege_type::text AS right
FROM information_schema.role_table_grants WHERE table_schema = 'public'
"""

Row = dict[str, Any]


@dataclass
class Relation:
    """A table or view, and everything that is said about it."""

    about: Row
    keys: list[Row] = field(default_factory=list)
    references: list[Row] = field(default_factory=list)
    checks: list[Row] = field(default_factory=list)
    policies: list[Row] = field(default_factory=list)
    rights: set[tuple[str, str]] = field(default_factory=set)

    def may(self, role: str) -> set[str]:
        """List what a role may do with its rows."""
        return {right for holder, right in self.rights if holder == role}


async def read(url: str) -> dict[str, Relation]:
    """Read the catalogue of a database."""
    connection = await asyncpg.connect(url)
    found = {row["name"]: Relation(dict(row)) for row in await connection.fetch(_TABLES)}
    for query, place in (
        (_KEYS, "keys"),
        (_REFERENCES, "references"),
        (_CHECKS, "checks"),
        (_POLICIES, "policies"),
    ):
        for row in await connection.fetch(query):
            getattr(found[row["name"]], place).append(dict(row))
    for row in await connection.fetch(_RIGHTS):
        found[row["name"]].rights.add((row["role"], row["right"]))
    await connection.close()
    return found
