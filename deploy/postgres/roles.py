"""Who may enter which database: four roles for each service, and the URLs they enter by."""

from collections.abc import Mapping
from dataclasses import dataclass

# owner: migrations · app: requests and consumers · relay: outbox of all tenants · staff: ops.
ROLES = ("owner", "app", "relay", "staff")


@dataclass(frozen=True, slots=True)
class DatabaseUrls:
    """One service's database, as each of its roles enters it."""

    owner: str
    app: str
    relay: str
    staff: str

    def environment(self) -> dict[str, str]:
        """The settings a service finds its database by."""
        return {
            "MOYAI_DATABASE_URL": self.app,
            "MOYAI_DATABASE_STAFF_URL": self.staff,
            "MOYAI_DATABASE_RELAY_URL": self.relay,
            "MOYAI_DATABASE_OWNER_URL": self.owner,
        }


def roles_sql(service: str, passwords: Mapping[str, str]) -> str:
    """The statements that make a service's roles, or give them these passwords."""
    return "\n".join(_role_sql(f"{service}_{role}", passwords[role]) for role in ROLES)


def _role_sql(role: str, password: str) -> str:
    """Make one role that can log in and can pass by no row policy."""
    return f"""
        SELECT 'CREATE ROLE {name(role)}'
        WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = {text(role)}) \\gexec
        ALTER ROLE {name(role)} LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE
        PASSWORD {text(password)};
    """


def database_sql(service: str, database: str, template: str) -> str:
    """The statements that make a database only its own service's roles can enter."""
    others = ", ".join(name(f"{service}_{role}") for role in ROLES if role != "owner")
    return f"""
        CREATE DATABASE {name(database)} OWNER {name(f"{service}_owner")}
        TEMPLATE {name(template)};
        REVOKE ALL ON DATABASE {name(database)} FROM PUBLIC;
        GRANT CONNECT, TEMPORARY ON DATABASE {name(database)} TO {others};
    """


def name(identifier: str) -> str:
    """An SQL name, quoted."""
    return '"' + identifier.replace('"', '""') + '"'


def text(value: str) -> str:
    """An SQL text, quoted."""
    return "'" + value.replace("'", "''") + "'"
