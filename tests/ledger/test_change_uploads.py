"""Changes, corrections and cancellations over HTTP: the examples of the rules, end to end."""

from typing import Any
from uuid import uuid4

import pytest

from deploy.local.replay import contracts
from deploy.local.replay.cases import Case, cases_in
from deploy.local.replay.findings import differences
from deploy.local.replay.preconditions import wanted
from deploy.local.replay.told import State
from tests.kit.running import Running
from tests.ledger import given
from tests.ledger.rounds import MoveClock

# One form of each is enough here, and one contract is changed once: `make replay` plays them all.
CASES = [
    case
    for case in cases_in(given.FIXTURES)[0]
    if isinstance(case, Case)
    if case.told.layout == "2110" and case.form.path.name == "submit.cp932.csv"
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name.split("/")[1])
async def test_a_change_does_what_its_example_tells(
    ledger: Running, clock_at: MoveClock, case: Case
) -> None:
    """Given a contract as the example has it, when changed, then every history is as told."""
    clock_at(f"{case.begins_at:%Y-%m-%dT%H:%M:%S}")
    await _prepared(ledger, case)
    clock_at(f"{case.received_at:%Y-%m-%dT%H:%M:%S}")
    assert [*await _unlike(ledger, case, case.expected.state_before)] == []

    tried = await _handed_in(ledger, case)
    found = await given.findings(ledger, tried["id"], _sender(case))
    assert [*differences(case.expected, tried, found)] == []
    applied = await _submitted(ledger, case, tried)

    found = await given.findings(ledger, applied["id"], _sender(case))
    assert [*differences(case.expected, applied, found)] == []
    assert (applied["status"], applied["rejected_count"]) == ("APPLIED", tried["rejected_count"])
    assert [*await _unlike(ledger, case, case.expected.state_after)] == []
    assert await _significant(ledger, case, applied["id"])


def _sender(case: Case) -> str:
    assert case.sender is not None
    return case.sender


async def _prepared(ledger: Running, case: Case) -> None:
    """What goes before the case has been done; of the cycle only what it leaves behind."""
    assert case.base is not None
    policies = wanted(case, case.base)
    sent = await given.handed_in(
        ledger,
        case.base.content,
        tenant=_sender(case),
        file_name=f"東都機械貿易({case.begins_at:%y%m%d}).csv",
        declared_count=str(len(policies)),
        mode="SUBMIT",
    )
    upload = await given.worked_off(ledger, sent.json()["id"], _sender(case))
    assert (upload["status"], upload["rejected_count"]) == ("APPLIED", 0), upload
    for it in policies:
        if it.status == "error":
            await given.marked(ledger, it.policy_number, revision=0)
        elif it.status == "finalised":
            ledger_id = await given.fixed_ledger(ledger, it.policy_number)
            if it.is_invoiced:
                await given.invoiced(ledger, ledger_id)


async def _handed_in(ledger: Running, case: Case, **fields: str) -> dict[str, Any]:
    count = {"declared_count": str(case.told.count)}
    sent = await given.handed_in(
        ledger,
        case.form.content,
        tenant=_sender(case),
        file_name=case.file_name or case.form.path.name,
        layout="2110",
        **count | fields,
    )
    return await given.worked_off(ledger, sent.json()["id"], _sender(case))


async def _submitted(ledger: Running, case: Case, tried: dict[str, Any]) -> dict[str, Any]:
    assert tried["status"] == "READY", tried
    headers = ledger.caller("ledger-uploads:write", tenant=_sender(case))
    headers |= {"If-Match": f'"{tried["version"]}"', "Idempotency-Key": uuid4().hex}
    await ledger.client.post(f"/v1/ledger-uploads/{tried['id']}/submit", headers=headers)
    return await given.worked_off(ledger, tried["id"], _sender(case))


async def _unlike(ledger: Running, case: Case, states: list[State]) -> list[str]:
    found: list[str] = []
    for state in states:
        number = contracts.policy_number(state.policy_number)
        contract = await given.contract_of(ledger, number, _sender(case))
        histories = await given.histories_of(ledger, number, _sender(case))
        found += contracts.differences(state.model_dump(), contracts.as_told(contract, histories))
    return found


async def _significant(ledger: Running, case: Case, upload_id: str) -> bool:
    """Whether every change that was taken in is significant as the example says."""
    told = case.expected.significant_changes
    found = {
        number: contracts.significant_items(
            await given.histories_of(ledger, contracts.policy_number(number), _sender(case)),
            upload_id,
        )
        for number in told
    }
    return all(items is None or items == sorted(told[number]) for number, items in found.items())
