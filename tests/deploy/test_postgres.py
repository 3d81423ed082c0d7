"""The local PostgreSQL: what it keeps, and whom it lets in."""

import asyncpg
import pytest

from deploy.postgres import ROLES, Postgres

_PASSWORDS = {role: f"{role}-secret" for role in ROLES}


pytestmark = pytest.mark.xdist_group("mortal")


@pytest.fixture(scope="module")
def server(mortal_postgres: Postgres) -> Postgres:
    """A server that may be killed, with the database of one service."""
    mortal_postgres.create_roles("buyers", _PASSWORDS)
    mortal_postgres.create_database("buyers", "buyers")
    return mortal_postgres


async def _enter(server: Postgres, role: str, password: str, database: str) -> asyncpg.Connection:
    return await asyncpg.connect(
        host="127.0.0.1", port=server.port, user=role, password=password, database=database
    )


def test_a_killed_server_keeps_what_it_confirmed(server: Postgres) -> None:
    """Given a committed row, when the server is killed and started again, then the row is there."""
    server.sql("CREATE TABLE kept (word text); INSERT INTO kept VALUES ('rope')", "buyers")

    server.kill()
    server.start()

    assert server.sql("SELECT word FROM kept", "buyers") == "rope"


def test_a_restarted_server_has_the_same_address(server: Postgres) -> None:
    """Given a stopped server, when its home is opened anew, then it serves the same databases."""
    server.stop()

    again = Postgres(server.home, server.port)
    again.start()

    assert again.has_database("buyers")
    again.stop()
    server.start()


async def test_a_role_enters_only_with_its_password(server: Postgres) -> None:
    """Given a service's role, when it comes with a wrong password, then it stays outside."""
    with pytest.raises(asyncpg.InvalidPasswordError):
        await _enter(server, "buyers_app", "guessed", "buyers")

    connection = await _enter(server, "buyers_app", _PASSWORDS["app"], "buyers")

    assert await connection.fetchval("SELECT current_user") == "buyers_app"
    await connection.close()


async def test_no_service_enters_the_database_of_another(server: Postgres) -> None:
    """Given two services, when one's role turns to the other's database, then it is refused."""
    server.create_roles("claims", _PASSWORDS)

    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await _enter(server, "claims_app", _PASSWORDS["app"], "buyers")


def test_no_role_passes_by_the_row_policies(server: Postgres) -> None:
    """Given a service's roles, when their rights are listed, then none is above the policies."""
    above = server.sql(
        "SELECT rolname FROM pg_roles WHERE rolname LIKE 'buyers_%' AND (rolsuper OR rolbypassrls)"
    )

    assert above == ""


def test_a_copied_database_has_the_tables_of_its_template(server: Postgres) -> None:
    """Given a database with a table, when it is copied, then the copy's roles find the table."""
    server.sql("CREATE TABLE copied (word text)", "buyers")

    server.create_database("buyers", "buyers_copy", template="buyers")

    assert server.sql("SELECT count(*) FROM copied", "buyers_copy") == "0"
