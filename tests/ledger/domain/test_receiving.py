"""Names, counts, hours: what can be said of a submission without reading it."""

from datetime import date, datetime, time

from libs.common.dates import JAPAN, BusinessHours
from services.ledger.domain import receiving
from services.ledger.domain.findings import detail_en, detail_ja
from services.ledger.domain.layout import CHANGES, NEW_APPLICATIONS
from services.ledger.domain.reading import Form

AUGUST_25 = date(2026, 8, 25)
NAMES = ["東都機械貿易株式会社", "東都機械貿易"]
HOURS = BusinessHours(time(9), time(17, 30))


def _name_rules(name: str, *, waiver: bool = False) -> list[str]:
    findings = receiving.judge_name(name, NAMES, AUGUST_25, waiver=waiver)
    return [finding.rule for finding in findings]


def test_the_extension_tells_the_form() -> None:
    """Given names with every extension, when asked, then case does not matter."""
    extensions = (".csv", ".FD", ".Txt", ".xls")

    forms = [receiving.form_of(f"東都機械貿易(260825){extension}") for extension in extensions]

    assert forms == [Form.CSV, Form.FIXED, Form.FIXED, None]


def test_a_name_by_the_rule_is_taken_with_either_kind_of_brackets() -> None:
    """Given names by the rule, when judged, then long, short, narrow and wide ones pass."""
    for name in ("東都機械貿易株式会社(260825).csv", "東都機械貿易（260825）.CSV"):
        assert _name_rules(name) == []


def test_a_name_without_a_date_is_pointed_out_unless_waived() -> None:
    """Given a name of one's own, when no waiver is recorded, then L005 warns."""
    assert _name_rules("ledger_august.csv") == ["L005"]
    assert _name_rules("東都機械貿易(26082).csv") == ["L005"]
    assert _name_rules("ledger_august.csv", waiver=True) == []


def test_another_day_or_company_in_the_name_is_pointed_out() -> None:
    """Given a well-formed name, when day or company is another, then L006 warns."""
    assert _name_rules("東都機械貿易(260824).csv") == ["L006"]
    assert _name_rules("浪速産業(260825).csv") == ["L006"]


def test_a_foreign_extension_ends_the_matter() -> None:
    """Given a spreadsheet, when its name is judged, then only L003 is said."""
    assert _name_rules("august.xls") == ["L003"]


def test_one_contract_is_the_least_to_declare() -> None:
    """Given declared counts, when none or zero is declared, then L012 refuses."""
    rules = [
        [finding.rule for finding in receiving.judge_declared_count(count)]
        for count in (1, 0, -1, None)
    ]

    assert rules == [[], ["L012"], ["L012"], ["L012"]]


def test_a_wrong_count_says_what_was_found() -> None:
    """Given two rows of one policy, when two are declared, then L013 tells both numbers."""
    found = receiving.Count(policies=1, rows=2)

    [finding] = receiving.judge_count(2, found)

    assert list(receiving.judge_count(1, found)) == []
    assert "declared count (2) does not match the file (1 contracts, 2 rows)" in detail_en(
        finding, None
    )
    assert "入力された件数(2件)がファイルの内容(証券1件・2行)" in detail_ja(finding, None)


def test_the_layout_must_be_the_announced_one() -> None:
    """Given a file of new applications, when changes were announced, then L014 refuses."""
    [finding] = receiving.judge_layout("2110", NEW_APPLICATIONS)

    assert finding.rule == "L014"
    assert list(receiving.judge_layout("2110", CHANGES)) == []
    assert list(receiving.judge_layout(None, CHANGES)) == []


def test_the_same_content_again_is_pointed_out() -> None:
    """Given a file, when its content was accepted before, then L015 warns."""
    rules = [finding.rule for finding in receiving.judge_novelty(is_known_content=True)]

    assert rules == ["L015"]
    assert list(receiving.judge_novelty(is_known_content=False)) == []


def test_business_hours_end_at_half_past_five() -> None:
    """Given a Friday, when the clock strikes half past five, then Monday morning counts."""
    last = datetime(2026, 8, 21, 17, 29, 59, tzinfo=JAPAN)
    too_late = datetime(2026, 8, 21, 17, 30, tzinfo=JAPAN)

    [finding] = receiving.judge_hour(too_late, HOURS)

    assert list(receiving.judge_hour(last, HOURS)) == []
    assert finding.params == {"deemed": "2026-08-24 09:00"}
