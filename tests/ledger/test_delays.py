"""Significant delays (著しい遅滞) of a file judged in parts: each policy has its number."""

import pytest

from services.ledger.domain.layout import NEW_APPLICATIONS
from tests.kit.running import Running
from tests.ledger import given
from tests.ledger.domain.given import TOTO, application
from tests.ledger.domain.writing import as_csv

_NAME = "東都機械貿易(260825).csv"


def _late(serial: int, branch: str | None = None) -> dict[str, str | None]:
    """An application of four months ago."""
    return application(serial_number=f"{serial:06d}", branch_number=branch, contract_date="260425")


@pytest.mark.usefixtures("august_25")
@pytest.mark.parametrize("mode", ["DRY_RUN", "SUBMIT"])
async def test_a_delay_is_numbered_by_policy_whichever_part_it_is_in(
    ledger: Running, monkeypatch: pytest.MonkeyPatch, mode: str
) -> None:
    """Given late policies of one and two branches, when judged in parts, then each is one more."""
    monkeypatch.setattr("services.ledger.actions.parts.ROWS_IN_A_PART", 1)
    first = 770_001 if mode == "DRY_RUN" else 770_101
    rows = [
        row
        for serial in range(first, first + 12)
        for row in ([_late(serial, "00"), _late(serial, "01")] if serial % 3 else [_late(serial)])
    ]
    before = await _counted(ledger)

    answer = await given.handed_in(
        ledger,
        as_csv(rows, NEW_APPLICATIONS),
        tenant=TOTO,
        file_name=_NAME,
        declared_count="12",
        mode=mode,
    )
    upload = await given.worked_off(ledger, answer.json()["id"], TOTO)

    found = await given.findings(ledger, upload["id"], TOTO)
    numbers = {it["row"]: int(it["params"]["n"]) for it in found if it["rule"] == "L058"}
    policies = [str(row["serial_number"]) for row in rows]
    assert upload["progress"]["total"] > 1
    assert [numbers[row] for row in range(1, len(rows) + 1)] == [
        before + 1 + sorted(set(policies)).index(serial) for serial in policies
    ]


async def _counted(ledger: Running) -> int:
    """How many delays of the agreement are known so far, those from elsewhere included."""
    content = as_csv([_late(779_999)], NEW_APPLICATIONS)
    answer = await given.handed_in(
        ledger, content, tenant=TOTO, file_name=_NAME, declared_count="1"
    )
    upload = await given.worked_off(ledger, answer.json()["id"], TOTO)
    [finding] = await given.findings(ledger, upload["id"], TOTO)
    return int(finding["params"]["n"]) - 1
