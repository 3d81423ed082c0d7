"""Who may enter which database: four roles for each service, and the URLs they enter by."""

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
