"""What a directory of ledger cases may leave out, and what is said of one that tells nonsense."""

import io
import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from deploy.local.replay.cases import Case, FileCase, cases_in
from deploy.local.replay.play import replay
from deploy.local.replay.preconditions import wanted
from deploy.local.replay.registers import Register
from deploy.local.replay.told import Unreadable

LEDGERS = Path(__file__).parents[1] / "fixtures" / "ledger"


@pytest.fixture
def case(tmp_path: Path) -> Path:
    """A change with what goes before it, and the register above it."""
    shutil.copy(LEDGERS / "master_data.json", tmp_path)
    return Path(shutil.copytree(LEDGERS / "ex2", tmp_path / "ex2"))


def _tell(path: Path, told: Any) -> None:
    path.write_text(json.dumps(told))


def _told(path: Path) -> Any:
    return json.loads(path.read_text())


def _the_case(folder: Path) -> Case:
    found, complaints = cases_in(folder)
    assert not complaints
    return next(it for it in found if isinstance(it, Case) and "submit" in it.name)


def _complaint(folder: Path) -> str:
    _, complaints = cases_in(folder)
    return next(it for it in complaints if "/case.json: " in it)


def test_a_case_need_not_tell_more_than_when_it_comes(case: Path) -> None:
    """Given a case that tells its time only, when read, then it is a submission all the same."""
    _tell(case / "case.json", {"received_at": "2008-06-12T10:15:00", "unknown": "passed over"})
    _tell(case / "expected.json", {})

    found = _the_case(case)

    assert found.received_at.isoformat() == "2008-06-12T10:15:00+09:00"
    assert (found.base, found.sender, found.file_name, found.told.layout) == (None, *[None] * 3)
    assert (found.expected.record_errors, found.expected.accepted_rows) == (None, None)


def test_what_is_declared_is_told_or_counted(case: Path) -> None:
    """Given a case with a count, with none, and with null, when read, then null stays null."""
    told = _told(case / "case.json")
    counts = []
    for said in ({}, {"declared_count": 4}, {"declared_count": None}):
        silent = {name: it for name, it in told.items() if name != "declared_count"}
        _tell(case / "case.json", silent | said)
        counts.append(_the_case(case).told.count)

    assert counts == [1, 4, None]


def test_files_may_have_other_names_if_the_case_lists_them(case: Path) -> None:
    """Given files of other names, when the case lists them, then they are its forms."""
    (case / "submit.cp932.csv").rename(case / "June.csv")
    for form in ("submit.csv", "submit.fd"):
        (case / form).unlink()
    told = _told(case / "case.json")
    _tell(case / "case.json", told | {"files": [{"path": "ex2/June.csv"}]})

    found = [it for it in cases_in(case)[0] if isinstance(it, Case) and "literal" not in it.name]

    assert [it.name for it in found] == ["ex2/June.csv"]


def test_a_file_says_by_its_bytes_in_what_it_is_written(case: Path) -> None:
    """Given a source in CP932, when it is looked at, then it is not taken for UTF-8."""
    source = case / "submit.csv"
    source.write_bytes("2,10,機械第一部\r\n".encode("cp932"))

    found = [it.form for it in cases_in(case)[0] if isinstance(it, Case)]

    assert {it.charset for it in found if it.path.name == source.name} == {"cp932"}


def test_files_only_are_found_from_their_own_directory_too(case: Path) -> None:
    """Given submissions beside their files, when read, then each finds its own."""
    told = {
        "id": 1,
        "file": "submit.fd",
        "received_at": "2008-06-12T10:15:00+09:00",
        "expected": {"file_accepted": True},
    }
    (case / "case.json").unlink()
    _tell(case / "cases_of_june.json", [told])

    [found] = [it for it in cases_in(case)[0] if isinstance(it, FileCase)]

    assert (found.name, found.content.name) == ("ex2/1", "submit.fd")


