"""Ratings: a loss anybody notifies makes a buyer fall, and what brings it back."""

import asyncio
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError

from libs.common.database import PLATFORM
from libs.common.deliveries import Delivery
from libs.common.wire import new_id
from services.buyers.domain.rating import Rating, fallen
from tests.buyers import given
from tests.kit import hearing, then
from tests.kit.running import Running
from tests.kit.stand_in_identity import OTHER_TENANT, TENANT


async def notified(
    service: Running, buyer_code: str, notice: str = "", tenant: str = TENANT
) -> tuple[str, Delivery]:
    """Claims tells that a loss was notified on a buyer; gives the notice and the fact."""
    notice = notice or new_id("loss_notice")
    data = {"loss_notice_id": notice, "buyer_code": buyer_code, "received_on": "2026-11-20"}
    kind = "claims.loss_notice.submitted.v1"
    return notice, await hearing.told(service, kind, notice, data, tenant)


async def withdrawn(
    service: Running, buyer_code: str, notice: str, tenant: str = TENANT
) -> Delivery:
    """Claims tells that the notice was taken back."""
    data = {"loss_notice_id": notice, "buyer_code": buyer_code, "withdrawn_on": "2026-11-24"}
    kind = "claims.loss_notice.withdrawn.v1"
    return await hearing.told(service, kind, notice, data, tenant)


async def history(service: Running, buyer_code: str) -> list[dict[str, Any]]:
    """The changes of a buyer's rating, newest first."""
    answer = await service.client.get(
        f"/v1/buyers/{buyer_code}/rating-history", headers=service.caller("buyers:read")
    )
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


async def ratings(service: Running, buyer_code: str) -> list[str | None]:
    """How a buyer was rated, first to last, and as it is shown now."""
    headers = service.caller("buyers:read")
    shown = (await service.client.get(f"/v1/buyers/{buyer_code}", headers=headers)).json()
    lines = [line["rating"] for line in reversed(await history(service, buyer_code))]
    assert lines[-1] == shown["rating"]
    return lines


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (Rating.GS, Rating.GR),
        (Rating.EE, Rating.ER),
        (Rating.EC, Rating.ER),
        (Rating.SA, Rating.SR),
        (Rating.PU, Rating.PU),
        (Rating.ER, Rating.ER),
        (Rating.EB, Rating.EB),
    ],
)
def test_a_buyer_falls_within_its_registry_class(before: Rating, after: Rating) -> None:
    """Given a rating, when a loss is notified, then it is R of its class, or stays as low."""
    assert fallen(before) is after


async def test_a_notified_loss_is_told_to_everybody(buyers: Running) -> None:
    """Given an EA buyer, when one company notifies a loss, then all hear that it is ER."""
    code = await given.buyer(buyers, rating="EA")

    await notified(buyers, code)

    told = dict(await then.told(buyers, code, PLATFORM))
    assert told["buyers.buyer.rating_changed.v1"] == {
        "buyer_code": code,
        "previous_rating": "EA",
        "rating": "ER",
        "cause": "LOSS_NOTICE",
        "changed_on": "2026-11-20",
    }
    assert told["buyers.buyer.state.v1"]["rating"] == "ER"


async def test_a_company_that_has_nothing_to_do_with_it_sees_the_fall(buyers: Running) -> None:
    """Given a loss of one company, when another reads the history, then it says no more."""
    code = await given.buyer(buyers, rating="EA")
    await notified(buyers, code, tenant=OTHER_TENANT)

    fall, _ = await history(buyers, code)

    assert fall == {
        "number": 2,
        "previous_rating": "EA",
        "rating": "ER",
        "cause": "LOSS_NOTICE",
        "changed_on": "2026-11-20",
    }


async def test_a_notice_told_twice_is_one_fall(buyers: Running) -> None:
    """Given a fact that was handled, when it comes again, then nothing changes."""
    code = await given.buyer(buyers, rating="EA")
    _, fact = await notified(buyers, code)
    told = await then.told(buyers, code, PLATFORM)

    await hearing.told_again(buyers, fact)

    assert await ratings(buyers, code) == ["EA", "ER"]
    assert await then.told(buyers, code, PLATFORM) == told


async def test_a_provisional_buyer_stays_what_it_is(buyers: Running) -> None:
    """Given a provisional buyer, when a loss is notified, then its rating is no news."""
    code = await given.buyer(buyers, rating="PU")

    await notified(buyers, code)

    assert await ratings(buyers, code) == ["PU"]


