"""Files that come back: every record as it was sent, with what was found behind it."""

import csv
import io
from collections.abc import Sequence

import pytest

from services.ledger.domain.findings import Finding, Found
from services.ledger.domain.reading import Form
from services.ledger.domain.returning import Returned

CSV = Returned(Form.CSV, lambda text: text.encode("cp932"), lambda found: f"{found.rule} とは")
FIXED = Returned(Form.FIXED, CSV.encode, CSV.words)


def fault(row: int | None, rule: str = "L042", severity: str = "ERROR", *items: int) -> Found:
    """Something that was found."""
    return Found(Finding(rule, "bad-format", row), severity, items)


def back(
    content: bytes, *found: Found, returned: Returned = CSV, notes: Sequence[str] = ()
) -> bytes:
    """A file that comes back, having been sent byte by byte."""
    pieces = [content[at : at + 1] for at in range(len(content))]
    return b"".join(returned.pieces(pieces, returned.columns(found, notes)))


def test_a_good_record_gets_empty_columns() -> None:
    """Given a good file, when it comes back, then every record has four columns more."""
    assert back(b"1,2\r\n3,4\r\n") == b"1,2,,,,\r\n3,4,,,,\r\n"


def test_each_fault_stands_behind_its_record() -> None:
    """Given faults in two records, when they come back, then rules, items and texts are listed."""
    warned = fault(1, "L053", "WARNING", 10)

    answered = back(b"1,2\r\n3,4\r\n", warned, fault(2, "L042", "ERROR", 25), fault(2, "L053"))

    first, second = csv.reader(io.StringIO(answered.decode("cp932")))
    assert first == ["1", "2", "WARNING", "L053", "10", "L053 とは"]
    assert second == ["3", "4", "ERROR", "L042; L053", "25; ", "L042 とは; L053 とは"]


def test_what_concerns_the_file_stands_behind_the_first_record() -> None:
    """Given a fault of the file and a note, when it comes back, then the first record has both."""
    answered = back(b"1\r\n2\r\n", fault(None, "L013"), notes=["まだある"])

    first, second = csv.reader(io.StringIO(answered.decode("cp932")))
    assert first == ["1", "ERROR", "L013", "", "L013 とは; まだある"]
    assert second == ["2", "", "", "", ""]


def test_a_note_alone_is_told() -> None:
    """Given nothing found but a note, when the file comes back, then the note is there."""
    assert back(b"1\r\n", notes=["x"]) == b'1,,,,"x"\r\n'


def test_an_empty_file_comes_back_as_its_fault() -> None:
    """Given a file without a record, when it comes back, then what was found is all there is."""
    assert back(b"", fault(None, "L009")) == ',"ERROR","L009",,"L009 とは"\r\n'.encode("cp932")
    assert back(b"") == b""


@pytest.mark.parametrize(
    "record",
    [
        b'"a,b","c\r\nd"',
        '"表","ソ"'.encode("cp932"),
        b" 1 , ",
        b"\x80\xff,1",
        b"=1+1,-",
        b'1,"',
    ],
)
def test_a_record_comes_back_byte_for_byte(record: bytes) -> None:
    """Given quotes, letters with odd bytes, spaces or broken text, then nothing is changed."""
    answered = back(record + b"\n", fault(1))

    assert answered.startswith(record)
    assert answered.endswith(b"\n")


def test_a_record_that_never_ends_has_its_fault_at_the_end() -> None:
    """Given a quote that stays open, when the file comes back, then its fault stands behind all."""
    answered = back(b'1,2\r\n3,"4\r\n5,6\r\n', fault(2))

    assert answered.startswith(b'1,2,,,,\r\n3,"4\r\n5,6,"ERROR","L042",')
    assert answered.count(b"ERROR") == 1


def test_a_quote_in_a_text_is_doubled() -> None:
    """Given a text with a quote, when it is written, then a reader gets the same text."""
    returned = Returned(Form.CSV, str.encode, lambda _: 'a "b"')

    [cells] = csv.reader(io.StringIO(back(b"1\n", fault(1), returned=returned).decode()))

    assert cells[-1] == 'a "b"'


def test_a_record_of_fixed_width_keeps_its_places() -> None:
    """Given records of fixed width, when they come back, then the columns have places, too."""
    faults = (fault(1, "L042", "ERROR", 25), fault(1, "L053", "WARNING", 10))

    answered = back(b"AB\r\nCD\r\n", *faults, returned=FIXED)

    first, second = answered.decode("cp932").splitlines()
    places = (first[2:10], first[10:50], first[50:90], first[90:])
    assert [it.strip() for it in places] == [
        "ERROR",
        "L042; L053",
        "25; 10",
        "L042 とは; L053 とは",
    ]
    assert second == "CD" + " " * 88
