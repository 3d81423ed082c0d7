"""The replay's own conduct: which cases it finds, what goes before them, what it tells apart."""

import io
import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from deploy.local.demo import material
from deploy.local.replay import contracts
from deploy.local.replay.cases import Case, FileCase, cases_in
from deploy.local.replay.findings import differences, file_differences
from deploy.local.replay.play import replay
from deploy.local.replay.preconditions import Wanted, wanted
from deploy.local.replay.registers import Register
from deploy.local.replay.told import Expected, ExpectedOfFile
from tests.kit.engines import Engines

LEDGERS = Path(__file__).parents[1] / "fixtures" / "ledger"
UPLOAD = {"row_count": 3}
ONE_FORM = shutil.ignore_patterns("*.fd", "submit.csv")
EXPECTED = {
    "file_accepted": True,
    "record_errors": [{"row": 2, "rule_id": "L063", "fields": [35, 41]}],
    "record_warnings": [{"row": 1, "rule_id": "L056", "fields": [12]}],
    "accepted_rows": [1, 3],
}
FOUND = [
    {"row": 1, "rule": "L056", "severity": "WARNING", "item_nos": [12]},
    {"row": 2, "rule": "L063", "severity": "ERROR", "item_nos": [35, 41]},
    {"row": 3, "rule": "L053", "severity": "WARNING", "item_nos": [10]},
]


def _cases(folder: Path = LEDGERS) -> list[Case]:
    found, complaints = cases_in(folder)
    assert not complaints
    return [it for it in found if isinstance(it, Case)]


def _case(name: str) -> Case:
    [found] = [case for case in _cases() if case.name == f"ledger/{name}"]
    return found


def test_each_form_of_a_file_is_a_case_of_its_own() -> None:
    """Given the examples, when cases are looked for, then each stands once for every form."""
    found = [case.name for case in _cases() if case.name.startswith("ledger/ex2")]

    assert sorted(found) == [
        f"ledger/ex2/{name}.{form}"
        for name in ("literal", "submit")
        for form in ("cp932.csv", "csv", "fd")
    ]
    charsets = {(case.form.suffix, case.form.charset) for case in _cases()}
    assert charsets == {(".csv", "cp932"), (".csv", "utf-8"), (".fd", "cp932")}


def test_what_goes_before_comes_in_the_same_form() -> None:
    """Given a case in fixed width, when its base is looked for, then it is of fixed width, too."""
    case = _case("ex6/submit.fd")

    assert case.base is not None
    assert (case.base.path.name, case.file_name) == ("base_new.fd", "東都機械貿易(080523).fd")


@pytest.mark.parametrize("name", ["new_multibranch", "new_valid", "new_extended5"])
def test_policies_are_read_from_either_form(name: str) -> None:
    """Given a file in both forms, when its policies are read, then they are the same."""
    separated, fixed = _case(f"{name}/submit.cp932.csv"), _case(f"{name}/submit.fd")

    rows = list(separated.form.rows())

    assert rows == list(fixed.form.rows())
    assert len(rows) == len(separated.expected.accepted_rows or ())
    assert len({number for number, *_ in rows}) == separated.told.policy_count


def test_a_case_may_come_in_utf_8_alone(tmp_path: Path) -> None:
    """Given a case with its UTF-8 source only, when found, then that is handed in, as UTF-8."""
    for name in ("case.json", "expected.json", "submit.csv"):
        shutil.copy(LEDGERS / "new_valid" / name, tmp_path)
    shutil.copy(LEDGERS / "master_data.json", tmp_path)

    [case] = _cases(tmp_path)

    assert (case.form.path.name, case.form.charset) == ("submit.csv", "utf-8")
    assert len(list(case.form.rows())) == 3


def test_a_case_says_how_far_each_policy_has_come() -> None:
    """Given a base of ten policies in different states, when asked, then each has its own."""
    case = _case("errors1_change/submit.cp932.csv")
    assert case.base is not None

    found = {it.policy_number[-6:]: it for it in wanted(case, case.base)}

    assert len(found) == 10
    number = "1020010035708000604"
    assert found["000604"] == Wanted(number, "error", is_invoiced=False, is_cancelled=False)
    assert [found[f"00060{n}"].is_invoiced for n in (1, 2, 3)] == [False, True, False]