def test_a_policy_may_say_by_a_date_how_far_it_has_come(case: Path) -> None:
    """Given a policy with dates of its own, when asked, then they count before the others'."""
    told = _told(case / "case.json")
    told["preconditions"]["per_serial"] = {
        "000102": {"finalised": True, "premium_invoice_issued_at": None}
    }
    _tell(case / "case.json", told | {"preconditions": told["preconditions"]})
    found = _the_case(case)
    assert found.base is not None

    [policy] = wanted(found, found.base)

    assert (policy.status, policy.is_invoiced) == ("finalised", False)


@pytest.mark.parametrize(
    ("told", "complaint"),
    [
        ({"received_at": None}, "case.json cannot be read: received_at: "),
        ({"received_at": "tomorrow"}, "case.json cannot be read: received_at: "),
        ({"received_at": "2008-04-17T10:15:00+09:00"}, "earlier than what goes before it"),
        ({"preconditions": {"base_file": "nowhere.csv"}}, "there is no nowhere.csv"),
        ({"preconditions": {}}, "preconditions.base_received_at: when was the base received?"),
        ({"preconditions": {"application_status": "lost"}}, "preconditions.application_status: "),
    ],
)
def test_of_a_case_that_tells_nonsense_it_is_said_where(
    case: Path, told: dict[str, Any], complaint: str
) -> None:
    """Given a case with one senseless member, when read, then the complaint names it."""
    _tell(case / "case.json", _told(case / "case.json") | told)

    assert complaint in _complaint(case)


@pytest.mark.parametrize(
    ("missing", "complaint"),
    [
        ("expected.json", "neither expected.json nor expected_errors.json stands beside it"),
        ("submit.*", "there is no submit.cp932.csv, .fd, .txt or .csv to hand in"),
        ("../master_data.json", "no master_data.json stands beside it or above it"),
    ],
)
def test_of_a_case_that_lacks_a_file_it_is_said_which(
    case: Path, missing: str, complaint: str
) -> None:
    """Given a case without one of its files, when read, then the complaint says which."""
    for path in (case / missing).parent.glob(Path(missing).name):
        path.unlink()

    assert complaint in _complaint(case)


@pytest.mark.parametrize("content", [b"", b"{", b"7", b"\xff\xfe", b"[7]"])
def test_what_is_no_case_is_complained_of(case: Path, content: bytes) -> None:
    """Given something else under the name of a case, when read, then there is a complaint."""
    (case / "case.json").write_bytes(content)

    assert "case.json cannot be read: " in _complaint(case)


def test_a_register_that_tells_nonsense_is_complained_of(case: Path) -> None:
    """Given a register without buyers, when read, then the complaint names what is missing."""
    path = case.parent / "master_data.json"
    told = _told(path)
    del told["buyers"]
    _tell(path, told)

    with pytest.raises(Unreadable, match="buyers: Field required"):
        Register(path)


def test_a_base_of_something_else_is_complained_of(case: Path) -> None:
    """Given a base without rows of new applications, when read, then the complaint names it."""
    (case / "base_new.cp932.csv").write_bytes(b"\x81")
    found = _the_case(case)
    assert found.base is not None

    with pytest.raises(Unreadable, match=r"base_new\.cp932\.csv has no rows"):
        wanted(found, found.base)


def test_where_nothing_can_be_played_it_is_said_and_not_good(tmp_path: Path, case: Path) -> None:
    """Given a directory without cases and one with nonsense, when replayed, then both are told."""
    told = io.StringIO()
    console = Console(file=told, width=400)
    empty = tmp_path / "empty"
    (case / "case.json").write_text("{")
    (case / "case_literal.json").unlink()

    assert not replay(empty, tmp_path / "home", console)
    assert not replay(case, tmp_path / "home", console)

    lines = told.getvalue().splitlines()
    assert lines[0].startswith("0 played, 0 with differences, 0 by mail left out: there is no case")
    assert lines[1].startswith(f"✗ {case / 'case.json'}: case.json cannot be read: ")
    assert lines[-1] == "0 played, 0 with differences, 0 by mail left out, 1 not to be read"
