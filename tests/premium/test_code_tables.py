"""What a code table must carry before anybody relies on it."""

from services.premium import data
from services.premium.domain.code_tables import Code, Fault, faults

GOOD = {"ls_rule": "DAYS_30", "ms_rule": "DAYS_30", "input_method": "none"}


def method(**attributes: str) -> Code:
    """A settlement method with these attributes."""
    return Code("10", "一覧払", "at sight", attributes)


def test_a_complete_settlement_method_is_good() -> None:
    """Given a method with all its rules, then there is nothing to mend."""
    assert list(faults("settlement_methods", [method(**GOOD)])) == []


def test_a_missing_rule_is_found() -> None:
    """Given a method without its rule, then its place and the rule's name are told."""
    rest = {name: value for name, value in GOOD.items() if name != "ls_rule"}

    found = list(faults("settlement_methods", [method(**GOOD), Code("11", "", "", rest)]))

    assert found == [Fault(1, "required", "ls_rule")]


def test_a_rule_nobody_can_count_by_is_found() -> None:
    """Given a method whose rule is no word of the settlement table, then it is found."""
    found = list(faults("settlement_methods", [method(**GOOD | {"ls_rule": "SOMETIME"})]))

    assert found == [Fault(0, "bad-format", "ls_rule")]


def test_a_code_that_stands_twice_is_found_twice() -> None:
    """Given one code twice, then both places are told."""
    found = list(faults("delivery_terms", [Code("1", "", ""), Code("1", "", "")]))

    assert found == [Fault(0, "duplicate-key"), Fault(1, "duplicate-key")]


def test_the_shipped_tables_have_no_fault() -> None:
    """Given the tables that are shipped, then each of them could be published."""
    for table in data.code_tables():
        codes = [Code(**row) for row in data.codes(table["name"])]
        assert list(faults(table["name"], codes)) == [], table["name"]
