"""Topics: declared once, made once, and every fact has one."""

import pytest
from aiokafka.admin import AIOKafkaAdminClient

from libs.common.command import load
from libs.common.events import Event, is_state
from libs.common.refusals import AccessRefused
from libs.common.topics import FACTS, GROUPS, STATES, create_topics, dead_letters
from tests.house.sources import services


def _told() -> list[type[Event]]:
    for service in services():
        load(service)
    named = [it for it in Event.__subclasses__() if it.__module__.startswith("services.")]
    return [AccessRefused, *(it for it in named if it.__module__.endswith(".events"))]


async def test_topics_are_made_once_and_asked_for_twice(kafka_bootstrap: str) -> None:
    """Given a broker, when the topics are created twice, then they are there and nothing fails."""
    await create_topics(kafka_bootstrap)
    await create_topics(kafka_bootstrap)

    admin = AIOKafkaAdminClient(bootstrap_servers=kafka_bootstrap)
    await admin.start()
    there = set(await admin.list_topics())
    await admin.close()

    assert {*FACTS, *STATES, *map(dead_letters, GROUPS)} <= there


@pytest.mark.parametrize("fact", _told(), ids=lambda fact: fact.event_type)
def test_every_fact_has_a_topic(fact: type[Event]) -> None:
    """Given a fact a service tells, when its topic is looked up, then it is declared."""
    assert fact.topic in (STATES if is_state(fact.event_type) else FACTS)


@pytest.mark.parametrize("service", services())
def test_every_listener_has_dead_letters(service: str) -> None:
    """Given a service that hears, when its group is looked up, then it has dead letters."""
    inbox = load(service).inbox

    assert inbox is None or inbox.group in GROUPS


@pytest.mark.parametrize("service", services())
def test_every_service_hears_only_what_is_told(service: str) -> None:
    """Given what a service listens to, when it is looked up, then somebody tells it."""
    inbox = load(service).inbox
    told = {fact.event_type for fact in _told()}

    assert inbox is None or inbox.handlers.keys() <= told


def test_no_two_topics_differ_by_a_sign_only() -> None:
    """Given all topics, when dot and underscore are one, then none is another."""
    names = [name.replace(".", "_") for name in (*FACTS, *STATES, *map(dead_letters, GROUPS))]

    assert len(names) == len(set(names))
