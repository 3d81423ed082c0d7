"""Files are kept for ninety days after their upload has ended; facts and findings stay for good."""

from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import obstore
from sqlalchemy import func, select

from libs.common.database import PLATFORM
from libs.common.jobs import run_due
from services.ledger import tables
from services.ledger.actions.keeping import forget_files
from services.ledger.app import service
from tests.kit import then
from tests.kit.running import Running
from tests.ledger import given
from tests.ledger.given import TOTO
from tests.ledger.hostile import judged, row
from tests.ledger.rounds import MoveClock

ENDED = "2026-08-25T10:15:00"


def _japan(told: str) -> datetime:
    return datetime.fromisoformat(f"{told}+09:00").astimezone(UTC)


def _kept_until(upload: dict[str, Any]) -> datetime:
    return datetime.fromisoformat(upload["file_kept_until"])


async def test_a_file_is_kept_to_the_end_of_its_ninety_days(
    alone: Running, clock_at: MoveClock
) -> None:
    """Given an upload that ended, when 90 days are all but over, then its report is there."""
    clock_at(ENDED)
    upload, _ = await judged(alone, row())

    await forget_files(alone.databases, _kept_until(upload) - timedelta(microseconds=1))
    await given.all_worked_off(alone)

    ended = datetime.fromisoformat(upload["finished_at"])
    assert _kept_until(upload) == ended + timedelta(days=90)
    assert (await _report(alone, upload["id"])).status_code == 200


async def test_after_ninety_days_the_file_is_gone(alone: Running, clock_at: MoveClock) -> None:
    """Given an upload that ended, when 90 days are over, then 410 says so, and its store is empty.

    What was found in it and what came of it are still there.
    """
    clock_at(ENDED)
    upload, found = await judged(alone, row(c24=b"9999999") + row(c3=b"000002"), 2, mode="SUBMIT")

    await forget_files(alone.databases, _kept_until(upload))
    told = await _report(alone, upload["id"])
    await given.all_worked_off(alone)

    then.refused(told, 410, "no-longer-available", "file-no-longer-kept")
    assert await _stored(alone) == []
    assert await given.findings(alone, upload["id"], TOTO) == found
    contract = await given.contract_of(alone, "1020010035726000002", TOTO)
    assert contract["upload_id"] == upload["id"]


async def test_a_trial_nobody_submitted_leaves_nothing_either(
    alone: Running, clock_at: MoveClock
) -> None:
    """Given a dry run that is still ready, when 90 days are over, then its parts go, too."""
    clock_at(ENDED)
    upload, _ = await judged(alone, row())
    assert len(await _stored(alone)) == 2

    await forget_files(alone.databases, _kept_until(upload))
    await given.all_worked_off(alone)

    assert await _stored(alone) == []


async def test_what_is_still_at_work_is_kept(alone: Running, clock_at: MoveClock) -> None:
    """Given a file that nobody has judged yet, when a hundred days are over, then it waits on."""
    clock_at(ENDED)
    content = {"tenant": TOTO, "file_name": "東都機械貿易(260825).csv", "declared_count": "1"}
    sent = await given.handed_in(alone, row(), **content)

    await forget_files(alone.databases, _japan("2026-12-03T10:15:00"))

    assert sent.json()["file_kept_until"] is None
    upload = await given.worked_off(alone, sent.json()["id"], TOTO)
    assert (upload["status"], len(await _stored(alone))) == ("READY", 2)


async def test_a_night_that_is_begun_again_asks_nothing_twice(
    alone: Running, clock_at: MoveClock
) -> None:
    """Given files that were forgotten, when the night is begun again, then no work is added."""
    clock_at(ENDED)
    upload, _ = await judged(alone, row())
    await forget_files(alone.databases, _kept_until(upload))
    waiting = await _waiting(alone)

    await forget_files(alone.databases, _kept_until(upload))

    assert (waiting, await _waiting(alone)) == (1, 1)


async def test_the_clock_ends_the_ninety_days(alone: Running, clock_at: MoveClock) -> None:
    """Given an upload that ended, when the clock has gone on for 91 days, then the file is gone."""
    clock_at(ENDED)
    upload, _ = await judged(alone, row())
    await run_due(alone.databases, alone.settings, service.jobs, _japan(ENDED))
    clock_at("2026-11-24T10:15:00")

    await run_due(alone.databases, alone.settings, service.jobs, _japan("2026-11-24T10:15:00"))

    told = await _report(alone, upload["id"])
    then.refused(told, 410, "no-longer-available", "file-no-longer-kept")


async def _report(ledger: Running, upload_id: str) -> httpx.Response:
    headers = ledger.caller("ledger-uploads:read", tenant=TOTO)
    return await ledger.client.get(f"/v1/ledger-uploads/{upload_id}/report", headers=headers)


async def _stored(ledger: Running) -> list[str]:
    return [it["path"] async for page in obstore.list(ledger.app.state.files) for it in page]


async def _waiting(ledger: Running) -> int:
    async with ledger.databases.tenant(PLATFORM) as tx:
        return await tx.scalar(select(func.count()).select_from(tables.UploadTask)) or 0
