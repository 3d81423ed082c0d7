"""What an agreement may say, when a procedure is finished, and what branches make of a policy."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from libs.common.money import Money, Ratio, yen
from services.underwriting.domain.agreement import Cover, SpecialAgreement
from services.underwriting.domain.policy import status_of
from services.underwriting.domain.procedure import (
    LEDGER_UPLOAD,
    LOSS_NOTICE,
    Filing,
    is_finished,
)
from services.underwriting.errors import (
    CoverRatioOutOfRange,
    MinimumIncreaseNotInYen,
    TermEndsBeforeItBegins,
)

COVER = Cover(
    Ratio(Decimal("0.8")),
    Ratio(Decimal("0.8")),
    Ratio(Decimal("0.975")),
    Ratio(Decimal("0.9")),
    sample=True,
)
AGREEMENT = SpecialAgreement(
    agreement_code="200100357",
    branch_office_code="10",
    policyholder_code="045012300",
    holder_name_ja="東都機械貿易株式会社",
    holder_short_name_ja="東都機械貿易",
    valid_from=date(2026, 4, 1),
    valid_to=date(2027, 3, 31),
    minimum_increase_amount=yen(1_000_000),
    file_name_waiver=False,
    significant_delay_count=0,
    cover=COVER,
)


def test_a_term_may_be_one_day_and_not_less() -> None:
    """Given an agreement, when it ends on its first day, then it stands; a day before, not."""
    assert replace(AGREEMENT, valid_to=date(2026, 4, 1)).valid_to == AGREEMENT.valid_from
    with pytest.raises(TermEndsBeforeItBegins):
        replace(AGREEMENT, valid_to=date(2026, 3, 31))


@pytest.mark.parametrize("ratio", ["0", "-0.1", "1.0001"])
def test_a_cover_ratio_covers_something_and_not_more_than_all(ratio: str) -> None:
    """Given cover ratios, when one is nothing or above the whole, then it is refused."""
    assert replace(COVER, post_shipment_political=Ratio(Decimal(1))).post_shipment_political == 1
    with pytest.raises(CoverRatioOutOfRange):
        replace(COVER, post_shipment_political=Ratio(Decimal(ratio)))


@pytest.mark.parametrize("amount", [yen(-1), Money(Decimal(1), "USD")])
def test_the_minimum_increase_is_in_yen(amount: Money) -> None:
    """Given a minimum increase, when it is negative or in dollars, then it is refused."""
    assert not replace(AGREEMENT, minimum_increase_amount=yen(0)).minimum_increase_amount
    with pytest.raises(MinimumIncreaseNotInYen):
        replace(AGREEMENT, minimum_increase_amount=amount)


@pytest.mark.parametrize(
    ("status", "mode", "finished"),
    [
        ("RECEIVED", "SUBMIT", False),
        ("VALIDATING", "DRY_RUN", False),
        ("READY", "SUBMIT", False),
        ("READY", "DRY_RUN", True),
        ("APPLYING", "SUBMIT", False),
        ("INVALID", "DRY_RUN", True),
        ("APPLIED", "SUBMIT", True),
        ("CANCELLED", "SUBMIT", True),
        ("FAILED", "SUBMIT", True),
        ("SUBMITTED", None, False),
        ("WITHDRAWN", None, True),
    ],
)
def test_a_procedure_is_finished_when_nothing_more_will_happen(
    status: str, mode: str | None, *, finished: bool
) -> None:
    """Given a paper, when it has ended or its dry run is ready, then it is finished."""
    assert is_finished(status, mode) is finished


def test_a_paper_is_always_the_same_procedure() -> None:
    """Given an upload, when it is told again, then it is the procedure it was."""
    filing = Filing(
        LEDGER_UPLOAD, "upload_01m804gnfy", "a.csv", "READY", date(2026, 8, 25), mode="SUBMIT"
    )

    assert filing.procedure_id == "procedure_01m804gnfy"
    assert filing.resource_url == "/v1/ledger-uploads/upload_01m804gnfy"


def test_each_paper_is_kept_in_its_own_place() -> None:
    """Given a loss notice, when its procedure is listed, then it leads to the notice."""
    filing = Filing(LOSS_NOTICE, "loss_notice_01m8", "LN26-000001", "SUBMITTED", date(2026, 11, 20))

    assert filing.procedure_id == "procedure_01m8"
    assert filing.resource_url == "/v1/loss-notices/loss_notice_01m8"


@pytest.mark.parametrize(
    ("branches", "policy"),
    [
        ({"ACTIVE"}, "IN_FORCE"),
        ({"CANCELLED", "ACTIVE"}, "IN_FORCE"),
        ({"CANCELLED", "REDUCED_TO_ZERO"}, "REDUCED_TO_ZERO"),
        ({"CANCELLED"}, "CANCELLED"),
    ],
)
def test_a_policy_stands_while_one_branch_does(branches: set[str], policy: str) -> None:
    """Given branches, when some are cancelled, then the strongest speaks for the policy."""
    assert status_of(branches) == policy
