"""Days of publication over HTTP: set by staff from a day on, read by whoever waits for a ledger."""

import asyncio
from datetime import datetime
from typing import Any
from uuid import uuid4

import httpx
import pytest

from services.ledger.actions.closing import close_ledgers
from tests.kit import then
from tests.kit.running import Running
from tests.ledger import rounds
from tests.ledger.rounds import MoveClock

MONDAYS = {"valid_from": "2026-09-01", "weekdays": [1], "source": "notice 2026-15"}

FAR = "2099-01-01"


async def _set(
    service: Running, calendar: str, version: int | None, key: str | None = None, **days: Any
) -> httpx.Response:
    headers = service.staff("ops:cycle-calendars:write")
    headers |= {"If-Match": f'"{version}"'} if version else {}
    headers |= {"Idempotency-Key": key or uuid4().hex}
    path = f"/ops/v1/cycle-calendars/{calendar}"
    return await service.client.put(path, json=MONDAYS | days, headers=headers)


async def _read(service: Running, path: str = "", **params: str) -> httpx.Response:
    headers = service.caller("check-ledgers:read")
    path = f"/v1/cycle-calendars{path}"
    return await service.client.get(path, params=params, headers=headers)


async def _newest(service: Running, calendar: str) -> int:
    """The version that was entered last, of days that no other story reaches."""
    version: int = (await _read(service, f"/{calendar}", as_of=FAR)).json()["version"]
    return version


async def test_an_office_publishes_on_the_days_staff_have_set(
    alone: Running, clock_at: MoveClock
) -> None:
    """Given an Osaka holder, when staff set Mondays from September on, then those are its days.

    Its ledgers are no longer marked as published on days that are only assumed.
    """
    clock_at("2026-08-25T10:15:00")
    holder = await rounds.holder(alone, office="15")
    await holder.applies()
    answer = await _set(alone, "15-CHECK", 1)
    assert (answer.status_code, answer.headers["etag"]) == (200, '"2"'), answer.text

    for day in ("2026-08-31", "2026-09-07", "2026-09-10"):
        clock_at(f"{day}T06:00:00")
        await close_ledgers(alone.databases, datetime.fromisoformat(f"{day}T06:00:00+09:00"))
        await holder.applies()

    shown = (await holder.reads("check-ledgers"))["items"]
    assert [(it["published_on"], it["from_on"], it["sample"]) for it in shown] == [
        ("2026-08-31", "2026-08-20", True),
        ("2026-09-07", "2026-08-31", False),
    ]


async def test_what_held_before_stays_on_record(ledger: Running) -> None:
    """Given days set from 2099 on, when they are read as of the day before, the old ones hold."""
    first = await _newest(ledger, "15-FIXED")

    await _set(ledger, "15-FIXED", first, valid_from=FAR)

    before = await _read(ledger, "/15-FIXED", as_of="2098-12-31")
    after = await _read(ledger, "/15-FIXED", as_of=FAR)
    assert (before.json()["business_days_from_end"], before.json()["weekdays"]) == ([1], [])
    assert (before.json()["entered_at"], before.headers["etag"]) == (None, '"1"')
    assert (after.json()["weekdays"], after.json()["source"]) == ([1], "notice 2026-15")
    assert after.headers["etag"] == f'"{first + 1}"'
    listed = (await _read(ledger, as_of="2026-09-01")).json()["items"]
    assert [it["id"] for it in listed] == ["10-CHECK", "10-FIXED", "15-CHECK", "15-FIXED"]
    early = await _read(ledger, "/15-FIXED", as_of="2004-09-30")
    then.refused(early, 404, "not-found", "calendar-not-found")


async def test_days_are_set_from_the_version_that_was_seen(ledger: Running) -> None:
    """Given a version, when staff set days blindly, late or twice at once, then one is taken."""
    seen = await _newest(ledger, "10-FIXED")

    blind = await _set(ledger, "10-FIXED", None, valid_from=FAR)
    twins = await asyncio.gather(
        *(_set(ledger, "10-FIXED", seen, valid_from=FAR) for _ in range(2))
    )
    stale = await _set(ledger, "10-FIXED", seen, valid_from=FAR)

    then.refused(blind, 428, "precondition-required")
    assert sorted(it.status_code for it in twins) == [200, 412]
    assert then.refused(stale, 412, "precondition-failed")["current_version"] == seen + 1


async def test_an_answer_that_was_lost_is_given_again(ledger: Running) -> None:
    """Given days that were set, when the same request comes again, then it has the same answer."""
    seen, key = await _newest(ledger, "10-CHECK"), uuid4().hex

    first = await _set(ledger, "10-CHECK", seen, key, valid_from=FAR)
    again = await _set(ledger, "10-CHECK", seen, key, valid_from=FAR)

    assert (again.json(), again.headers["idempotency-replayed"]) == (first.json(), "true")


async def test_days_begin_no_earlier_than_those_before(ledger: Running) -> None:
    """Given days from 2099 on, when others are set from the day before on, then that conflicts."""
    seen = await _newest(ledger, "10-CHECK")
    await _set(ledger, "10-CHECK", seen, valid_from=FAR)

    answer = await _set(ledger, "10-CHECK", seen + 1, valid_from="2098-12-31")

    then.refused(answer, 409, "state-conflict", "calendar-out-of-order")


@pytest.mark.parametrize(
    ("days", "place"),
    [
        ({"weekdays": [0]}, "#/weekdays/0"),
        ({"weekdays": [8]}, "#/weekdays/0"),
        ({"days_of_month": [1, 32]}, "#/days_of_month/1"),
        ({"business_days_from_end": [11]}, "#/business_days_from_end/0"),
        ({"valid_from": "2026-02-30"}, "#/valid_from"),
        ({"source": ""}, "#/source"),
    ],
)
async def test_a_day_that_never_comes_is_named(
    ledger: Running, days: dict[str, Any], place: str
) -> None:
    """Given a day outside its week or month, when it is set, then 422 names it."""
    answer = await _set(ledger, "15-CHECK", 1, **days)

    [item] = then.refused(answer, 422, "validation-failed")["errors"]
    assert item["pointer"] == place


async def test_an_office_that_would_never_publish_is_refused(ledger: Running) -> None:
    """Given a calendar without any day, when it is set, then it is refused."""
    seen = await _newest(ledger, "15-CHECK")

    answer = await _set(ledger, "15-CHECK", seen, weekdays=[])

    then.refused(answer, 422, "validation-failed", "no-day-of-publication")


async def test_setting_days_is_for_staff(ledger: Running) -> None:
    """Given a policyholder's caller, when it sets days, then it is forbidden."""
    answer = await ledger.client.put(
        "/ops/v1/cycle-calendars/15-CHECK",
        json=MONDAYS,
        headers=ledger.caller("check-ledgers:read"),
    )

    then.refused(answer, 403, "forbidden")
