"""Each item by itself: the last text that is taken, the first that is refused."""

import pytest

from .given import application, in_two_settlements, items, paid_in_advance, rules

_MANDATORY = {
    "branch_office_code": 1,
    "agreement_code": 2,
    "fiscal_year": 3,
    "serial_number": 4,
    "applicant_code": 6,
    "application_date": 10,
    "contract_form": 11,
    "contract_date": 12,
    "contract_number": 14,
    "contract_principal": 15,
    "currency_code": 18,
    "goods_hs_code": 20,
    "delivery_terms": 21,
    "destination_country": 23,
    "payment_country": 24,
    "payer_code": 25,
    "last_shipment_date": 33,
    "pre_shipment_amount": 34,
}


def test_a_good_application_is_not_found_fault_with() -> None:
    """Given good applications of three kinds, when they are judged, then no rule speaks."""
    for one in (application(), paid_in_advance(), in_two_settlements()):
        assert rules(one) == []


@pytest.mark.parametrize(("name", "number"), _MANDATORY.items())
def test_a_mandatory_item_is_missed(name: str, number: int) -> None:
    """Given an application, when a mandatory item is left blank, then L020 names just that one."""
    assert items(application(**{name: None})) == [("L020", [number])]


def test_a_contract_without_any_settlement_misses_a_method() -> None:
    """Given no settlement at all, when judged, then L020 asks for the method, and no more."""
    nothing = {
        name: None
        for name in application()
        if name.endswith("_1") or name == "post_shipment_amount"
    }

    assert items(application(**nothing)) == [("L020", [36])]


@pytest.mark.parametrize(
    ("name", "good", "bad"),
    [
        ("serial_number", "000000", ["00000", "0000000", "00000A", "+00001", "-00001", "00 001"]),
        ("serial_number", "999999", ["０００５０１", "0005１1", "00.001"]),
        ("branch_number", "00", ["0", "000", "+0", "A0"]),
        ("insured_code", "045012301", ["45012301", "0450123010", "04501230１"]),
        ("payer_code", "3344550", ["334455", "33445-50", "3344550-", "334455０", "A344550"]),
        ("destination_country", "304", ["30", "US", "０", "304 1"]),
    ],
)
def test_a_code_is_so_many_half_width_digits(name: str, good: str, bad: list[str]) -> None:
    """Given a code, when a digit is missing, too many, wide or none, then L021 refuses."""
    assert rules(application(**{name: good})) == []
    assert [rules(application(**{name: text})) for text in bad] == [["L021"]] * len(bad)


def test_a_buyer_code_may_have_a_hyphen_before_its_last_digit() -> None:
    """Given a payer written 334455-0, when judged, then it is the buyer 3344550."""
    assert rules(application(payer_code="334455-0")) == []


@pytest.mark.parametrize(
    ("name", "longest"),
    [
        ("insured_department", "機械第一部機械第二部"),
        ("insured_department", "ﾌﾟﾗﾝﾄｼﾞｷﾞｮｳﾌﾞﾀﾞｲ12ｶ"),
        ("contract_number", "TKT-2026-0718/0001-000000000-A"),
        ("reference_number", "Ⅱ期-№0042-㈱髙﨑①"),
    ],
)
def test_a_text_is_measured_in_bytes_of_cp932(name: str, longest: str) -> None:
    """Given a text that just fills its field, when one byte more is written, then L022 refuses."""
    width = {"contract_number": 30}.get(name, 20)
    full = longest + "x" * (width - len(longest.encode("cp932")))

    assert rules(application(**{name: full})) == []
    assert rules(application(**{name: full + "x"})) == ["L022"]


@pytest.mark.parametrize("text", ["a\tb", "a\nb", "a\x7fb", "a\x80b", "한", "𠮷", "é"])
def test_a_text_holds_only_what_cp932_can_print(text: str) -> None:
    """Given a control character or one outside CP932, when judged, then L022 refuses."""
    assert rules(application(reference_number=text)) == ["L022"]


@pytest.mark.parametrize(
    ("good", "bad"),
    [
        ("280229", ["270229", "280230"]),
        ("270131", ["270132", "271301", "270100", "270001"]),
        ("270101", ["20270101", "27-1-1", "2701 1", "+70101", "-70101", "２７０１０１", "27010"]),
    ],
)
def test_a_date_is_a_day_of_the_calendar(good: str, bad: list[str]) -> None:
    """Given last shipments, when no such day exists or it is not six digits, then L023 refuses."""
    assert rules(application(last_shipment_date=good)) == []
    assert [rules(application(last_shipment_date=text)) for text in bad] == [["L023"]] * len(bad)


