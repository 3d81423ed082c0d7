"""Facts from transaction to transaction: nothing lost, nothing doubled, order kept per key."""

import asyncio
from dataclasses import replace
from uuid import uuid4

import pytest
from prometheus_client import REGISTRY
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from libs.common.database import PLATFORM, act_for
from libs.common.events import MAX_FACT_BYTES
from libs.common.outbox import announce, announce_data
from libs.common.packing import FactTooLarge
from tests.common.story import TENANT, Diary, Story, Told, working
from tests.kit.engines import Engines
from tests.kit.running import settings_for
from tests.kit.stand_in_identity import OTHER_TENANT

_ENTER = text("""
INSERT INTO buyers (buyer_code, name, search_key, country, country_code, kind, active, sample,
                    version, updated_at)
VALUES (:code, 'BUYER', 'BUYER', 'TH', '111', 'BUYER', true, true, 1, now())
""")


async def test_facts_arrive_once_in_order_in_the_tenants_transaction(story: Story) -> None:
    """Given five facts of a thing, when they are told, then each is handled once, in order."""
    async with story.at_work():
        await story.tell(1, 2, 3)
        await story.tell(4, 5)

        heard = await story.hears(5)

    assert heard == [(TENANT, "a", number) for number in (1, 2, 3, 4, 5)]


async def test_everybody_hears_in_their_own_name(story: Story) -> None:
    """Given facts of two policyholders, when they are handled, then each as its own."""
    async with story.at_work():
        await story.tell(1)
        await story.tell(2, tenant=OTHER_TENANT)

        heard = await story.hears(2)

    assert set(heard) == {(TENANT, "a", 1), (OTHER_TENANT, "a", 2)}


async def test_a_fact_told_twice_is_handled_once(story: Story) -> None:
    """Given facts that were handled, when the relay sends them again, then nothing happens."""
    async with story.at_work():
        await story.tell(1, 2)
        await story.hears(2)
        await story.forget_that_it_was_sent()
        await story.tell(3)

        heard = await story.hears_numbers(1)

    assert heard == [3]
    assert story.heard.empty()


async def test_of_several_relays_one_works_at_a_time(story: Story) -> None:
    """Given three relays, when a hundred facts are told, then their order is kept."""
    async with story.at_work(relays=3):
        for number in range(100):
            await story.tell(number)

        heard = await story.hears_numbers(100)

    assert heard == list(range(100))


async def test_rivals_telling_of_one_thing_leave_no_gap(story: Story) -> None:
    """Given thirty acts on one thing at once, some failing, when told, then none is missed."""

    async def act(number: int) -> None:
        async with story.databases.tenant(TENANT) as tx:
            await announce(tx, story.told(thing="a", number=number))
            if number % 3 == 0:
                await tx.rollback()

    async with story.at_work():
        await asyncio.gather(*(act(number) for number in range(30)))

        heard = await story.hears_numbers(20)

    assert sorted(heard) == [number for number in range(30) if number % 3]
    assert await story.committed() == heard


async def test_an_empty_database_hears_everything_again(story: Story, engines: Engines) -> None:
    """Given a group that has read all, when its database starts empty, then all is told anew."""
    async with story.at_work():
        await story.tell(1, 2)
        await story.hears(2)
    empty = engines.database("buyers", f"facts_empty_{uuid4().hex[:10]}")
    settings = settings_for("buyers", empty, kafka_bootstrap=story.settings.kafka_bootstrap)
    reborn = replace(story, databases=Diary(settings), settings=settings)

    async with reborn.at_work():
        heard = await reborn.hears_numbers(2)
    await reborn.databases.close()

    assert heard == [1, 2]


