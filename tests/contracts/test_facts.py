"""What one service tells, another understands; and every topic is declared."""

import json

import pytest
from jsonschema import Draft202012Validator

from libs.common import topics
from libs.common.events import Event, is_state
from libs.common.inbox import Handler
from tools.api_documents.fact_documents import asyncapi_document, fact_schemas
from tools.api_documents.services import every_service

from .given import LISTENERS, PUBLISHED, applied_contracts, samples

SCHEMAS = fact_schemas()

heard = pytest.mark.parametrize(
    ("listener", "handler"),
    LISTENERS,
    ids=[f"{name}-{handler.fact.event_type}" for name, handler in LISTENERS],
)
told = pytest.mark.parametrize("fact", PUBLISHED.values(), ids=PUBLISHED.keys())


@heard
def test_what_is_heard_is_told_by_somebody(listener: str, handler: Handler) -> None:
    """Given a handler, when its fact is looked for, then a service tells it, under that key."""
    fact = PUBLISHED.get(handler.fact.event_type)

    assert fact is not None, f"{listener} waits for what nobody tells"
    assert fact.event_key == handler.fact.event_key


@heard
def test_a_listener_understands_what_is_told(listener: str, handler: Handler) -> None:
    """Given real samples of a fact, when a listener reads them, then none is misunderstood."""
    told = list(samples(handler.fact.event_type))

    understood = [handler.fact.model_validate_json(data) for data in told]

    assert len(understood) == len(told)


@told
def test_what_is_told_fits_its_published_schema(fact: type[Event]) -> None:
    """Given samples of a fact, when they meet its schema, then they fit."""
    schema = SCHEMAS[fact.event_type]

    faults = [
        error.message
        for data in samples(fact.event_type)
        for error in Draft202012Validator(schema).iter_errors(json.loads(data))
    ]

    assert faults == []


def test_contracts_are_told_with_every_member_that_says_something() -> None:
    """Given contracts written in columns, when they are told, then no member is lost or null."""
    schema = SCHEMAS["ledger.contracts.applied.v1"]["$defs"]
    known = schema["AppliedHistory"]

    fact = json.loads(applied_contracts())

    assert {len(history["settlements"]) for history in fact["histories"]} == {1, 2}
    for history in fact["histories"]:
        assert set(known["required"]) <= history.keys() <= known["properties"].keys()
        assert None not in history.values()
        for settlement in history["settlements"]:
            assert settlement.keys() == schema["AppliedSettlement"]["properties"].keys()


@told
def test_a_service_tells_only_of_its_own(fact: type[Event]) -> None:
    """Given a fact, when its type is read, then it begins with the service that tells it."""
    service = fact.__module__.split(".")[1]

    # What every service tells of its door is told in the words of the library.
    assert fact.event_type.startswith("security." if service == "common" else f"{service}.")


def test_every_topic_is_declared_and_no_other() -> None:
    """Given all facts, when their topics are listed, then they are those created on start-up."""
    states = {fact.topic for fact in PUBLISHED.values() if is_state(fact.event_type)}
    facts = {fact.topic for fact in PUBLISHED.values()} - states

    assert facts == set(topics.FACTS)
    assert states == set(topics.STATES)


def test_every_listening_group_has_its_dead_letters() -> None:
    """Given all inboxes, when their groups are listed, then each was declared."""
    groups = {service.inbox.group for service in every_service() if service.inbox is not None}

    assert groups == set(topics.GROUPS)


def test_the_examples_of_facts_are_facts() -> None:
    """Given the AsyncAPI document, when its examples are read as their facts, then they are."""
    messages = asyncapi_document()["components"]["messages"]

    for event_type, message in messages.items():
        for example in message["examples"]:
            PUBLISHED[event_type].model_validate_json(json.dumps(example["payload"]))
