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

    @classmethod
    def at(cls, place: str, service: str, passwords: Mapping[str, str]) -> "DatabaseUrls":
        """The URLs of a service's roles; the place is `host:port/database`."""
        urls = {role: f"postgresql://{service}_{role}:{passwords[role]}@{place}" for role in ROLES}
        return cls(**urls)

    def environment(self) -> dict[str, str]:
        """The settings a service finds its database by."""
        return {
            "MOYAI_DATABASE_URL": self.app,
            "MOYAI_DATABASE_STAFF_URL": self.staff,
            "MOYAI_DATABASE_RELAY_URL": self.relay,
            "MOYAI_DATABASE_OWNER_URL": self.owner,
        }


# psql puts the variables in, quoted as a name (:"…") or as a text (:'…').
MAKE_ROLE = """
    SELECT format('CREATE ROLE %I', :'role')
    WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = :'role') \\gexec
    ALTER ROLE :"role" LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE PASSWORD :'password';
"""
# Nobody enters but the four roles; temporary tables are how bulk rows come in.
MAKE_DATABASE = """
    CREATE DATABASE :"wanted" OWNER :"owner" TEMPLATE :"template";
    REVOKE ALL ON DATABASE :"wanted" FROM PUBLIC;
    GRANT CONNECT, TEMPORARY ON DATABASE :"wanted" TO :"app", :"relay", :"staff";
"""
_IF_MISSING = """
    SELECT NOT EXISTS (SELECT FROM pg_database WHERE datname = :'wanted') AS missing \\gset
    \\if :missing
"""
_END_IF = "    \\endif\n"


def members(service: str) -> dict[str, str]:
    """The names of a service's roles, by what they are for."""
    return {role: f"{service}_{role}" for role in ROLES}


def assign(variable: str, value: str) -> str:
    """The line that gives psql a variable."""
    quoted = value.replace("\\", "\\\\").replace("'", "''")
    return f"\\set {variable} '{quoted}'\n"


def script(service: str, passwords: Mapping[str, str]) -> str:
    """What psql runs to make a service's roles and database where they are not yet.

    It may run again: the roles get these passwords, and a database that is there stays.
    """
    said = [
        assign("role", name) + assign("password", passwords[role]) + MAKE_ROLE
        for role, name in members(service).items()
    ]
    place = members(service) | {"wanted": service, "template": "template1"}
    said += [assign(*variable) for variable in place.items()]
    return "".join([*said, _IF_MISSING, MAKE_DATABASE, _END_IF])