async def test_a_policyholders_fact_may_change_what_all_read(story: Story) -> None:
    """Given an act with the rights of staff, when a fact is heard, then it writes for all."""
    hear = story.inbox.handlers[story.told.event_type].act

    async def enter(tx: AsyncSession, fact: Told) -> None:
        await act_for(tx, PLATFORM)
        await tx.execute(_ENTER, {"code": f"{fact.number:07d}"})
        await hear(tx, fact)

    enter.__annotations__["fact"] = story.told
    story.inbox.on_as_staff(enter)
    async with story.at_work():
        await story.tell(1, 2)

        heard = await story.hears(2)

    assert heard == [(PLATFORM, "a", 1), (PLATFORM, "a", 2)]
    async with story.databases.tenant(OTHER_TENANT) as tx:
        entered = set(await tx.scalars(text("SELECT buyer_code FROM buyers")))
    assert entered == {"0000001", "0000002"}
    # What was heard is noted in the name of the policyholder it came from.
    assert len(await story.noted()) == 2


async def test_a_second_listener_takes_its_share_and_gives_it_back(story: Story) -> None:
    """Given facts of many things, when listeners come and go, then each is handled once."""
    things = [f"thing-{number}" for number in range(12)]

    async def tell(*numbers: int) -> None:
        for thing in things:
            await story.tell(*numbers, thing=thing)

    async with story.at_work():
        await tell(1, 2)
        heard = await story.hears(24)
        async with working(asyncio.create_task(story.listener().run())):
            await tell(3, 4)
            heard += await story.hears(24)
        await tell(5, 6)
        heard += await story.hears(24)

    assert story.heard.empty()
    for thing in things:
        numbers = [number for _, it, number in heard if it == thing]
        assert numbers == [1, 2, 3, 4, 5, 6]


async def test_a_slow_act_is_not_begun_by_another(story: Story) -> None:
    """Given an act under way, when its partition is given to another, then it happens once."""
    story.gates[1] = asyncio.Event()
    async with story.at_work():
        await story.tell(1, 2)
        assert await story.begun.get() == 1
        async with working(*(asyncio.create_task(story.listener().run()) for _ in range(2))):
            # The others have joined when they handle what nobody holds up.
            await story.tell(*range(10, 20), thing="b")
            story.gates[1].set()

            heard = await story.hears(12)

    assert [number for _, thing, number in heard if thing == "a"] == [1, 2]
    assert [number for _, thing, number in heard if thing == "b"] == list(range(10, 20))
    assert story.heard.empty()


async def test_nothing_is_told_of_a_transaction_that_failed(story: Story) -> None:
    """Given an act that announces and then fails, when it is over, then nobody hears of it."""

    async def fail() -> None:
        async with story.databases.tenant(TENANT) as tx:
            await announce(tx, story.told(thing="a", number=1))
            raise KeyError

    with pytest.raises(KeyError):
        await fail()

    async with story.at_work():
        await story.tell(2)
        heard = await story.hears_numbers(1)

    assert heard == [2]


async def test_a_large_fact_arrives_and_a_larger_one_fails_its_act(story: Story) -> None:
    """Given facts near the limit, when they are told, then no fact can hold up the others."""

    async def tell(size: int) -> None:
        data = '{"thing": "a", "number": 1, "rest": "' + "x" * size + '"}'
        async with story.databases.tenant(TENANT) as tx:
            await announce_data(tx, story.told, [("a", data)])

    async with story.at_work():
        with pytest.raises(FactTooLarge):
            await tell(MAX_FACT_BYTES)
        await tell(3 * 1024 * 1024)
        await story.tell(2)

        heard = await story.hears_numbers(2)

    assert heard == [1, 2]


async def test_lag_and_age_are_figures_to_watch(story: Story) -> None:
    """Given facts handled one after the other, when looked at, then lag and age are told."""
    async with story.at_work():
        await story.tell(1)
        await story.hears(1)
        # The first is measured before the second is fetched.
        await story.tell(2)
        await story.hears(1)

    figures = {
        sample.name: sample.value
        for metric in REGISTRY.collect()
        for sample in metric.samples
        if sample.labels.get("group") == story.inbox.group
    }
    assert figures["inbox_lag"] == 0
    assert figures["inbox_age_seconds"] >= 0
