"""Administrators take the access history away, and anybody can prove it unchanged."""

import csv
import io
import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from libs.common.wire import utc_text
from services.identity import jobs
from services.identity.actions.verifying import HistoryBroken
from tests.identity import people
from tests.kit import then
from tests.kit.running import Running

_PATH = "/v1/access-history-exports"
_HOUR = timedelta(hours=1)


def _wish(**members: object) -> dict[str, Any]:
    now = people.real_now()
    span = {"occurred_at_from": utc_text(now - _HOUR), "occurred_at_to": utc_text(now + _HOUR)}
    return span | members


async def _exported(office: people.Browser, **members: object) -> dict[str, Any]:
    answer = await office.ask("POST", _PATH, json=_wish(**members))
    assert answer.status_code == 202, answer.text
    made: dict[str, Any] = answer.json()
    assert answer.headers["Location"] == f"{_PATH}/{made['export_id']}"
    return made


async def _content(office: people.Browser, export: dict[str, Any]) -> httpx.Response:
    return await office.ask("GET", f"{_PATH}/{export['export_id']}/content")


async def test_json_lines_prove_themselves(
    identity: Running, boss: people.Person, tmp_path: Path
) -> None:
    """Given an export of today, when its file is verified with our keys, then it holds."""
    async with people.browser(identity) as office:
        await office.signs_in(boss)
        export = await _exported(office)
        answer = await _content(office, export)
    (tmp_path / "history.jsonl").write_bytes(answer.content)
    keys = await identity.client.get("/.well-known/audit-jwks.json")
    (tmp_path / "keys.json").write_bytes(keys.content)

    said = jobs.verify_history(str(tmp_path / "history.jsonl"), str(tmp_path / "keys.json"))

    assert said == f"{boss.tenant}: entries 1 to {export['last_seq']} are as written"
    assert (export["status"], export["problem"]) == ("READY", None)
    assert export["progress"] == {"done": export["last_seq"], "total": export["last_seq"]}
    assert answer.headers["content-type"] == "application/jsonl"


@pytest.mark.attack("S58")
async def test_a_changed_file_is_found_out(
    identity: Running, boss: people.Person, tmp_path: Path
) -> None:
    """Given an export in which somebody has put another name, when verified, then it fails."""
    async with people.browser(identity) as office:
        await office.signs_in(boss)
        answer = await _content(office, await _exported(office))
    changed = answer.text.replace(boss.user_id, "user_01m804gnfyejjb59e5dbx4yqmy")
    (tmp_path / "history.jsonl").write_text(changed)

    with pytest.raises(HistoryBroken, match="entry 1: changed"):
        jobs.verify_history(str(tmp_path / "history.jsonl"))


@pytest.mark.parametrize(("charset", "codec"), [("UTF_8", "utf-8-sig"), ("CP932", "cp932")])
async def test_a_table_for_people_has_every_entry(
    identity: Running, boss: people.Person, charset: str, codec: str
) -> None:
    """Given an export as CSV, when it is read in its charset, then each entry is a row."""
    async with people.browser(identity) as office:
        await office.signs_in(boss)
        export = await _exported(office, format="CSV", charset=charset)
        answer = await _content(office, export)
    rows = list(csv.DictReader(io.StringIO(answer.content.decode(codec))))

    assert [int(row["seq"]) for row in rows] == list(range(1, export["last_seq"] + 1))
    assert {row["tenant"] for row in rows} == {boss.tenant}
    assert rows[-1]["action"] == "login"
    assert rows[-1]["prev_hash"] == rows[-2]["entry_hash"]


@pytest.mark.attack("S55")
@pytest.mark.parametrize("begin", ["=", "+", "-", "@", " ="])
async def test_what_a_browser_calls_itself_runs_in_no_table(
    identity: Running, boss: people.Person, begin: str
) -> None:
    """Given a browser named like a formula, when its sign-in is exported, then it is only text."""
    formula = f"{begin}HYPERLINK(1)"
    async with people.browser(identity) as office:
        office.client.headers["User-Agent"] = formula
        await office.signs_in(boss)
        answer = await _content(office, await _exported(office, format="CSV"))
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))

    assert rows[-1]["user_agent"].startswith("'")


async def test_who_takes_it_away_is_in_it(identity: Running, boss: people.Person) -> None:
    """Given an export that was downloaded, when the next is read, then both acts stand there."""
    async with people.browser(identity) as office:
        await office.signs_in(boss)
        first = await _exported(office)
        await _content(office, first)
        answer = await _content(office, await _exported(office))

    entries = [it["entry"] for it in map(json.loads, answer.text.splitlines()) if "entry" in it]
    told = [(it["action"], it["target"]) for it in entries[-2:]]
    assert told == [
        ("access-history.export", first["export_id"]),
        ("access-history.download", first["export_id"]),
    ]


async def test_a_time_without_entries_is_an_empty_file(
    identity: Running, boss: people.Person
) -> None:
    """Given a year before there was anything, when it is exported, then the file says so."""
    span = {
        "occurred_at_from": "2020-04-01T00:00:00Z",
        "occurred_at_to": "2021-03-31T23:59:59Z",
    }
    async with people.browser(identity) as office:
        await office.signs_in(boss)
        export = await _exported(office, **span)
        answer = await _content(office, export)

    assert (export["first_seq"], export["progress"]) == (None, {"done": 0, "total": 0})
    assert [list(json.loads(line)) for line in answer.text.splitlines()] == [["export"]]


@pytest.mark.parametrize(
    "span",
    [
        {"occurred_at_from": "2025-01-01T00:00:00Z", "occurred_at_to": "2026-01-01T00:00:01Z"},
        {"occurred_at_from": "2026-01-02T00:00:00Z", "occurred_at_to": "2026-01-01T00:00:00Z"},
    ],
)
async def test_an_export_covers_a_year_at_most(
    identity: Running, boss: people.Person, span: dict[str, str]
) -> None:
    """Given more than twelve months, or none, when an export is wished, then it is refused."""
    async with people.browser(identity) as office:
        await office.signs_in(boss)
        answer = await office.ask("POST", _PATH, json=_wish(**span))

    then.refused(answer, 422, "validation-failed", "export-range-refused")


async def test_the_sixth_export_in_an_hour_waits(identity: Running, boss: people.Person) -> None:
    """Given five exports, when a sixth is wished in the same hour, then one has to wait."""
    async with people.browser(identity) as office:
        await office.signs_in(boss)
        for _ in range(5):
            await _exported(office)
        answer = await office.ask("POST", _PATH, json=_wish())

    then.refused(answer, 429, "rate-limited")
    assert int(answer.headers["Retry-After"]) >= 1


async def test_another_companys_export_is_not_there(identity: Running, boss: people.Person) -> None:
    """Given an export of one company, when another's administrator asks, then it is not found."""
    other = await people.administrator(identity)
    async with people.browser(identity) as office, people.browser(identity) as elsewhere:
        await office.signs_in(boss)
        await elsewhere.signs_in(other)
        export = await _exported(office)
        read = await elsewhere.ask("GET", f"{_PATH}/{export['export_id']}")
        taken = await _content(elsewhere, export)

    then.refused(read, 404, "not-found", "history-export-not-found")
    then.refused(taken, 404, "not-found", "history-export-not-found")
