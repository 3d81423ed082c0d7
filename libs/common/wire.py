"""The shapes every body is made of: one base for what comes in, one for what goes out."""

import re
import unicodedata
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Annotated
from uuid import UUID

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    WithJsonSchema,
)
from pydantic_core import PydanticCustomError
from typeid import TypeID

from .money import canonical

_DAY = re.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}")


class Input(BaseModel):
    """A body somebody sends: unknown members and loose types are refused."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class Output(BaseModel):
    """A body we answer with: every member is always there, and clients ignore new ones."""

    model_config = ConfigDict(from_attributes=True, frozen=True)


def new_id(prefix: str) -> str:
    """Make a TypeID: what the thing is, and a UUIDv7 that sorts by time."""
    return str(TypeID(prefix=prefix))


def new_uuid() -> UUID:
    """Make a UUIDv7, for ids that never leave the platform with a prefix."""
    return UUID(int=TypeID().uuid.int)


def utc_text(instant: datetime) -> str:
    """Write an instant as RFC 3339 in UTC with Z."""
    return instant.astimezone(UTC).isoformat().replace("+00:00", "Z")


def folded(value: object) -> object:
    """Fold what was typed in any width, and trim it."""
    # Codes and dates are typed in any width (architecture §7.13); then the grammar is strict.
    return unicodedata.normalize("NFKC", value).strip() if isinstance(value, str) else value


def _day(value: object) -> object:
    # Strict mode wants a date object, which JSON does not have.
    if not isinstance(value, str):
        return value
    try:
        return date.fromisoformat(value if _DAY.fullmatch(value) else "")
    except ValueError:
        raise PydanticCustomError("date_parsing", "no such day") from None


def _instant(value: object) -> object:
    return datetime.fromisoformat(value) if isinstance(value, str) else value


def _in_utc(value: datetime) -> datetime:
    # The first and the last day of the calendar reach beyond it in other zones.
    try:
        return value.astimezone(UTC)
    except OverflowError:
        raise ValueError("no such moment in UTC") from None


def _decimal(value: object) -> object:
    if not isinstance(value, str) or len(value) > 40 or not value.isascii():
        return value
    return Decimal(value) if value.removeprefix("-").replace(".", "", 1).isdecimal() else value


DecimalString = Annotated[
    Decimal,
    BeforeValidator(_decimal),
    PlainSerializer(canonical, return_type=str),
    WithJsonSchema({"type": "string", "pattern": r"^-?[0-9]+(\.[0-9]+)?$", "examples": ["0.975"]}),
]
"""An exact number: a decimal string, never a JSON number."""

BusinessDate = Annotated[
    date,
    BeforeValidator(_day),
    BeforeValidator(folded),
    WithJsonSchema({"type": "string", "format": "date", "examples": ["2026-08-25"]}),
]
"""A day of business in Japan (`…_on`)."""

Instant = Annotated[
    AwareDatetime,
    BeforeValidator(_instant),
    AfterValidator(_in_utc),
    PlainSerializer(utc_text, return_type=str),
    WithJsonSchema({"type": "string", "format": "date-time", "examples": ["2026-08-25T01:15:00Z"]}),
]
"""A moment (`…_at`): RFC 3339, told in UTC."""

BuyerCode = Annotated[
    str, Field(pattern=r"^[0-9]{7}$", examples=["1234560"]), BeforeValidator(folded)
]
"""Code of an overseas buyer (海外商社コード)."""

PolicyholderCode = Annotated[
    str, Field(pattern=r"^[0-9]{9}$", examples=["045012300"]), BeforeValidator(folded)
]
"""Code of a policyholder (保険利用者コード, シッパーコード); the tenant of its data."""

AgreementCode = Annotated[
    str, Field(pattern=r"^[0-9]{9}$", examples=["200100357"]), BeforeValidator(folded)
]
"""Code of a special agreement (特約コード)."""

PolicyNumber = Annotated[
    str, Field(pattern=r"^[0-9]{19}$", examples=["1020010035726000001"]), BeforeValidator(folded)
]
"""Policy number (証券番号): office 2, agreement 9, fiscal year 2, serial 6."""

CountryCode = Annotated[str, Field(pattern=r"^[A-Z]{2}$", examples=["TH"]), BeforeValidator(folded)]
"""Country, ISO 3166-1 alpha-2."""

Text255 = Annotated[str, Field(min_length=1, max_length=255)]
"""A name or a short text."""
