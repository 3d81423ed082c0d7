"""Refused rows: each says by which rules it is wrong, however few findings are kept."""

from services.ledger.domain.judging import judge

from .given import application, case, judged, rows


def test_a_refused_row_names_its_rules_though_no_finding_is_kept() -> None:
    """Given two wrong rows, when one finding is wanted, then both rows name all their rules."""
    first = application(delivery_terms="8", destination_country="999", contract_number=None)
    second = application(serial_number="000502", delivery_terms="8")

    judgement = judge(rows([first, application(serial_number="000503"), second]), case(), limit=1)

    assert len(judgement.findings) == 1
    assert judgement.refused.select("row", "rules", "error_count").rows() == [
        (1, ["L020", "L025"], 3),
        (3, ["L025"], 1),
    ]
    assert judgement.refused["policy_number"].str.slice(-6).to_list() == ["000501", "000502"]


def test_a_row_that_falls_with_another_says_so() -> None:
    """Given a policy of two branches, when one is wrong, then the other names L133 alone."""
    branches = [
        application(branch_number="00", delivery_terms="8"),
        application(branch_number="01"),
    ]

    refused = judged(*branches).refused

    assert refused.select("row", "rules").rows() == [(1, ["L025"]), (2, ["L133"])]


def test_a_warning_refuses_nothing() -> None:
    """Given a row of another day, when it is judged, then no row is refused."""
    assert judged(application(application_date="260824")).refused.is_empty()
