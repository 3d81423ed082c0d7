"""What a change finds: every state known of a policy, and how far each has come in the cycle."""

from decimal import Decimal

import polars as pl

from services.ledger.domain.states import SCHEMA
from services.ledger.queries.states import states_of
from tests.kit.running import Running
from tests.ledger import given
from tests.ledger.given import TOTO


async def test_a_new_contract_is_found_as_it_was_applied_for(ledger: Running) -> None:
    """Given a contract, when its states are brought, then each item has its type and value."""
    number = await given.contract(ledger)

    [state] = (await _states(ledger, number)).to_dicts()

    assert (state["contract_status"], state["status"], state["revision"]) == (
        "APPLIED",
        "ACTIVE",
        0,
    )
    assert state["pre_shipment_amount"] == Decimal("238500.50")
    assert (state["settlement_method_1"], state["usance_period_1"]) == ("41", 90)
    assert state["settlement_principal_1"] == Decimal("250000.00")
    assert (state["settlement_method_2"], state["due_date_1"]) == (None, None)
    assert state["other_insurance_flag"] is False
    assert state["upload_id"] == state["first_upload_id"]
    assert [state[name] for name in ("finalised", "invoiced", "marked")] == [False] * 3


async def test_a_history_is_final_then_invoiced(ledger: Running) -> None:
    """Given a fixed ledger with a history, when its invoice comes, then both are seen."""
    number = await given.contract(ledger)
    ledger_id = await given.fixed_ledger(ledger, number)
    before = (await _states(ledger, number)).to_dicts()[0]

    await given.invoiced(ledger, ledger_id)

    after = (await _states(ledger, number)).to_dicts()[0]
    cycle = ("finalised", "invoiced", "awaiting_invoice")
    assert [before[name] for name in cycle] == [True, False, True]
    assert [after[name] for name in cycle] == [True, True, False]


async def test_a_mark_is_of_one_revision(ledger: Running) -> None:
    """Given marks of the known revision and of another, when brought, then one of them counts."""
    marked, cleared = await given.contract(ledger), await given.contract(ledger)

    await given.marked(ledger, marked, revision=0)
    await given.marked(ledger, cleared, revision=1)

    found = await _states(ledger, marked, cleared)
    assert dict(found.select("policy_number", "marked").iter_rows()) == {
        marked: True,
        cleared: False,
    }


async def test_what_nobody_applied_for_has_no_states(ledger: Running) -> None:
    """Given another's contract and an unknown number, when brought, then there is nothing."""
    number = await given.contract(ledger)

    async with ledger.databases.tenant("061007700") as tx:
        found = await states_of(tx, pl.Series([number, "nonsense"]))

    assert found.is_empty()
    assert found.schema == pl.Schema(SCHEMA)


async def _states(ledger: Running, *numbers: str) -> pl.DataFrame:
    async with ledger.databases.tenant(TOTO) as tx:
        return await states_of(tx, pl.Series(numbers))
