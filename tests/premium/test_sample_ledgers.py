"""The contracts of the sample ledgers, priced by the rows that ship."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from services.premium import data
from tests.kit.running import Running

from . import given

LEDGERS = Path(__file__).parents[1] / "fixtures" / "ledger"
CASES = sorted(path.parent.name for path in LEDGERS.glob("*/expected.json"))
CURRENCIES = {row["code"]: row["iso"] for row in data.read("code_tables/currencies")}


def histories(case: str) -> Iterator[dict[str, Any]]:
    """Give the histories a case ends with, as the ledger would tell them."""
    state = json.loads((LEDGERS / case / "expected.json").read_text(encoding="utf-8"))
    for policy in state["state_after"]:
        for branch in policy["branches"]:
            for history in branch["histories"]:
                values = history["values"]
                yield given.applied(
                    policy["policy_number"].replace("-", ""),
                    branch_number=branch["branch_number"],
                    history_number=history["history_number"],
                    revision=history["revision"],
                    status=history["status"].upper(),
                    **{"post_shipment_amount": None}
                    | {name: value for name, value in values.items() if value}
                    | {"currency": CURRENCIES[values["currency_code"]]},
                )


@pytest.mark.parametrize("case", CASES)
async def test_every_contract_of_a_sample_ledger_gets_a_premium(
    premium: Running, case: str
) -> None:
    """Given the shipped rows, when a sample ledger is applied, then nothing is missing."""
    await given.the_shipped_rulebook(premium)
    told = list(histories(case))

    await given.contracts_applied(premium, *told)

    policies = {history["policy_number"] for history in told}
    answer = await premium.client.get(
        "/v1/assessments",
        params={"policy_number": sorted(policies)},
        headers=premium.caller("assessments:read"),
    )
    made = answer.json()["items"]
    assert len(made) >= len(told) > 0
    assert [it for it in made if it["missing"]] == []
