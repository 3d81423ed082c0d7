"""Everybody may know when the service is open and what is announced; staff say it."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import httpx
import pytest

from libs.common.wire import utc_text
from tests.identity import people
from tests.kit import then
from tests.kit.running import Running

_HOUR = timedelta(hours=1)


def _notice(**members: Any) -> dict[str, Any]:
    now = people.real_now()
    words = {
        "kind": "NOTICE",
        "title_ja": "料率改定のお知らせ",
        "title_en": "New rates",
        "text_ja": "4月1日から新しい料率が適用されます。",
        "text_en": "New rates apply from 1 April.",
    }
    return words | {"shown_from": utc_text(now - _HOUR)} | members


def _maintenance(begins_in: timedelta) -> dict[str, Any]:
    begins = people.real_now() + begins_in
    times = {"begins_at": utc_text(begins), "ends_at": utc_text(begins + 2 * _HOUR)}
    return _notice(kind="MAINTENANCE", **times)


async def _announced(identity: Running, wish: dict[str, Any]) -> httpx.Response:
    headers = identity.staff("ops:announcements:write") | {"Idempotency-Key": uuid4().hex}
    return await identity.client.post("/ops/v1/announcements", json=wish, headers=headers)


async def _reworded(
    identity: Running, made: dict[str, Any], wish: dict[str, Any], seen: int = 1
) -> httpx.Response:
    headers = identity.staff("ops:announcements:write") | {"If-Match": f'"{seen}"'}
    path = f"/ops/v1/announcements/{made['announcement_id']}"
    return await identity.client.put(path, json=wish, headers=headers)


async def _read(identity: Running) -> dict[str, dict[str, Any]]:
    answer = await identity.client.get("/v1/announcements", params={"limit": 100})
    return {it["announcement_id"]: it for it in answer.json()["items"]}


async def _status(identity: Running) -> dict[str, str]:
    answer = await identity.client.get("/v1/service-status")
    assert answer.status_code == 200, answer.text
    return {it["part"]: it["status"] for it in answer.json()["items"]}


async def test_strangers_read_what_is_announced(identity: Running) -> None:
    """Given two announcements, one for tomorrow, when a stranger reads, then today's is there."""
    made = (await _announced(identity, _notice())).json()
    tomorrow = utc_text(people.real_now() + 24 * _HOUR)
    later = (await _announced(identity, _notice(shown_from=tomorrow))).json()

    shown = await _read(identity)

    assert shown[made["announcement_id"]]["title_en"] == "New rates"
    assert later["announcement_id"] not in shown


async def test_an_announcement_ends(identity: Running) -> None:
    """Given an announcement, when staff end it, then it is not shown, and only once so."""
    made = (await _announced(identity, _notice())).json()
    over = _notice(shown_until=utc_text(people.real_now() - timedelta(minutes=1)))

    ended = await _reworded(identity, made, over)
    stale = await _reworded(identity, made, over)

    assert ended.json()["version"] == 2
    then.refused(stale, 412, "precondition-failed")
    assert made["announcement_id"] not in await _read(identity)


async def test_a_maintenance_shows_in_the_status(identity: Running) -> None:
    """Given a maintenance under way, when the status is asked for, then it says so, until over."""
    before = await _status(identity)
    made = (await _announced(identity, _maintenance(-_HOUR))).json()
    during = await _status(identity)
    await _reworded(identity, made, _maintenance(-3 * _HOUR))
    after = await _status(identity)

    assert [it["API"] for it in (before, during, after)] == ["OPEN", "MAINTENANCE", "OPEN"]
    assert before["INTAKE"] in ("OPEN", "CLOSED")


@pytest.mark.parametrize(
    "wish",
    [
        _notice(kind="MAINTENANCE"),
        _notice(begins_at="2026-11-22T00:00:00Z", ends_at="2026-11-22T01:00:00Z"),
        _maintenance(_HOUR) | {"ends_at": "2026-01-01T00:00:00Z"},
    ],
)
async def test_only_a_maintenance_has_a_time(identity: Running, wish: dict[str, Any]) -> None:
    """Given a time where none belongs, or none where one does, when announced, then refused."""
    answer = await _announced(identity, wish)

    then.refused(answer, 422, "validation-failed", "announcement-time-refused")


async def test_hours_are_set_from_a_day_on(identity: Running) -> None:
    """Given hours from a day on, when strangers read the hours, then earlier ones stand, too."""
    headers = identity.staff("ops:announcements:write")
    wish = {"opens": "08:30", "closes": "18:00", "source": "service notice 2031-1"}
    path = "/ops/v1/service-hours/2031-04-01"

    answer = await identity.client.put(path, json=wish, headers=headers)

    listed = (await identity.client.get("/v1/service-hours")).json()["items"]
    hours = {it["valid_from"]: (it["opens"], it["closes"], it["sample"]) for it in listed}
    assert answer.status_code == 200
    assert hours["2004-10-01"] == ("09:00", "17:30", True)
    assert hours["2031-04-01"] == ("08:30", "18:00", False)


async def test_hours_begin_before_they_end(identity: Running) -> None:
    """Given hours the wrong way round, when set, then they are refused."""
    wish = {"opens": "18:00", "closes": "09:00", "source": "a slip"}

    answer = await identity.client.put(
        "/ops/v1/service-hours/2031-05-01",
        json=wish,
        headers=identity.staff("ops:announcements:write"),
    )

    then.refused(answer, 422, "validation-failed", "hours-reversed")