def test_the_register_is_entered_as_the_demo_enters_it() -> None:
    """Given the register of the examples, when written for staff, then it is the demo's own."""
    register = Register(LEDGERS / "master_data.json")

    records = register.records()

    assert records["special-agreements"].keys() == material.register()["special-agreements"].keys()
    for code, agreement in material.register()["special-agreements"].items():
        assert records["special-agreements"][code].items() >= agreement.items()
    assert register.holders == {"045012300": "東都機械貿易", "061007700": "浪速産業"}
    goods = [it["code"] for it in records["code-tables"]["hs_codes"]["codes"]]
    assert goods == json.loads(register.path.read_text())["hs_codes"]


@pytest.mark.parametrize(
    ("found", "told"),
    [
        (FOUND, []),
        (FOUND[1:], ["row 1: expected the warning L056"]),
        (
            [FOUND[0], FOUND[2]],
            ["row 2: expected L063", "accepted_rows: expected [1, 3], found [1, 2, 3]"],
        ),
        (
            [*FOUND, {"row": 3, "rule": "L064", "severity": "ERROR", "item_nos": [15]}],
            ["row 3: found L064", "accepted_rows: expected [1, 3], found [1]"],
        ),
        ([FOUND[0], FOUND[1] | {"item_nos": [41]}, FOUND[2]], []),
        (
            [FOUND[0], FOUND[1] | {"item_nos": [40]}, FOUND[2]],
            ["row 2: L063 expected of [35, 41], found [40]"],
        ),
        (
            [{"row": None, "rule": "L013", "severity": "ERROR", "item_nos": []}],
            ["file_accepted: expected True, found ['L013']"],
        ),
    ],
)
def test_findings_are_compared_as_the_rules_say(
    found: list[dict[str, Any]], told: list[str]
) -> None:
    """Given findings, when compared, then refusals must be the same, and warnings there."""
    assert list(differences(Expected.model_validate(EXPECTED), UPLOAD, found)) == told


def test_of_a_refused_file_no_row_is_asked_for() -> None:
    """Given a file that is to be refused, when it is, then nothing is different."""
    refused: list[dict[str, Any]] = [{"row": None, "rule": "L013", "severity": "ERROR"}]

    assert list(differences(Expected(file_accepted=False), UPLOAD, refused)) == []


def test_a_file_as_a_whole_is_compared_by_its_own_rules() -> None:
    """Given findings of a file and of a row, when the file is compared, then the row's are not."""
    of_the_file = {"row": None, "rule": "L005", "severity": "WARNING"}
    of_a_row = {"row": 1, "rule": "L034", "severity": "ERROR"}
    expected = ExpectedOfFile(file_accepted=True, rules=["L005"])

    assert list(file_differences(expected, [of_the_file, of_a_row])) == []
    assert list(file_differences(expected, [of_a_row])) == ["rules: expected ['L005'], found []"]


def test_every_value_that_differs_is_told_with_its_place() -> None:
    """Given two states, when compared, then each difference says where, and what is missing."""
    expected = {"status": "applied", "branches": [{"values": {"payer_code": "1", "flag": "1"}}]}
    found = {"status": "applied", "branches": [{"values": {"payer_code": "2", "extra": "x"}}]}

    assert list(contracts.differences(expected, found)) == [
        "branches[0].values.extra: expected None, found 'x'",
        "branches[0].values.flag: expected '1', found None",
        "branches[0].values.payer_code: expected '1', found '2'",
    ]


def test_files_are_found_with_what_is_expected_of_them() -> None:
    """Given the submissions of the examples, when looked for, then each has its file."""
    found = [it for it in cases_in(LEDGERS)[0] if isinstance(it, FileCase)]

    assert len(found) == 24
    assert all(it.content.exists() for it in found)


@pytest.mark.xdist_group("platform")
def test_cases_nobody_has_seen_are_played_and_told_apart(tmp_path: Path, engines: Engines) -> None:
    """Given a right and a wrong case, when replayed, then the difference is told."""
    shutil.copy(LEDGERS / "master_data.json", tmp_path)
    for name in ("errors1_change", "corr_c2"):
        shutil.copytree(LEDGERS / name, tmp_path / name, ignore=ONE_FORM)
    expected = tmp_path / "corr_c2" / "expected.json"
    expected.write_text(
        expected.read_text().replace('"status": "cancelled"', '"status": "active"', 1)
    )
    told = io.StringIO()

    good = replay(tmp_path, engines.folder, Console(file=told, width=200))

    lines = told.getvalue().splitlines()
    assert not good
    [right] = [it for it in lines if "errors1_change/submit.cp932.csv" in it]
    assert right.startswith("✓"), lines
    differing = [it.strip() for it in lines if it.startswith("    ")]
    assert differing == [
        "state_after 10-200100357-08-000122.status: expected 'active', found 'cancelled'"
    ]
    assert lines[-1] == "2 played, 1 with differences, 0 by mail left out"
