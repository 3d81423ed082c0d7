"""What claims hears of contracts and causes, told once or again, in any order."""

import asyncio
from typing import Any

import pytest
from sqlalchemy import select

from services.claims import tables
from services.claims.actions import copies
from services.claims.consumers import ContractsApplied
from tests.claims import given
from tests.kit import hearing
from tests.kit.running import Running
from tests.kit.stand_in_identity import TENANT


async def faults(service: Running, wish: dict[str, Any]) -> list[str]:
    """The places of everything a notice would be refused for."""
    draft = await given.begun(service, wish)
    answer = await given.acted(service, "assess", draft)
    return [fault["pointer"] for fault in answer.json()["faults"]]


async def test_a_contract_told_twice_is_one(claims: Running) -> None:
    """Given a fact that was handled, when it comes again, then nothing changes."""
    number = given.policy_number()
    fact = await given.applied(claims, given.history(number))

    await hearing.told_again(claims, fact)

    assert await faults(claims, given.unpaid(number)) == []


async def test_a_change_of_the_contract_counts(claims: Running) -> None:
    """Given a contract, when its next history insures less, then no more can be lost."""
    number = await given.contract(claims)
    less = [given.settlement(settlement_principal="50000", settlement_interest="500")]
    changed = given.history(number, history_number="01", settlements=less)

    await given.applied(claims, changed)

    assert await faults(claims, given.unpaid(number)) == ["#/unpaid/amount"]
    exact = given.unpaid(number, unpaid={"amount": "50500.00", "currency": "USD"})
    assert await faults(claims, exact) == []


async def test_an_older_telling_does_not_undo_a_newer_one(claims: Running) -> None:
    """Given a corrected history, when its first telling comes after it, then it changes nothing."""
    number = await given.contract(claims, revision=1, status="REDUCED_TO_ZERO")

    await given.applied(claims, given.history(number, revision=0))

    assert await faults(claims, given.unpaid(number)) == ["#/policy_number"]


async def test_of_one_batch_the_newest_telling_counts(claims: Running) -> None:
    """Given two tellings of one history in a batch, when heard, then the newer one holds."""
    number = given.policy_number()
    newer = given.history(number, revision=1, payer_code=given.GUARANTOR, guarantor_code=None)

    await given.applied(claims, newer, given.history(number))

    assert await faults(claims, given.unpaid(number)) == ["#/buyer_code"]


async def test_a_cancelled_history_gives_way_to_the_one_before(claims: Running) -> None:
    """Given a change that is cancelled, when notified, then the contract is as before it."""
    number = await given.contract(claims)
    change = given.history(number, history_number="01", settlements=[given.usance()])
    await given.applied(claims, change)

    await given.applied(claims, change | {"revision": 1, "status": "CANCELLED"})

    assert await faults(claims, given.unpaid(number)) == []


async def test_a_contract_cancelled_altogether_is_told_to_be(claims: Running) -> None:
    """Given a contract whose only history is cancelled, when notified, then it insures nothing."""
    number = await given.contract(claims, status="CANCELLED")

    assert await faults(claims, given.unpaid(number)) == ["#/policy_number"]


@pytest.mark.parametrize(
    ("valid_from", "pointers"), [("2026-11-20", []), ("2026-11-21", ["#/cause"])]
)
async def test_a_table_of_causes_counts_from_its_first_day(
    claims: Running, valid_from: str, pointers: list[str]
) -> None:
    """Given a new cause from a day on, when named on that day, then it is known, not before."""
    number = await given.contract(claims)
    flags = {"pre_shipment": "N", "post_shipment": "Y", "takes_overdue": "N"}
    rows = [{"code": "21", "attributes": flags}]
    fact = {"name": "loss_causes", "version": 2, "valid_from": valid_from, "rows": rows}

    await hearing.told(claims, "premium.code_table.state.v1", "loss_causes", fact, "platform")
    found = await faults(claims, given.unpaid(number, cause="21"))
    await given.causes(claims, version=3)

    assert found == pointers


async def test_other_code_tables_are_nothing_to_us(claims: Running) -> None:
    """Given a table of countries, when it is told, then the causes stay what they were."""
    fact = {"name": "countries", "version": 9, "valid_from": "2004-10-01", "rows": []}

    await hearing.told(claims, "premium.code_table.state.v1", "countries", fact, "platform")

    number = await given.contract(claims)
    assert await faults(claims, given.unpaid(number, cause="99")) == ["#/cause"]


async def test_rivals_copying_many_contracts_wait_for_each_other(claims: Running) -> None:
    """Given forty contracts, when four batches name them at once, then the newest is kept."""
    numbers = [given.policy_number() for _ in range(40)]

    async def copy(revision: int) -> None:
        # Each batch names the contracts in another order.
        turned = numbers[revision * 10 :] + numbers[: revision * 10]
        batch = [
            given.history(it, revision=revision, payer_code=f"{revision:07d}") for it in turned
        ]
        fact = ContractsApplied.model_validate({"bucket": 3, "histories": batch})
        async with claims.databases.tenant(TENANT) as tx:
            await copies.keep_histories(tx, fact.histories)

    await asyncio.gather(*(copy(revision) for revision in range(4)))

    async with claims.databases.tenant(TENANT) as tx:
        kept = select(tables.BranchHistory).where(tables.BranchHistory.policy_number.in_(numbers))
        rows = (await tx.scalars(kept)).all()
    assert {(row.revision, row.payer_code) for row in rows} == {(3, "0000003")}
    assert len(rows) == 40
