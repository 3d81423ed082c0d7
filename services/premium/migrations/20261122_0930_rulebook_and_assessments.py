"""The dated rulebook with its first edition, the code tables, and the premiums made from them."""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from libs.common import schema
from services.premium import data

revision = "20261122_0930"
down_revision = None

_REFERENCE = (
    "code_tables",
    "code_table_versions",
    "codes",
    "exchange_rates",
    "rate_editions",
    "base_rates",
    "product_coefficients",
    "cover_calibrations",
    "component_countries",
    "country_categories",
)
_OWNED = ("agreement_covers", "assessments")
_RATE = sa.Numeric(9, 6)
_FACTOR = sa.Numeric(8, 4)


def upgrade() -> None:
    """Create the tables and enter the tariff of October 2004."""
    op.execute("SET LOCAL lock_timeout = '5s'")
    schema.create_plumbing()
    _create_code_tables()
    _create_exchange_rates()
    _create_tariff()
    _create_agreement_covers()
    _create_assessments()
    for name in _REFERENCE:
        schema.secure_reference_table(name)
    for name in _OWNED:
        schema.secure_tenant_table(name)


def downgrade() -> None:
    """Drop it again."""
    for name in reversed((*_REFERENCE, *_OWNED)):
        op.drop_table(name)
    schema.drop_plumbing()


def _create_code_tables() -> None:
    op.create_table(
        "code_tables",
        *_texts("name"),
        _integer("version"),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_code_tables")),
    )
    op.create_table(
        "code_table_versions",
        *_texts("name", "title_ja", "title_en"),
        _integer("version"),
        _day("valid_from"),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        *_origin(),
        sa.PrimaryKeyConstraint("name", "version", name=op.f("pk_code_table_versions")),
        sa.ForeignKeyConstraint(
            ["name"],
            ["code_tables.name"],
            name=op.f("fk_code_table_versions_name_code_tables"),
        ),
    )
    op.create_table(
        "codes",
        *_texts("name"),
        _integer("version"),
        *_texts("code", "name_ja", "name_en"),
        sa.Column("attributes", postgresql.JSONB(), nullable=False),
        sa.PrimaryKeyConstraint("name", "version", "code", name=op.f("pk_codes")),
        sa.ForeignKeyConstraint(
            ["name", "version"],
            ["code_table_versions.name", "code_table_versions.version"],
            name=op.f("fk_codes_name_code_table_versions"),
        ),
    )


def _create_exchange_rates() -> None:
    op.create_table(
        "exchange_rates",
        *_texts("currency"),
        _day("valid_from"),
        sa.Column("ttb", sa.Numeric(11, 4), nullable=False),
        *_origin(),
        sa.PrimaryKeyConstraint("currency", "valid_from", name=op.f("pk_exchange_rates")),
        sa.CheckConstraint("ttb > 0", name=op.f("ck_exchange_rates_positive")),
    )


def _create_tariff() -> None:
    editions = op.create_table(
        "rate_editions",
        *_texts("edition"),
        _day("valid_from"),
        sa.Column("valid_to", sa.Date()),
        *(
            _integer(name)
            for name in ("minimum_days", "sight_days", "rate_decimals", "factor_decimals")
        ),
        *_origin(),
        sa.PrimaryKeyConstraint("edition", name=op.f("pk_rate_editions")),
    )
    op.bulk_insert(editions, data.rows_for(editions, "tariff/editions"))
    rates = (_number("a", _RATE), _number("b", _RATE))
    _of_edition("base_rates", ("phase", "category"), *_texts("phase", "category"), *rates)
    coefficient = _number("coefficient", _FACTOR)
    _of_edition("product_coefficients", ("product",), *_texts("product"), coefficient)
    ratios = (_number("calibrated_cover", _FACTOR), _number("weight", _FACTOR))
    _of_edition("cover_calibrations", ("phase", "risk"), *_texts("phase", "risk"), *ratios)
    roles = _texts("phase", "country")
    _of_edition("component_countries", ("phase", "preference"), *roles, _integer("preference"))
    _create_country_categories()


def _create_country_categories() -> None:
    categories = op.create_table(
        "country_categories",
        *_texts("country_code"),
        _day("valid_from"),
        *_texts("category"),
        *_origin(),
        sa.PrimaryKeyConstraint("country_code", "valid_from", name=op.f("pk_country_categories")),
    )
    op.bulk_insert(categories, data.rows_for(categories, "tariff/country_categories"))


def _of_edition(name: str, key: tuple[str, ...], *columns: sa.Column[Any]) -> None:
    """Create a table of rows that hold as long as their edition does, and fill it."""
    table = op.create_table(
        name,
        *_texts("edition"),
        *columns,
        *_origin(),
        sa.PrimaryKeyConstraint("edition", *key, name=op.f(f"pk_{name}")),
        sa.ForeignKeyConstraint(
            ["edition"],
            ["rate_editions.edition"],
            name=op.f(f"fk_{name}_edition_rate_editions"),
        ),
    )
    op.bulk_insert(table, data.rows_for(table, f"tariff/{name}"))


def _create_agreement_covers() -> None:
    ratios = (
        "pre_shipment_political",
        "pre_shipment_credit",
        "post_shipment_political",
        "post_shipment_credit",
    )
    op.create_table(
        "agreement_covers",
        *_texts("tenant", "agreement_code"),
        *(_number(name, sa.Numeric()) for name in ratios),
        *_origin(),
        sa.PrimaryKeyConstraint("tenant", "agreement_code", name=op.f("pk_agreement_covers")),
    )


def _create_assessments() -> None:
    key = ("tenant", "policy_number", "branch_number", "history_number")
    op.create_table(
        "assessments",
        *_texts(*key),
        _integer("revision"),
        *_texts("agreement_code"),
        _integer("bucket"),
        sa.Column("edition", sa.Text()),
        sa.Column("premium", sa.Numeric(18, 0)),
        sa.Column("sample", sa.Boolean(), nullable=False),
        sa.Column("missing", sa.Text()),
        sa.Column("missing_what", sa.Text()),
        sa.Column("parts", postgresql.JSON(), nullable=False),
        sa.Column("contract", postgresql.JSON()),
        sa.Column("assessed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint(*key, "revision", name=op.f("pk_assessments")),
        sa.CheckConstraint(
            "(premium IS NULL) = (missing IS NOT NULL)",
            name=op.f("ck_assessments_made_or_missing"),
        ),
        sa.CheckConstraint(
            "(premium IS NULL) = (contract IS NOT NULL)",
            name=op.f("ck_assessments_kept_while_missing"),
        ),
    )
    op.create_index(
        "ix_assessments_waiting",
        "assessments",
        ["tenant", "agreement_code"],
        postgresql_where=sa.text("missing IS NOT NULL"),
    )


def _texts(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.Text(), nullable=False) for name in names]


def _integer(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.Integer(), nullable=False)


def _number(name: str, kind: sa.Numeric[Any]) -> sa.Column[Any]:
    return sa.Column(name, kind, nullable=False)


def _day(name: str) -> sa.Column[Any]:
    return sa.Column(name, sa.Date(), nullable=False)


def _origin() -> list[sa.Column[Any]]:
    return [
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("sample", sa.Boolean(), nullable=False),
    ]
