"""What holds for any file: nothing is lost, and nothing depends on how it streams in."""

import csv
import io

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from services.ledger.domain.blocks import Charset
from services.ledger.domain.layout import LAYOUTS, NEW_APPLICATIONS, Layout
from services.ledger.domain.reading import Form, Reading

from .given import Application, application, in_two_settlements, paid_in_advance
from .reference.reading import rows as read_aloud
from .writing import as_csv, as_fixed_width, frame

_LETTERS = "aZ09 -/.機契①髙ｶﾟ\N{FULLWIDTH TILDE}"
_MARKS = ',"\n'
_HARMFUL = b'",\n\r\0\x1a\x1f \x81\xef\xbb\xff9'


def _cells(width: int, letters: str) -> st.SearchStrategy[str | None]:
    """Cells of a column: blank, or text that fits and does not end in spaces."""
    texts = st.text(letters, min_size=1, max_size=width).map(lambda text: text.strip(" "))
    fitting = texts.filter(lambda text: 0 < len(text.encode("cp932")) <= width)
    return st.none() | fitting


@st.composite
def _files(draw: st.DrawFn, letters: str) -> tuple[Layout, list[Application]]:
    """A few records of any layout in which some columns are filled with anything."""
    layout = draw(st.sampled_from(LAYOUTS))
    applications: list[Application] = []
    for _ in range(draw(st.integers(1, 3))):
        columns = draw(st.lists(st.sampled_from(layout.columns), max_size=6, unique=True))
        filled = {column.name: draw(_cells(column.width, letters)) for column in columns}
        applications.append(dict.fromkeys(layout.names) | filled)
    return layout, applications


def _texts(rows: pl.DataFrame) -> list[Application]:
    return rows.drop("row").to_dicts()


@given(_files(_LETTERS + _MARKS), st.sampled_from(Charset))
def test_what_is_written_as_csv_is_read(
    file: tuple[Layout, list[Application]], charset: Charset
) -> None:
    """Given any rows, when they are written as CSV and read, then they are the same rows."""
    layout, applications = file
    declared = charset if not _is_ambiguous(applications) else Charset.UTF_8

    content = as_csv(applications, layout, declared)

    assert _texts(frame(content, charset=declared)) == applications


def _is_ambiguous(applications: list[Application]) -> bool:
    """Tell whether the bytes in CP932 would happen to be UTF-8, too."""
    texts = "".join(text or "" for one in applications for text in one.values())
    try:
        texts.encode("cp932").decode("utf-8")
    except UnicodeDecodeError:
        return False
    return not texts.isascii()


@given(_files(_LETTERS))
def test_what_is_written_in_fixed_width_is_read(file: tuple[Layout, list[Application]]) -> None:
    """Given any rows, when they are written in fixed width and read, then they are the same."""
    layout, applications = file
    if _is_ambiguous(applications):
        return

    content = as_fixed_width(applications, layout)

    assert _texts(frame(content, Form.FIXED)) == applications


@given(_files(_LETTERS + _MARKS))
def test_quoting_every_cell_changes_nothing(file: tuple[Layout, list[Application]]) -> None:
    """Given any rows, when every cell is quoted, then the same rows are read."""
    layout, applications = file
    text = io.StringIO()
    quoting = csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    quoting.writerows([one[name] for name in layout.names] for one in applications)

    rows = frame(text.getvalue().encode("utf-8"), charset=Charset.UTF_8)

    assert _texts(rows) == applications


_STREAM = [
    in_two_settlements(contract_number='"a"\r\n,b', serial_number=f"{n:06d}") for n in range(20)
] + [paid_in_advance(reference_number="№1契約") for n in range(20)]
_CSV = as_csv(_STREAM, NEW_APPLICATIONS)
_FIXED = as_fixed_width([paid_in_advance(reference_number="№1契約")] * 20, NEW_APPLICATIONS)


@settings(max_examples=50)
@given(
    st.sampled_from([(_CSV, Form.CSV), (_FIXED, Form.FIXED)]),
    st.integers(1, 5_000),
    st.integers(500, 10_000),
)
def test_it_does_not_matter_how_a_file_streams_in(
    file: tuple[bytes, Form], piece: int, block: int
) -> None:
    """Given a file, when it comes in pieces and is cut into blocks of any size, same rows."""
    content, form = file
    pieces = [content[at : at + piece] for at in range(0, len(content), piece)]

    rows = pl.concat(Reading(form, Charset.CP932, block).frames(pieces))

    assert rows.equals(frame(content, form))


@st.composite
def _damaged(draw: st.DrawFn) -> bytes:
    """A good file in which some bytes were overwritten, inserted or left out."""
    content = bytearray(as_csv([application(), paid_in_advance()], NEW_APPLICATIONS))
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, len(content) - 1))
        replaced = draw(st.integers(0, 1))
        content[at : at + replaced] = bytes(draw(st.lists(st.sampled_from(_HARMFUL), max_size=3)))
    return bytes(content)


@settings(max_examples=400)
@given(_damaged())
def test_a_damaged_file_is_read_rightly_or_refused(content: bytes) -> None:
    """Given a damaged file, when it is read, then it is refused exactly if nobody can read it."""
    expected = read_aloud(content)

    reading = Reading(Form.CSV, Charset.CP932)
    frames = list(reading.frames([content]))

    refused = {finding.rule for finding in reading.findings} - {"L008"}
    assert bool(refused) == (expected is None)
    if expected is not None:
        assert [list(row[1:]) for rows in frames for row in rows.rows()] == expected


@settings(max_examples=200)
@given(st.binary(max_size=300), st.sampled_from(Form), st.sampled_from(Charset))
def test_no_bytes_at_all_break_the_reader(content: bytes, form: Form, charset: Charset) -> None:
    """Given any bytes, when they are read, then there are rows or findings, never an exception."""
    reading = Reading(form, charset)

    rows = sum(frame.height for frame in reading.frames([content]))

    assert rows == reading.rows
    assert rows or reading.findings
