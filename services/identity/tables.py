"""What identity keeps: policyholders, machine clients and their keys, our own keys, revocations.

Three tables have no tenant, because they are asked before a tenant is known: the directory
of clients, the signing keys and the revocations.
"""

from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKeyConstraint,
    Identity,
    Index,
    Text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from libs.common.plumbing import add_plumbing
from libs.common.tables import Reference, Table, TenantOwned, new_metadata


class Base(Table):
    """Root of this service's tables."""

    __abstract__ = True
    metadata = new_metadata()


add_plumbing(Base.metadata)


class Policyholder(TenantOwned, Base):
    """A company that insures its trade (保険利用者); its code is the tenant of all its data."""

    __tablename__ = "policyholders"
    __table_args__ = (CheckConstraint("tenant ~ '^[0-9]{9}$'", name="nine_digits"),)

    name_ja: Mapped[str]
    name_en: Mapped[str]
    short_name_ja: Mapped[str | None]
    active: Mapped[bool]
    version: Mapped[int]
    updated_at: Mapped[datetime]


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


class SigningKey(Reference, Base):
    """A key of ours that signs access tokens; its private half is sealed."""

    __tablename__ = "signing_keys"

    kid: Mapped[str] = mapped_column(primary_key=True)
    public_jwk: Mapped[dict[str, Any]] = mapped_column(JSONB)
    sealed_private_key: Mapped[bytes]
    encryption_key_id: Mapped[str]
    signs_from: Mapped[datetime]


class Revocation(Reference, Base):
    """A `sid` or `jti` that has ended before its time."""

    __tablename__ = "revocations"
    __table_args__ = (Index("ix_revocations_revoked_at", "revoked_at"),)

    position: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    revoked_id: Mapped[str]
    revoked_at: Mapped[datetime]
