"""Whose contract it is: agreement, year, serial number, policyholders."""

from dataclasses import replace

import polars as pl

from .given import (
    NANIWA,
    NANIWA_AGREEMENT,
    TOTO,
    TOTO_AGREEMENT,
    TOTO_OSAKA,
    application,
    items,
    register,
    rules,
)

_APRIL_1_2027 = "270401"


def test_the_office_is_that_of_the_agreement() -> None:
    """Given an agreement of the head office, when Osaka is named, then L031 refuses."""
    assert items(application(branch_office_code="15")) == [("L031", [1])]


def test_an_agreement_nobody_knows_is_refused() -> None:
    """Given an unknown agreement, when judged, then L032 refuses."""
    assert items(application(agreement_code="999999999")) == [("L032", [2])]


def test_an_agreement_of_another_holder_is_refused() -> None:
    """Given Naniwa's agreement, when Toto applies under it, then only L032 is told of it."""
    assert rules(application(agreement_code=NANIWA_AGREEMENT, branch_office_code="15")) == ["L032"]
    assert rules(application(agreement_code=NANIWA_AGREEMENT, branch_office_code="10")) == ["L032"]


def test_an_agreement_ends_with_its_last_day() -> None:
    """Given an agreement to 31 March 2027, when applied a day later, then L032 refuses."""
    last_day = {"application_date": "270331", "fiscal_year": "26"}
    day_after = {"application_date": _APRIL_1_2027, "fiscal_year": "27"}

    assert "L032" not in rules(application(**last_day))
    assert "L032" in rules(application(**day_after))


def test_an_agreement_begins_with_its_first_day() -> None:
    """Given an agreement from 1 April 2007, when applied a day earlier, then L032 refuses."""
    early = {"contract_date": "070301", "last_shipment_date": "070901"}
    first_day = {"application_date": "070401", "fiscal_year": "07"}
    day_before = {"application_date": "070331", "fiscal_year": "06"}

    assert "L032" not in rules(application(**early, **first_day))
    assert "L032" in rules(application(**early, **day_before))


def test_the_fiscal_year_begins_in_april() -> None:
    """Given 31 March and 1 April, when their years are named, then they are 25 and 26."""
    for day, year, other in (("260331", "25", "26"), ("260401", "26", "25")):
        dated = {"application_date": day, "contract_date": "260301"}
        assert "L033" not in rules(application(**dated, fiscal_year=year))
        assert "L033" in rules(application(**dated, fiscal_year=other))


def test_a_fiscal_year_may_straddle_the_century() -> None:
    """Given 31 March 2000, when its year is named, then it is 99."""
    assert "L033" not in rules(application(application_date="000331", fiscal_year="99"))


def test_a_serial_number_is_used_once_a_year_at_whichever_office() -> None:
    """Given a number used at Osaka, when the head office gets it, then L034 refuses."""
    used = pl.Series([f"15{TOTO_AGREEMENT}26000501", f"10{TOTO_AGREEMENT}25000502"])
    now = replace(register(), policy_numbers=used)

    assert items(application(serial_number="000501"), register=now) == [("L034", [4])]
    assert rules(application(serial_number="000502"), register=now) == []


def test_an_agreement_is_no_policyholder() -> None:
    """Given an agreement code as applicant, insured or beneficiary, when judged, L038 refuses."""
    for name, number in (("applicant_code", 6), ("insured_code", 7), ("beneficiary_code", 8)):
        assert items(application(**{name: TOTO_AGREEMENT})) == [("L038", [number])]


def test_an_insured_must_be_registered() -> None:
    """Given an insured nobody registered, when judged, then L039 refuses; a registered one not."""
    assert rules(application(insured_code=NANIWA)) == []
    assert items(application(insured_code="000000001")) == [("L039", [7])]
    assert items(application(beneficiary_code="000000001")) == [("L039", [8])]


def test_the_applicant_is_the_holder_of_the_agreement() -> None:
    """Given a registered company, when it is not the holder, then L039 refuses it as applicant."""
    assert rules(application(applicant_code=TOTO)) == []
    assert items(application(applicant_code=TOTO_OSAKA)) == [("L039", [6])]
    assert items(application(applicant_code="000000001")) == [("L039", [6])]


def test_a_contract_declared_to_need_documents_is_refused() -> None:
    """Given a policy declared as a turnkey contract, when it is in the file, then L084 refuses."""
    turnkey = {f"10{TOTO_AGREEMENT}26000501": "E02"}

    assert items(application(), evidence_cases=turnkey) == [("L084", [1, 2, 3, 4])]
    assert rules(application(serial_number="000502"), evidence_cases=turnkey) == []
