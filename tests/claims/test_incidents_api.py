"""Incidents over HTTP: opened by the first notice, joined by the next, closed by the last."""

import asyncio
from typing import Any

from tests.claims import given
from tests.kit import then
from tests.kit.running import Running
from tests.kit.stand_in_identity import OTHER_TENANT


async def incident(service: Running, incident_id: str) -> dict[str, Any]:
    """An incident as it is shown."""
    found: dict[str, Any] = (await given.read(service, f"/incidents/{incident_id}")).json()
    return found


async def timeline(service: Running, incident_id: str) -> list[tuple[str, str]]:
    """What was filed on an incident: kind and reference, oldest first."""
    answer = await given.read(service, f"/incidents/{incident_id}/timeline")
    return [(it["kind"], it["reference"]) for it in answer.json()["items"]]


async def two_settlements(service: Running) -> str:
    """A contract paid in two settlements, both due; gives its policy number."""
    both = [given.settlement(1), given.settlement(2, due_date="2026-10-20")]
    return await given.contract(service, settlements=both)


async def test_the_first_notice_opens_an_incident(claims: Running) -> None:
    """Given no incident, when a loss is notified, then one is open with one line."""
    number = await given.contract(claims)

    notice = await given.filed(claims, given.unpaid(number))

    found = await incident(claims, notice["incident_id"])
    assert found == {
        "id": notice["incident_id"],
        "status": "OPEN",
        "policy_number": number,
        "branch_number": "00",
        "buyer_code": given.PAYER,
        "opened_on": "2026-11-20",
        "updated_at": notice["updated_at"],
        "version": 1,
    }
    filed = ("LOSS_NOTICE_SUBMITTED", notice["reference"])
    assert await timeline(claims, notice["incident_id"]) == [filed]


async def test_the_next_notice_on_the_same_joins_it(claims: Running) -> None:
    """Given two settlements of one buyer, when both are notified, then it is one incident."""
    number = await two_settlements(claims)

    first = await given.filed(claims, given.unpaid(number))
    second = await given.filed(claims, given.unpaid(number, settlement_slot=2))
    other = await given.filed(claims, given.unshipped(number))

    assert first["incident_id"] == second["incident_id"] != other["incident_id"]
    assert await timeline(claims, first["incident_id"]) == [
        ("LOSS_NOTICE_SUBMITTED", first["reference"]),
        ("LOSS_NOTICE_SUBMITTED", second["reference"]),
    ]


async def test_rivals_open_one_incident(claims: Running) -> None:
    """Given two settlements, when both are notified at once, then one incident has two lines."""
    number = await two_settlements(claims)
    drafts = [
        await given.begun(claims, given.unpaid(number, settlement_slot=slot)) for slot in (1, 2)
    ]

    answers = await asyncio.gather(*(given.acted(claims, "submit", it) for it in drafts))

    [incident_id] = {answer.json()["incident_id"] for answer in answers}
    assert len(await timeline(claims, incident_id)) == 2
    assert (await incident(claims, incident_id))["version"] == 2


async def test_an_incident_closes_with_its_last_notice_and_opens_again(claims: Running) -> None:
    """Given two notices, when both are withdrawn, then it is closed until another is filed."""
    number = await two_settlements(claims)
    first = await given.filed(claims, given.unpaid(number))
    second = await given.filed(claims, given.unpaid(number, settlement_slot=2))
    place = first["incident_id"]

    await given.acted(claims, "withdraw", first)
    half = (await incident(claims, place))["status"]
    await given.acted(claims, "withdraw", second)
    none = (await incident(claims, place))["status"]
    again = await given.filed(claims, given.unpaid(number))

    assert (half, none) == ("OPEN", "CLOSED")
    assert again["incident_id"] == place
    assert (await incident(claims, place))["status"] == "OPEN"
    assert [kind.rpartition("_")[2] for kind, _ in await timeline(claims, place)] == [
        "SUBMITTED", "SUBMITTED", "WITHDRAWN", "WITHDRAWN", "SUBMITTED",
    ]  # fmt: skip


async def test_a_line_says_when_it_was_written_and_where_it_leads(claims: Running) -> None:
    """Given a notice, when its incident's lines are read, then one leads to the notice."""
    notice = await given.filed(claims, given.unpaid(await given.contract(claims)))

    answer = await given.read(claims, f"/incidents/{notice['incident_id']}/timeline")

    [line] = answer.json()["items"]
    assert line["resource_url"] == f"/v1/loss-notices/{notice['id']}"
    assert (line["number"], line["entered_on"]) == (1, "2026-11-20")
    assert line["entered_at"] == notice["received_at"]


async def test_the_list_is_filtered(claims: Running) -> None:
    """Given an open and a closed incident, when asked for one, then the other is missing."""
    number = await given.contract(claims)
    closed = await given.filed(claims, given.unpaid(number))
    await given.acted(claims, "withdraw", closed)
    opened = await given.filed(claims, given.unshipped(number))

    async def listed(query: str) -> list[str]:
        answer = await given.read(
            claims, f"/incidents?policy_number={number}&sort=-updated_at{query}"
        )
        return [item["id"] for item in answer.json()["items"]]

    assert await listed("") == [opened["incident_id"], closed["incident_id"]]
    assert await listed("&status=CLOSED") == [closed["incident_id"]]
    assert await listed(f"&buyer_code={given.COUNTERPARTY}") == [opened["incident_id"]]
    assert await listed("&updated_at_from=2099-01-01T00:00:00Z") == []


async def test_another_company_never_sees_it(claims: Running) -> None:
    """Given another company's incident, when it or its lines are read, then it is not there."""
    number = await given.contract(claims, tenant=OTHER_TENANT)
    theirs = await given.filed(claims, given.unpaid(number), tenant=OTHER_TENANT)

    for path in ("", "/timeline"):
        answer = await given.read(claims, f"/incidents/{theirs['incident_id']}{path}")
        then.refused(answer, 404, "not-found", "incident-not-found")