async def test_a_withdrawn_notice_brings_the_rating_back(buyers: Running) -> None:
    """Given a buyer that fell, when the only notice is withdrawn, then it is what it was."""
    code = await given.buyer(buyers, rating="EM")
    notice, _ = await notified(buyers, code)

    fact = await withdrawn(buyers, code, notice)
    await hearing.told_again(buyers, fact)

    assert await ratings(buyers, code) == ["EM", "ER", "EM"]
    [newest, *_] = await history(buyers, code)
    assert (newest["cause"], newest["changed_on"]) == ("LOSS_NOTICE_WITHDRAWN", "2026-11-24")


async def test_another_open_notice_keeps_it_down(buyers: Running) -> None:
    """Given notices of two companies, when one is withdrawn, then the other still counts."""
    code = await given.buyer(buyers, rating="EM")
    first, _ = await notified(buyers, code)
    second, _ = await notified(buyers, code, tenant=OTHER_TENANT)

    await withdrawn(buyers, code, first)
    assert await ratings(buyers, code) == ["EM", "ER"]
    await withdrawn(buyers, code, second, tenant=OTHER_TENANT)

    assert await ratings(buyers, code) == ["EM", "ER", "EM"]


@pytest.mark.parametrize("decided", ["EB", "EF"])
async def test_what_staff_decided_since_stays(buyers: Running, decided: str) -> None:
    """Given a buyer staff have rated since its fall, when withdrawn, then their word stays."""
    code = await given.buyer(buyers, rating="EM")
    notice, _ = await notified(buyers, code)
    await given.entered(buyers, code, version=2, rating=decided)

    await withdrawn(buyers, code, notice)

    assert await ratings(buyers, code) == ["EM", "ER", decided]


async def test_a_new_name_is_no_decision_on_the_rating(buyers: Running) -> None:
    """Given staff who correct a name only, when the notice is withdrawn, then it comes back."""
    code = await given.buyer(buyers, rating="EM")
    notice, _ = await notified(buyers, code)
    await given.entered(buyers, code, version=2, rating="ER", name="SIAM VALVE PCL")

    await withdrawn(buyers, code, notice)

    assert await ratings(buyers, code) == ["EM", "ER", "EM"]


async def test_staff_who_rate_a_buyer_tell_it_as_a_change(buyers: Running) -> None:
    """Given a buyer, when staff rate it anew, then the change is told, and not when it is new."""
    code = await given.buyer(buyers, rating="EA")

    await given.entered(buyers, code, version=1, rating="EF")

    facts = [kind.split(".")[2] for kind, _ in await then.told(buyers, code, PLATFORM)]
    assert sorted(facts) == ["rating_changed", "registered", "state", "state", "updated"]


async def test_rivals_fall_once(buyers: Running) -> None:
    """Given five companies with a loss, when all notify at once, then the buyer falls once."""
    code = await given.buyer(buyers, rating="EA")
    tenants = [f"04500{number}000" for number in range(5)]

    await asyncio.gather(*(notified(buyers, code, tenant=tenant) for tenant in tenants))

    assert await ratings(buyers, code) == ["EA", "ER"]


async def test_staff_who_rate_at_the_same_time_win_or_see_it_first(buyers: Running) -> None:
    """Given a notice and an edit at once, when both are done, then no change is lost."""
    code = await given.buyer(buyers, rating="EA")

    answer, _ = await asyncio.gather(
        given.entered(buyers, code, version=1, rating="EF"), notified(buyers, code)
    )

    # First the edit, and the buyer falls from there; or first the fall, and the edit is stale.
    seen = {200: ["EA", "EF", "ER"], 412: ["EA", "ER"]}
    assert await ratings(buyers, code) == seen[answer.status_code]


async def test_a_notice_on_a_buyer_nobody_knows_changes_nothing(buyers: Running) -> None:
    """Given no such buyer, when a loss on it is notified and withdrawn, then both are heard."""
    code = given.code()

    notice, _ = await notified(buyers, code)
    await withdrawn(buyers, code, notice)

    assert await then.told(buyers, code, PLATFORM) == []


async def test_an_unknown_buyer_has_no_history(buyers: Running) -> None:
    """Given no such buyer, when its history is read, then it is not found."""
    answer = await buyers.client.get(
        "/v1/buyers/9999999/rating-history", headers=buyers.caller("buyers:read")
    )

    then.refused(answer, 404, "not-found", "buyer-not-found")


async def test_whose_losses_a_buyer_has_concerns_no_policyholder(buyers: Running) -> None:
    """Given the notices that stand, when a policyholder's role reads them, then it may not."""
    with pytest.raises(ProgrammingError, match="permission denied"):
        async with buyers.databases.tenant(TENANT) as tx:
            await tx.execute(text("SELECT * FROM loss_notices"))
