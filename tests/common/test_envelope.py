"""Facts on the wire: CloudEvents in headers, one topic per thing, and no forgery."""

from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from libs.common.envelope import BrokenEnvelope, Envelope, headers_of, kafka_key, read_envelope
from libs.common.events import Event, is_state, topic_of

_NAMES = st.text(min_size=1, max_size=30).filter(lambda it: it.isprintable() and it.strip() == it)


class LimitReserved(Event, type="buyers.limit.reserved.v1", key="buyer_code"):
    """A fact."""

    buyer_code: str


def _row(**changes: object) -> dict[str, Any]:
    return {
        "id": uuid4(),
        "type": LimitReserved.event_type,
        "tenant": "045012300",
        "key": "1234560",
        "sequence": 7,
        "told_at": datetime(2026, 11, 22, tzinfo=UTC),
        "correlation_id": "order-2611-0001",
        "causation_id": "",
        "traceparent": "",
    } | changes


def _read(row: dict[str, Any]) -> Envelope:
    return read_envelope(kafka_key(row["tenant"], row["key"]), headers_of(row, "buyers"))


def test_a_fact_names_its_topic_and_its_thing() -> None:
    """Given a kind of fact, when it is declared, then topic and subject follow from it."""
    fact = LimitReserved(buyer_code="1234560")

    assert LimitReserved.topic == "moyai.buyers.limit.v1"
    assert fact.subject == "1234560"


def test_full_records_live_beside_what_happened() -> None:
    """Given a state and a fact of one thing, when their topics are named, then they are two."""
    state, fact = "buyers.buyer.state.v1", "buyers.buyer.registered.v1"

    assert (is_state(state), is_state(fact)) == (True, False)
    assert topic_of(state) == "moyai.buyers.buyer.state.v1"
    assert topic_of(fact) == "moyai.buyers.buyer.v1"


def test_facts_grow_and_old_listeners_still_read_them() -> None:
    """Given a fact with a member more, when an older listener reads it, then it passes over it."""
    read = LimitReserved.model_validate_json('{"buyer_code": "1234560", "new": 1}')

    assert read.buyer_code == "1234560"


def test_the_attributes_are_those_of_cloud_events() -> None:
    """Given an outbox row, when it is written as headers, then the standard's names are there."""
    headers = dict(headers_of(_row(), "buyers"))

    assert headers["ce_specversion"] == b"1.0"
    assert headers["ce_type"] == b"moyai.buyers.limit.reserved.v1"
    assert headers["ce_source"] == b"/services/buyers"
    assert headers["ce_dataschema"] == b"/schemas/buyers.limit.reserved.v1.json"
    assert headers["ce_partitionkey"] == b"045012300:1234560"
    assert headers["ce_time"] == b"2026-11-22T00:00:00Z"
    assert "ce_causationid" not in headers


@given(tenant=_NAMES, key=_NAMES, sequence=st.integers(min_value=1, max_value=2**62))
def test_what_was_written_is_read(tenant: str, key: str, sequence: int) -> None:
    """Given any fact, when its headers are read, then tenant, key and number are its own."""
    row = _row(tenant=tenant, key=key, sequence=sequence)

    read = _read(row)

    assert (read.tenant, read.key, read.sequence) == (tenant, key, sequence)
    assert (read.id, read.type) == (row["id"], row["type"])


@pytest.mark.attack("S60")
@pytest.mark.parametrize(
    ("key", "changes"),
    [
        (b"045099900:1234560", {}),
        (b"045012300:7654321", {}),
        (b"", {}),
        (None, {}),
        (b":1234560", {"ce_tenant": b""}),
        (b"045012300:1234560", {"ce_id": b"7"}),
        (b"045012300:1234560", {"ce_sequence": b"last"}),
        (b"045012300:1234560", {"ce_type": b"\xff"}),
    ],
)
def test_a_forged_record_is_no_fact(key: bytes | None, changes: dict[str, bytes]) -> None:
    """Given a record whose key is another's or whose headers are broken, then it is refused."""
    headers = dict(headers_of(_row(), "buyers")) | changes

    with pytest.raises(BrokenEnvelope):
        read_envelope(key, list(headers.items()))


@pytest.mark.parametrize("missing", ["ce_id", "ce_type", "ce_tenant", "ce_subject", "ce_sequence"])
def test_a_record_without_its_attributes_is_no_fact(missing: str) -> None:
    """Given a record that lacks an attribute, when it is read, then it is refused."""
    headers = dict(headers_of(_row(), "buyers"))
    del headers[missing]

    with pytest.raises(BrokenEnvelope):
        read_envelope(b"045012300:1234560", list(headers.items()))
