"""Facts that cannot be handled, or not yet: they wait aside, and those of their key with them."""

from uuid import uuid4

import pytest
from prometheus_client import REGISTRY

from libs.common.dead_letters import put_back
from tests.common.story import TENANT, Story
from tests.kit.stand_in_identity import OTHER_TENANT


async def test_poison_waits_with_its_followers_and_comes_back_in_order(story: Story) -> None:
    """Given a fact nobody can handle, when it is mended and put back, then order is as told."""
    story.poison = {2}
    async with story.at_work():
        await story.tell(1, 2, 3)
        await story.tell(9, thing="b")
        before = await story.hears_numbers(2)
        reasons = await story.buried(2)
        story.poison = set()

        sent = await put_back(story.inbox.group, story.settings.kafka_bootstrap)
        after = await story.hears_numbers(2)

    assert set(before) == {1, 9}
    assert reasons == ["ValueError", "SequenceGap"]
    assert sent == 2
    assert after == [2, 3]
    group = {"group": story.inbox.group}
    assert REGISTRY.get_sample_value("inbox_buried_total", group) == 2


async def test_a_fact_before_its_turn_waits_for_it(story: Story) -> None:
    """Given a first fact, when the third comes before the second, then it waits aside."""
    async with story.at_work(relays=0):
        await story.send(1, sequence=1)
        await story.send(3, sequence=3)
        await story.send(2, sequence=2)
        early = await story.hears_numbers(2)
        reasons = await story.buried(1)

        await put_back(story.inbox.group, story.settings.kafka_bootstrap)
        late = await story.hears_numbers(1)

    assert (early, reasons, late) == ([1, 2], ["SequenceGap"], [3])


async def test_a_copy_at_the_end_does_not_turn_back_what_was_heard(story: Story) -> None:
    """Given three facts and a copy of the first in one batch, when the fourth comes, it is next."""
    first = {"ce_id": str(uuid4())}
    await story.send(1, 1, **first)
    await story.send(2, 2)
    await story.send(3, 3)
    await story.send(1, 1, **first)
    async with story.at_work(relays=0):
        heard = await story.hears_numbers(3)
        await story.send(4, 4)

        heard += await story.hears_numbers(1)

    assert heard == [1, 2, 3, 4]


async def test_a_number_that_another_fact_had_is_buried(story: Story) -> None:
    """Given two facts, when another comes under the first one's number, then it is put aside."""
    async with story.at_work(relays=0):
        await story.send(1, 1)
        await story.send(2, 2)
        await story.send(9, 1)
        await story.send(3, 3)

        heard = await story.hears_numbers(3)
        reasons = await story.buried(1)

    assert (heard, reasons) == ([1, 2, 3], ["SequenceTaken"])


@pytest.mark.attack("S60")
async def test_a_forged_envelope_is_buried_and_changes_nothing(story: Story) -> None:
    """Given records whose tenant is not their key's or that are no facts, then all are buried."""
    async with story.at_work(relays=0):
        await story.send(1, 1, ce_tenant=OTHER_TENANT)
        await story.send(2, 1, ce_tenant="")
        await story.send(3, 1, ce_tenant="'; DROP TABLE outbox --")
        await story.send(4, 1, ce_id="not-an-id")
        await story.send(5, 1, ce_sequence="first")
        await story.send(6, 1)

        heard = await story.hears(1)
        reasons = await story.buried(5)

    assert heard == [(TENANT, "a", 6)]
    assert set(reasons) == {"BrokenEnvelope"}
    assert len(await story.noted()) == 1
