"""What became of a contract, told from its branches."""

import pytest

from services.ledger.domain.status import StateOfBranch, status_of

Branch = tuple[str, str, str]

ACTIVE, ZERO, CANCELLED = "ACTIVE", "REDUCED_TO_ZERO", "CANCELLED"


@pytest.mark.parametrize(
    ("histories", "status"),
    [
        ([("00", "00", ACTIVE)], "IN_FORCE"),
        ([("00", "00", ACTIVE), ("00", "01", ZERO)], "TERMINATED"),
        ([("00", "00", ACTIVE), ("00", "01", ZERO), ("01", "00", ACTIVE)], "IN_FORCE"),
        ([("00", "00", ACTIVE), ("00", "01", ZERO), ("01", "00", CANCELLED)], "TERMINATED"),
        ([("00", "00", ACTIVE), ("00", "01", CANCELLED)], "IN_FORCE"),
        ([("00", "00", CANCELLED)], "CANCELLED"),
        ([("00", "00", CANCELLED), ("01", "00", CANCELLED)], "CANCELLED"),
    ],
)
def test_the_last_state_of_each_branch_counts(histories: list[Branch], status: str) -> None:
    """Given branches with their histories, when the contract is asked, then the last ones tell."""
    found = status_of((StateOfBranch(*it) for it in histories), is_final=True)

    assert found == status


def test_a_contract_is_in_force_once_something_of_it_is_final() -> None:
    """Given an active contract, when nothing of it is final, then it was only applied for."""
    histories = [StateOfBranch("00", "00", ACTIVE)]

    assert status_of(histories, is_final=False) == "APPLIED"
    assert status_of(histories, is_final=True) == "IN_FORCE"