def test_a_needless_first_shipment_must_still_be_a_date() -> None:
    """Given a first shipment, when it is no date, then L023 refuses what is otherwise ignored."""
    assert items(application(first_shipment_date="999999")) == [("L023", [32])]


@pytest.mark.parametrize(
    "text", ["250,000", "¥250000", "-1", "+1", "1e5", ".5", "5.", "1.005", "２５０", "1 000", "NaN"]
)
def test_an_amount_is_a_plain_decimal_number(text: str) -> None:
    """Given an interest, when it is not digits with two decimals at most, then L024 refuses."""
    assert rules(application(settlement_interest_1="1000.05")) == []
    assert rules(application(settlement_interest_1=text)) == ["L024"]


def test_an_amount_has_thirteen_digits_at_most() -> None:
    """Given an interest of thirteen digits, when there is one more, then L024 refuses."""
    assert rules(application(settlement_interest_1="9999999999999.99")) == []
    assert rules(application(settlement_interest_1="10000000000000")) == ["L024"]


def test_a_rate_has_seven_digits_and_four_decimals() -> None:
    """Given an exchange rate, when it is finer or larger, then L024 refuses."""
    assert rules(application(exchange_rate="9999999.9999")) == []
    assert rules(application(exchange_rate="1.00001")) == ["L024"]
    assert rules(application(exchange_rate="10000000")) == ["L024"]


@pytest.mark.parametrize(
    ("name", "unknown"),
    [
        ("contract_form", "12"),
        ("currency_code", "998"),
        ("goods_hs_code", "000000"),
        ("delivery_terms", "8"),
        ("destination_country", "999"),
        ("payment_country", "999"),
        ("sales_country", "999"),
    ],
)
def test_a_code_must_be_in_its_table(name: str, unknown: str) -> None:
    """Given a code that no table has, when judged, then L025 refuses and nothing else is said."""
    assert rules(application(**{name: unknown})) == ["L025"]


def test_the_codes_of_a_settlement_must_be_in_their_tables() -> None:
    """Given a method or guarantee nobody knows, when judged, then L025 refuses."""
    assert items(application(settlement_method_1="01")) == [("L025", [36])]
    assert items(application(payment_guarantee_code_1="99")) == [("L025", [37])]


def test_a_flag_is_1_or_blank() -> None:
    """Given the flag of other insurance, when it is 0, then L026 refuses."""
    assert rules(application(other_insurance_flag="1")) == []
    assert rules(application(other_insurance_flag="0")) == ["L026"]


def test_there_are_two_branch_offices() -> None:
    """Given an office that is neither 10 nor 15, when judged, then L030 refuses."""
    assert rules(application(branch_office_code="11")) == ["L030"]
    assert rules(application(branch_office_code="1")) == ["L021"]


def test_a_buyer_must_be_registered() -> None:
    """Given a payer nobody registered, when judged, then L042 refuses, with or without hyphen."""
    assert items(application(payer_code="9998880")) == [("L042", [25])]
    assert items(application(payer_code="999888-0")) == [("L042", [25])]


@pytest.mark.parametrize(("unit", "number"), [("1", "23"), ("2", "1"), ("2", "001"), ("2", "729")])
def test_a_usance_is_in_months_or_days(unit: str, number: str) -> None:
    """Given a usance of 1 to 999 months or days, when judged, then it is well written."""
    assert rules(application(usance_unit_1=unit, usance_period_1=number)) == []


@pytest.mark.parametrize("text", ["0", "000", "1000", "+1", "-1", "1.5", "９０", "x"])
def test_a_usance_period_is_1_to_999(text: str) -> None:
    """Given a period outside 1 to 999, when judged, then L076 refuses."""
    assert items(application(usance_period_1=text)) == [("L076", [39])]


def test_a_usance_unit_is_1_or_2() -> None:
    """Given a unit of 3, when judged, then L076 refuses, not L021 or L025."""
    assert items(application(usance_unit_1="3")) == [("L076", [38])]


def test_a_broken_item_is_left_alone_by_every_later_rule() -> None:
    """Given a contract date that is none, when judged, then no lateness or order is guessed."""
    assert rules(application(contract_date="269999")) == ["L023"]
    assert rules(application(settlement_principal_1="x")) == ["L024"]
    assert rules(application(due_date_1="999999", settlement_method_1="49")) == ["L023"]
