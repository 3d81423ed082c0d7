"""The shapes bodies are made of: exact, strict, and the same in both directions."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from libs.common.wire import (
    BusinessDate,
    BuyerCode,
    CountryCode,
    DecimalString,
    Input,
    Instant,
    Output,
    new_id,
    new_uuid,
    utc_text,
)


class Sent(Input):
    """Something that is sent."""

    code: BuyerCode = "1234560"
    country: CountryCode = "TH"
    day: BusinessDate = date(2026, 8, 25)
    at: Instant = datetime(2026, 8, 25, 1, 15, tzinfo=UTC)
    ratio: DecimalString = Decimal("0.975")


class Shown(Output):
    """The same, shown."""

    code: BuyerCode
    country: CountryCode
    day: BusinessDate
    at: Instant
    ratio: DecimalString


def _read(**members: object) -> Sent:
    return Sent.model_validate(members)


def _faults(**members: object) -> list[tuple[str, str]]:
    with pytest.raises(ValidationError) as refused:
        _read(**members)
    return [(str(error["loc"][0]), error["type"]) for error in refused.value.errors()]


@pytest.mark.parametrize(
    ("member", "typed", "meant"),
    [
        ("code", "１２３４５６０", "1234560"),
        ("code", " 1234560 ", "1234560"),
        ("country", "ＴＨ", "TH"),
        ("day", "２０２６-０８-２５", date(2026, 8, 25)),
    ],
)
def test_codes_and_days_are_folded_before_they_are_read(
    member: str, typed: str, meant: object
) -> None:
    """Given a code or a day typed in full width, when it is read, then it is the plain one."""
    assert getattr(_read(**{member: typed}), member) == meant


@pytest.mark.parametrize(
    ("member", "value", "fault"),
    [
        ("code", "123456", "string_pattern_mismatch"),
        ("code", "12345601", "string_pattern_mismatch"),
        ("code", 1234560, "string_type"),
        ("country", "th", "string_pattern_mismatch"),
        ("day", "2026-02-30", "date_parsing"),
        ("day", "2026-W35-2", "date_parsing"),
        ("day", "20260825", "date_parsing"),
        ("day", "26-08-25", "date_parsing"),
        ("day", "2026-8-5", "date_parsing"),
        ("day", 20260825, "date_type"),
        ("at", "2026-08-25T10:15:00", "timezone_aware"),
        ("at", "yesterday", "value_error"),
        ("at", 1787620500, "datetime_type"),
        ("ratio", "1e3", "is_instance_of"),
        ("ratio", "NaN", "is_instance_of"),
        ("ratio", "1,5", "is_instance_of"),
        ("ratio", "--1", "is_instance_of"),
        ("ratio", 0.975, "is_instance_of"),
        ("ratio", "1" * 41, "is_instance_of"),
    ],
)
def test_whatever_else_is_typed_is_refused(member: str, value: object, fault: str) -> None:
    """Given a value in another form, when it is read, then its member is named."""
    assert _faults(**{member: value}) == [(member, fault)]


def test_an_unknown_member_is_refused() -> None:
    """Given a body with a member more, when it is read, then the member is named."""
    assert _faults(tenant="045099900") == [("tenant", "extra_forbidden")]


def test_an_instant_of_another_zone_is_told_in_utc() -> None:
    """Given an instant in Japan, when it is read and shown, then it is UTC with Z."""
    read = _read(at="2026-08-25T10:15:00+09:00")

    assert read.model_dump(mode="json")["at"] == "2026-08-25T01:15:00Z"
    assert utc_text(read.at) == "2026-08-25T01:15:00Z"


def test_what_is_sent_has_the_shape_of_what_is_shown() -> None:
    """Given a type, when its schemas in both directions are read, then they are one."""
    into = Sent.model_json_schema()["properties"]
    out = Shown.model_json_schema(mode="serialization")["properties"]

    for name, shape in out.items():
        assert {key: into[name][key] for key in shape} == shape


def test_every_member_of_an_answer_is_always_there() -> None:
    """Given the schema of an answer, when it is read, then all its members are required."""
    assert set(Shown.model_json_schema(mode="serialization")["required"]) == set(Shown.model_fields)


@given(st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**12), max_value=10**12))
def test_no_digit_is_lost_on_the_way(number: Decimal) -> None:
    """Given any decimal, when it is shown and read again, then it is the same number."""
    shown = Sent(ratio=number).model_dump(mode="json")["ratio"]

    if len(shown) <= 40:
        assert _read(ratio=shown).ratio == number


def test_ids_sort_by_time_and_say_what_they_name() -> None:
    """Given ids made one after the other, when they are sorted, then their order stays."""
    ids = [new_id("upload") for _ in range(50)]

    assert all(it.startswith("upload_") for it in ids)
    assert new_uuid().version == 7
    assert len(set(ids)) == 50
