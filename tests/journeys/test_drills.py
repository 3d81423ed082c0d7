"""Workers, broker and database are knocked down while ledgers are handed in: all stands after it.

Each drill ends with a proof: every row that stands is compared with a plain replay of the files,
and every fact on the topics with what was heard. The figures are kept in `.local/drills.json`.
"""

import random
from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from deploy.local import Ports, Stack
from deploy.local.demo.client import until
from deploy.local.demo.material import TOTO, register
from tests.journeys.drills import moments
from tests.journeys.drills.platform import Platform
from tests.journeys.drills.proof import Prover
from tests.journeys.drills.sender import NO_ANSWER
from tests.kit.engines import Engines

pytestmark = pytest.mark.xdist_group("drills")

CONTRACTS = "moyai.ledger.contracts.v1"
_AWAY_SECONDS = 10
# Somebody's, of one bucket at least.
_LEAST_EARLY = 4


@pytest.fixture(scope="module")
def platform(engines: Engines) -> Iterator[Platform]:
    """A platform for the drills alone; what it confirmed is on its disk."""
    stack = Stack(engines.folder / "drilled", Ports.free(), profile="test")
    try:
        yield Platform.start(stack)
    finally:
        stack.drop()


@pytest.fixture(scope="module")
def prover(platform: Platform) -> Prover:
    """Whoever proves, drill after drill, that all stands."""
    return Prover(platform)


def test_killed_workers_lose_and_double_nothing(platform: Platform, prover: Prover) -> None:
    """Given 20,000 rows, when workers are killed reading, judging and applying, then all stands."""
    with platform.knocks.killing(*[moments.READING] * 2, *[moments.JUDGING] * 2):
        upload = platform.sender.try_out(20_000)
    with platform.knocks.killing(moments.COPYING_IN, moments.MOVING_IN, moments.TELLING):
        platform.sender.submit(upload)

    proof = prover.prove("workers killed in the middle of 20,000 rows")

    assert proof.faults == []
    assert proof.kills == 7


def test_killed_listeners_lose_and_double_nothing(platform: Platform, prover: Prover) -> None:
    """Given facts on their way, when everybody is killed who handles them, then all stands."""
    handling = (moments.ASSESSING, moments.LISTING, moments.NOTING, moments.COPYING)
    with ExitStack() as killings:
        for moment in (moments.ANNOUNCING, *handling):
            killings.enter_context(platform.knocks.killing(moment))
        platform.sender.hand_in(4_000)

    proof = prover.prove("every listener killed while it handles facts")

    assert proof.faults == []
    assert proof.kills == 5


def test_a_broker_that_is_away_loses_and_doubles_nothing(
    platform: Platform, prover: Prover
) -> None:
    """Given facts on their way, when Kafka is stopped, and then killed, then all stands."""
    kafka = platform.stack.kafka

    def stay_away() -> None:
        kafka.stop()
        until(bool, lambda: None, _AWAY_SECONDS)

    for end in (stay_away, kafka.kill):
        ending = platform.knocks.ending(moments.TELLING, end, kafka.start)
        with platform.sender.busy(), ending:
            platform.sender.hand_in(2_000)

    proof = prover.prove("broker stopped for ten seconds, and killed")

    assert proof.faults == []
    assert set(platform.sender.answers) == {202}


def test_a_database_that_is_away_loses_and_doubles_nothing(
    platform: Platform, prover: Prover
) -> None:
    """Given ledgers at work and more coming, when PostgreSQL is ended, then all stands."""
    postgres = platform.stack.postgres
    for moment, end in (
        (moments.READING, postgres.stop),
        (moments.MOVING_IN, postgres.kill),
        (moments.TELLING, postgres.kill),
    ):
        ending = platform.knocks.ending(moment, end, postgres.start)
        with platform.sender.busy(), ending:
            platform.sender.hand_in(2_000)

    proof = prover.prove("database restarted, and killed")

    assert proof.faults == []
    # Nobody was told anything but that it may be tried again.
    assert set(platform.sender.answers) <= {202, 503, NO_ANSWER}


def test_copies_and_late_comers_change_nothing(platform: Platform, prover: Prover) -> None:
    """Given all that was ever told, when it is put on the topics again in any order, no change."""
    copies = [it.message for it in platform.topics.told()]
    random.Random(4711).shuffle(copies)  # noqa: S311 (any order does, the same each time)

    platform.topics.put(copies)
    proof = prover.prove("every fact once more, in any order")

    assert proof.faults == []
    assert (proof.facts_told, proof.told_again) == (0, len(copies))
    assert platform.topics.dead() == 0


def test_facts_before_their_turn_wait_for_it(platform: Platform, prover: Prover) -> None:
    """Given facts not told yet, when the last come first, then they are handled in their turn."""
    with platform.knocks.relays_held("ledger"):
        for _ in range(2):
            platform.sender.finished(platform.sender.hand_in(300))
        early = [it for it in platform.untold("ledger") if it.topic == CONTRACTS]
        platform.topics.put(reversed(early))
        waiting = until(lambda it: it >= _LEAST_EARLY, platform.topics.dead)
    prover.prove("the last facts first")
    platform.put_back()

    proof = prover.prove("the early ones put back")

    assert waiting >= _LEAST_EARLY
    assert proof.faults == []


def test_services_started_empty_catch_up(platform: Platform, prover: Prover) -> None:
    """Given services whose databases are gone, when they start empty, then all stands again."""
    platform.knocks.lose("claims", "underwriting")
    # What is entered by hand comes from nobody else.
    platform.staff.enter("special-agreements", register()["special-agreements"])

    proof = prover.prove("services started on empty databases")

    assert proof.faults == []


def test_a_month_ends_once(platform: Platform, prover: Prover) -> None:
    """Given contracts to be made final, when workers are killed at it, then it is done once."""
    with platform.knocks.killing(moments.FIXING), platform.knocks.killing(moments.INVOICING):
        platform.live_until("2026-09-01T07:00:00+09:00")
    prover.end_the_month("2026-08", f"{TOTO}-2026-00001")

    proof = prover.prove("workers killed while a month ends")

    assert proof.faults == []
    assert proof.kills == 2
