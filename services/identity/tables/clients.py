"""Machine clients (マシンクライアント), their keys, and the assertions they have spent.

The directory has no tenant: it is asked before one is known.
"""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from libs.common.tables import Reference, TenantOwned

from .root import Base


class ClientDirectoryEntry(Reference, Base):
    """Whose a client id is; asked before any tenant is known."""

    __tablename__ = "client_directory"

    client_id: Mapped[str] = mapped_column(primary_key=True)
    tenant: Mapped[str]


class MachineClient(TenantOwned, Base):
    """A program that acts for a policyholder, or for staff when the tenant is the platform.

    `key_set_id` is the `sid` of its tokens: a new set of keys is a new id.
    """

    __tablename__ = "machine_clients"
    __table_args__ = (
        CheckConstraint("method IN ('PRIVATE_KEY_JWT', 'CLIENT_SECRET_BASIC')", name="method"),
        CheckConstraint("status IN ('ACTIVE', 'REVOKED')", name="status"),
        CheckConstraint(
            "(method = 'CLIENT_SECRET_BASIC') = (secret_hash IS NOT NULL)", name="secret_by_method"
        ),
        CheckConstraint(
            "secret_hash IS NULL OR cardinality(source_addresses) > 0", name="secret_has_addresses"
        ),
    )

    client_id: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    method: Mapped[str]
    key_set_id: Mapped[str]
    secret_hash: Mapped[bytes | None]
    scopes: Mapped[list[str]] = mapped_column(ARRAY(Text))
    batch_policyholders: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default="{}")
    source_addresses: Mapped[list[str]] = mapped_column(ARRAY(Text))
    status: Mapped[str]
    version: Mapped[int]
    registered_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]


def _of_client() -> ForeignKeyConstraint:
    return ForeignKeyConstraint(
        ["tenant", "client_id"], ["machine_clients.tenant", "machine_clients.client_id"]
    )


class ClientKey(TenantOwned, Base):
    """A public key a machine client signs its assertions with."""

    __tablename__ = "client_keys"
    __table_args__ = (_of_client(),)

    client_id: Mapped[str] = mapped_column(primary_key=True)
    kid: Mapped[str] = mapped_column(primary_key=True)
    algorithm: Mapped[str]
    jwk: Mapped[dict[str, Any]] = mapped_column(JSONB)
    expires_on: Mapped[date]


class UsedAssertion(TenantOwned, Base):
    """An assertion that has been spent; kept until it would have expired anyway."""

    __tablename__ = "used_assertions"
    __table_args__ = (_of_client(),)

    client_id: Mapped[str] = mapped_column(primary_key=True)
    jti: Mapped[str] = mapped_column(primary_key=True)
    expires_at: Mapped[datetime]
