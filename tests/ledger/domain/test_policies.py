"""Rows of one policy: their branches, what they must agree on, and how they fall together."""

from .given import (
    GREAT_LAKES,
    SIAM_VALVE,
    THAILAND,
    TOTO,
    TOTO_OSAKA,
    UNPUBLISHED,
    Application,
    application,
    faults,
    judged,
    rules,
)


def _branch(number: str | None, **changes: str | None) -> Application:
    return application(branch_number=number, **changes)


def test_branches_are_numbered_in_the_order_of_the_rows() -> None:
    """Given three rows of a policy, when they are 00, 01, 02, then nobody minds."""
    assert faults(_branch("00"), _branch("01"), _branch("02")) == []


def test_a_single_row_is_branch_00_or_blank() -> None:
    """Given a single row, when it is branch 01, then L036 refuses."""
    assert rules(_branch(None)) == []
    assert rules(_branch("00")) == []
    assert rules(_branch("01")) == ["L036"]


def test_a_branch_out_of_order_takes_its_companions_along() -> None:
    """Given branches 00 and 02, when judged, then L036 names the second and L133 the first."""
    assert faults(_branch("00"), _branch("02")) == [(1, "L133"), (2, "L036")]
    assert faults(_branch("01"), _branch("00")) == [(1, "L036"), (2, "L036")]


def test_several_rows_must_enter_their_branches() -> None:
    """Given two rows with blank branches, when judged, then both are out of order, not doubled."""
    assert faults(_branch(None), _branch(None)) == [(1, "L036"), (2, "L036")]
    assert faults(_branch(None), _branch("01")) == [(1, "L036"), (2, "L133")]


def test_the_same_branch_twice_is_doubled() -> None:
    """Given branch 00 twice, when a third row follows, then L035 names two and L036 nobody."""
    assert faults(_branch("00"), _branch("00"), _branch("01")) == [
        (1, "L035"),
        (2, "L035"),
        (3, "L133"),
    ]


def test_branches_agree_on_the_contract() -> None:
    """Given two branches, when the second has another contract number, then L037 names it."""
    other = {"contract_number": "TKT-26-E02", "contract_date": "260719"}

    findings = judged(_branch("00"), _branch("01", **other)).findings

    assert findings.select("row", "rule", "field").rows() == [
        (1, "L133", None),
        (2, "L037", "contract_date"),
        (2, "L037", "contract_number"),
    ]


def test_branches_may_differ_in_destination_and_amount() -> None:
    """Given two branches, when the goods go to two countries, then nobody minds."""
    assert faults(_branch("00"), _branch("01", destination_country=THAILAND)) == []


def test_several_payers_need_documents() -> None:
    """Given two payers in one policy, when judged, then L082 refuses every row, once."""
    thai = {"payer_code": SIAM_VALVE, "payment_country": THAILAND}

    assert faults(_branch("00"), _branch("01", **thai)) == [(1, "L082"), (2, "L082")]


def test_several_counterparties_need_documents() -> None:
    """Given one payer, when the second counterparty is another, then L082 names item 31."""
    other = {"sales_counterparty_code": SIAM_VALVE, "sales_country": THAILAND}
    same = {"sales_counterparty_code": GREAT_LAKES}

    findings = judged(_branch("00"), _branch("01", **other)).findings

    assert findings["rule"].to_list() == ["L082", "L082"]
    assert findings["field"].to_list() == ["sales_counterparty_code"] * 2
    assert faults(_branch("00"), _branch("01", **same)) == []


def test_several_currencies_are_pointed_out() -> None:
    """Given branches in two currencies, when judged, then L085 warns on every row."""
    other = {"currency_code": UNPUBLISHED, "exchange_rate": "1.5"}

    assert faults(_branch("00"), _branch("01", **other)) == [(1, "L085"), (2, "L085")]


def test_a_refused_row_takes_only_its_own_policy_along() -> None:
    """Given two policies, when a row of one is refused, then the other is accepted."""
    refused = [_branch("00", delivery_terms="8"), _branch("01")]
    other = [_branch(branch, serial_number="000502") for branch in ("00", "01")]

    judgement = judged(*refused, *other)

    assert judgement.findings.select("row", "rule").rows() == [(1, "L025"), (2, "L133")]
    assert judgement.accepted["row"].to_list() == [3, 4]


def test_rows_without_a_whole_policy_number_belong_to_nobody() -> None:
    """Given two rows without serial number, when judged, then no branch is called doubled."""
    missing = {"serial_number": None}

    assert faults(_branch("00", **missing), _branch("00", **missing)) == [(1, "L020"), (2, "L020")]


def test_the_applicants_of_branches_are_compared_although_one_is_wrong() -> None:
    """Given another applicant in the second branch, when judged, then L037 and L039 refuse it."""
    found = faults(_branch("00", applicant_code=TOTO), _branch("01", applicant_code=TOTO_OSAKA))

    assert found == [(1, "L133"), (2, "L037"), (2, "L039")]
