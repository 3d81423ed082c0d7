"""Estimates that are not made: who is not covered, and what nobody has registered."""

import httpx
import pytest
import pytest_asyncio

from libs.common.database import PLATFORM
from tests.kit import hearing, then
from tests.kit.running import Running

from . import asking, given


@pytest_asyncio.fixture(autouse=True, scope="module", loop_scope="session")
async def _rulebook(premium: Running) -> None:
    await given.the_settlement_methods(premium)
    await asking.the_ratings(premium)
    await given.agreement_told(premium)


def places(answer: httpx.Response) -> list[tuple[str, str]]:
    """Name what has to be mended, and why."""
    return [(it["code"], it["pointer"]) for it in answer.json()["errors"]]


@pytest.mark.parametrize("rating", ["ER", "GR", "SR", "EB", "GB", "SB"])
async def test_an_accident_class_is_not_covered(premium: Running, rating: str) -> None:
    """Given a buyer that has failed to pay, when it is asked about, then it is not covered."""
    buyer = await asking.buyer_told(premium, rating=rating)

    answer = await asking.estimate(premium, asking.question(buyer))

    body = then.refused(answer, 422, "business-rule-violated", "rating-not-covered")
    assert body["detail"] != body["detail_en"]


async def test_a_buyer_is_judged_by_its_newest_rating(premium: Running) -> None:
    """Given a buyer rated EA, when it falls to ER, then the next estimate is refused."""
    buyer = await asking.buyer_told(premium, rating="EA")
    before = await asking.estimate(premium, asking.question(buyer))

    await asking.buyer_told(premium, buyer_code=buyer, rating="ER")
    after = await asking.estimate(premium, asking.question(buyer))

    assert before.status_code == 201
    then.refused(after, 422, "business-rule-violated", "rating-not-covered")


async def test_a_buyer_told_twice_is_one_buyer(premium: Running) -> None:
    """Given a buyer that is heard of again, when it is asked about, then all is as before."""
    told = asking.buyer()
    buyer = str(told["buyer_code"])

    fact = await hearing.told(premium, asking.BUYER_STATE, buyer, told, PLATFORM)
    await hearing.told_again(premium, fact)
    await hearing.told(premium, asking.BUYER_STATE, buyer, told, PLATFORM)

    assert (await asking.estimate(premium, asking.question(buyer))).status_code == 201


async def test_who_is_not_registered_is_named(premium: Running) -> None:
    """Given an unknown buyer and agreement, when they are asked about, then both are named."""
    answer = await asking.estimate(premium, asking.question("9999999", agreement_code="200100000"))

    then.refused(answer, 422, "validation-failed", "estimate-not-possible")
    assert places(answer) == [
        ("unknown-reference", "#/agreement_code"),
        ("unknown-reference", "#/buyer_code"),
    ]


async def test_a_buyer_that_left_the_register_is_unknown(premium: Running) -> None:
    """Given a buyer that is not active any more, when it is asked about, then it is unknown."""
    buyer = await asking.buyer_told(premium, active=False)

    answer = await asking.estimate(premium, asking.question(buyer))

    assert places(answer) == [("unknown-reference", "#/buyer_code")]


async def test_what_the_rulebook_is_silent_on_is_named(premium: Running) -> None:
    """Given three things without a row, when they are asked about, then each place is named."""
    asked = asking.question(
        await asking.buyer_told(premium),
        currency="ZMW",
        destination_country="999",
        settlements=[{"settlement_method": "10"}, {"settlement_method": "20"}],
    )

    answer = await asking.estimate(premium, asked)

    assert places(answer) == [
        ("code-not-effective", "#/currency"),
        ("code-not-effective", "#/destination_country"),
        ("code-not-effective", "#/settlements/1"),
    ]


async def test_half_a_yen_is_no_amount(premium: Running) -> None:
    """Given an amount finer than its currency, when it is asked about, then it is named."""
    asked = asking.question("1234560", pre_shipment_amount="10000000.5")

    answer = await asking.estimate(premium, asked)

    assert places(answer) == [("bad-format", "#/pre_shipment_amount")]
