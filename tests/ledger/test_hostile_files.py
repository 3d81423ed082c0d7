"""Hostile contents of ledger files: each gets a clear answer, and none costs too much."""

import pytest

from tests.kit.running import Running
from tests.ledger import given
from tests.ledger.hostile import CELLS, GOOD, NAME, ROW, TOTO, errors, judged, row, rows

pytestmark = pytest.mark.usefixtures("august_25")


@pytest.mark.attack("S53")
@pytest.mark.parametrize(
    ("content", "rule", "place"),
    [
        (b"", "L009", (None, None)),
        (b"\x1a", "L009", (None, None)),
        (b"\r\n" * 1000, "L010", (1, None)),
        (GOOD.replace(b"\r\n", b"\r"), "L010", (1, None)),
        (GOOD.replace(b",", b"\t"), "L010", (1, None)),
        (b'"' * 100_000, "L010", (1, None)),
        (b"," * 5_000_000 + b"\r\n", "L010", (1, None)),
        (ROW[:-1] + b"\x83", "L007", (1, "AV")),
        (row(c1=b"\x83"), "L007", (1, "B")),
        (b"\xef\xbb\xbf" + GOOD, "L007", (1, "A")),
        (GOOD.decode("cp932").encode(), "L007", (2, "P")),
        (GOOD + b"x" * 600 + b"\0\r\n", "L007", (4, "A")),
        (GOOD + b"\xed\xa0\x80\r\n", "L011", (4, None)),
        (GOOD + row(c1=b'"'), "L010", (4, "B")),
        (GOOD + row(c1=b'a"b'), "L010", (4, "B")),
        (GOOD + row(c1=b'"' + b"\n" * 1000), "L010", (4, "B")),
        (row(c1=b"x" * 10_000_000), "L010", (1, None)),
        (row(c1=b'"' + b"x" * 10_000_000 + b'"'), "L010", (1, None)),
        (GOOD + row(c1=b"x" * 10_001), "L010", (4, "B")),
        (GOOD + row(c13=b"x" * 10_000_000), "L010", (4, None)),
        (rows(20_000) + ROW + b",1\r\n", "L011", (20_001, None)),
        (rows(20_000) + ROW.rpartition(b",")[0] + b"\r\n", "L011", (20_001, None)),
    ],
    ids=lambda it: repr(it[:16]) if isinstance(it, bytes) else None,
)
async def test_a_file_that_cannot_be_read_is_told_where(
    ledger: Running, content: bytes, rule: str, place: tuple[int | None, str | None]
) -> None:
    """Given bytes that are no ledger, when they are judged, then one error says which and where."""
    upload, found = await judged(ledger, content)

    assert (upload["status"], upload["error_count"]) == ("INVALID", 1)
    assert errors(found) == [(rule, *place)]


@pytest.mark.attack("S53")
@pytest.mark.parametrize(
    "amount", [b"NaN", b"1E+999999", b"-0", b"-1", b"", b"1,5", b"0x10", b"Infinity", b"9" * 400]
)
async def test_an_amount_that_is_none_is_found_and_not_kept(ledger: Running, amount: bytes) -> None:
    """Given an amount that is no amount, when submitted, then its cell is named, nothing kept."""
    spoilt = row(c3=b"%06d" % 777_777, c14=b'"' + amount + b'"')

    upload, found = await judged(ledger, spoilt, mode="SUBMIT")

    assert upload["status"] == "INVALID"
    assert ("O", 1) in {(column, row) for _, row, column in errors(found)}
    contract = await ledger.client.get(
        "/v1/ledger-contracts/1020010035726777777",
        headers=ledger.caller("ledger-contracts:read", tenant=TOTO),
    )
    assert contract.status_code == 404


async def test_a_million_errors_are_counted_and_some_are_kept(ledger: Running) -> None:
    """Given 20,000 rows wrong in every cell, when judged, then all count and 10,000 are kept."""
    wrong = b",".join([b"=1+1"] * len(CELLS)) + b"\r\n"

    upload, found = await judged(ledger, wrong * 20_000)

    assert (upload["status"], upload["row_count"]) == ("INVALID", 20_000)
    assert upload["error_count"] > 900_000
    assert upload["findings_kept"] <= 10_100
    assert len(found) == 100


async def test_a_wrong_width_is_found_however_late(ledger: Running) -> None:
    """Given a file whose row 999,999 alone is too short, when judged, then that row is named."""
    content = (b"," * 48 + b"\r\n") * 999_998 + b"," * 47 + b"\r\n"

    upload, found = await judged(ledger, content)

    assert (upload["status"], upload["error_count"]) == ("INVALID", 1)
    assert errors(found) == [("L011", 999_999, None)]
    # What was counted until there is no count of the file.
    assert (upload["row_count"], upload["policy_count"]) == (None, None)


async def test_a_row_too_many_is_told_in_words(ledger: Running) -> None:
    """Given 1,000,001 rows, when judged, then the file is refused, and both languages say why."""
    upload, _ = await judged(ledger, (b"," * 48 + b"\r\n") * 1_000_001)

    assert (upload["status"], upload["reason"]) == ("INVALID", "too-many-rows")
    assert upload["reason_en"].startswith("The file has more than 1,000,000 rows")
    assert upload["reason_ja"].startswith("ファイルの行数が100万行")


async def test_one_policy_in_every_row_does_not_fill_the_memory(ledger: Running) -> None:
    """Given 100,001 rows of one policy, when judged, then the file is refused before its rows."""
    upload, _ = await judged(ledger, row() * 100_001)

    assert (upload["status"], upload["reason"]) == ("INVALID", "too-many-rows-of-one-policy")
    assert upload["row_count"] == 100_001


@pytest.mark.parametrize("cell", [b"=cmd|'/C calc'!A0", b"+1", b"-1", b"@SUM(A1)", b"\t=1"])
async def test_a_formula_in_a_text_is_only_text(ledger: Running, cell: bytes) -> None:
    """Given a formula in a text cell, when judged, then it is taken, or refused as any text."""
    upload, found = await judged(ledger, row(c13=cell))

    assert upload["status"] in ("READY", "INVALID")
    assert all(it["value"] is None or "\t" not in it["value"] for it in found)


@pytest.mark.parametrize("count", ["-1", "0", "３", "1e3", "99999999999999999999", "=1", ""])
async def test_a_count_that_is_none_is_a_finding(ledger: Running, count: str) -> None:
    """Given a declared count that cannot be right, when judged, then the file is refused."""
    answer = await given.handed_in(ledger, GOOD, tenant=TOTO, file_name=NAME, declared_count=count)
    upload = await given.worked_off(ledger, answer.json()["id"], TOTO)

    found = await given.findings(ledger, upload["id"], TOTO)
    assert upload["status"] == "INVALID"
    assert {rule for rule, *_ in errors(found)} <= {"L012", "L013"}


async def test_the_same_file_twice_is_pointed_out(ledger: Running) -> None:
    """Given a file that was applied, when it is sent again, then a warning says it is known."""
    content = row(c3=b"888888")
    first, _ = await judged(ledger, content, mode="SUBMIT")

    again, found = await judged(ledger, content, mode="SUBMIT")

    assert (first["status"], again["status"]) == ("APPLIED", "INVALID")
    assert first["id"] != again["id"]
    assert "L015" in {it["rule"] for it in found}
