"""Files as they come in: what can be read, and where the others are broken."""

from collections.abc import Iterable

import polars as pl
import pytest

from services.ledger.domain.blocks import Charset
from services.ledger.domain.findings import detail_en, detail_ja
from services.ledger.domain.layout import LAYOUTS, NEW_APPLICATIONS, Layout
from services.ledger.domain.reading import Form, Reading

from .given import EXAMPLES, application
from .writing import as_csv, as_fixed_width, frame, read

Place = tuple[str, int | None, str | None]

GOOD = as_csv([application(), application(reference_number="№1契約")], NEW_APPLICATIONS)
FIXED = as_fixed_width([application(), application(reference_number="№1契約")], NEW_APPLICATIONS)


def _found(content: bytes, form: Form = Form.CSV, charset: Charset = Charset.CP932) -> list[Place]:
    reading = read(content, form, charset)
    return [(finding.rule, finding.row, finding.column) for finding in reading.findings]


def test_a_good_file_is_read_row_by_row() -> None:
    """Given two records, when they are read, then rows are numbered from 1 and blanks are null."""
    rows = frame(GOOD)

    assert rows["row"].to_list() == [1, 2]
    assert rows.row(1, named=True) == application(reference_number="№1契約") | {"row": 2}
    assert rows.columns == ["row", *NEW_APPLICATIONS.names]


def test_an_end_of_file_mark_is_ignored() -> None:
    """Given a file from DOS, when it ends with 0x1A, then that is no record."""
    for content, form in ((GOOD, Form.CSV), (FIXED, Form.FIXED)):
        assert frame(content + b"\x1a", form).equals(frame(content, form))


def test_a_last_record_may_lack_its_line_end() -> None:
    """Given a file, when the last line end is missing, then nothing is said."""
    for content, form in ((GOOD, Form.CSV), (FIXED, Form.FIXED)):
        for cut in (content[:-1], content[:-2]):
            assert frame(cut, form).equals(frame(content, form))
            assert _found(cut, form) == []


def test_bare_line_feeds_are_pointed_out() -> None:
    """Given one record with LF alone, when the file is read, then L008 warns and all is read."""
    for content, form in ((GOOD, Form.CSV), (FIXED, Form.FIXED)):
        mixed = content.replace(b"\r\n", b"\n", 1)
        assert frame(mixed, form).equals(frame(content, form))
        assert _found(mixed, form) == [("L008", None, None)]


def test_nothing_is_no_submission() -> None:
    """Given a file without records, when it is read, then L009 refuses it."""
    assert _found(b"") == [("L009", None, None)]
    assert _found(b"\x1a", Form.FIXED) == [("L009", None, None)]


def test_half_a_character_is_placed() -> None:
    """Given half a kanji in item 16 of row 2, when decoding fails, then L007 says where."""
    kanji = "契".encode("cp932")

    for content, form in ((GOOD, Form.CSV), (FIXED, Form.FIXED)):
        halved = content.replace(kanji, kanji[:1] + b" ")
        assert _found(halved, form) == [("L007", 2, "P")]


def test_a_character_cut_by_its_field_is_placed() -> None:
    """Given fixed width, when a kanji straddles two fields, then L007 names the first of them."""
    begins = NEW_APPLICATIONS["reference_number"].begins
    content = bytearray(FIXED)
    content[begins + 19 : begins + 21] = "契".encode("cp932")

    assert _found(bytes(content), Form.FIXED) == [("L007", 1, "P")]


def test_nul_is_no_text() -> None:
    """Given a NUL in item 20 of row 1, when the file is read, then L007 says where."""
    for content, form in ((GOOD, Form.CSV), (FIXED, Form.FIXED)):
        assert _found(content.replace(b"847989", b"8479\x009", 1), form) == [("L007", 1, "T")]


def test_utf8_is_refused_unless_declared() -> None:
    """Given UTF-8, when CP932 is declared, then L007; when UTF-8 is declared, it is read."""
    content = as_csv([application(reference_number="契約")], NEW_APPLICATIONS, "utf-8")

    assert [rule for rule, *_ in _found(content)] == ["L007"]
    assert _found(content, charset=Charset.UTF_8) == []
    assert _found(b"\xef\xbb\xbf" + content, charset=Charset.UTF_8) == []
    assert _found(b"\xef\xbb\xbf" + content) == [("L007", 1, "A")]


def test_utf8_that_could_be_cp932_is_refused_as_well() -> None:
    """Given bytes valid in both, when all of them are UTF-8 beyond ASCII, then L007 refuses."""
    both = as_csv([application(reference_number="ﾂｱ")], NEW_APPLICATIONS)

    assert both.decode("utf-8").isascii() is False
    assert _found(both) == [("L007", None, None)]
    assert _found(both + GOOD) == []


def test_cp932_declared_as_utf8_is_refused() -> None:
    """Given CP932, when UTF-8 is declared, then L007 says where and in which character set."""
    reading = read(GOOD, charset=Charset.UTF_8)

    [finding] = reading.findings
    assert (finding.rule, finding.row, finding.column) == ("L007", 2, "P")
    assert finding.params == {"charset": "UTF-8"}


def test_a_record_of_unknown_width_is_no_layout() -> None:
    """Given a column or byte too few in the first record, when it is read, then L010 refuses."""
    assert _found(GOOD.replace(b",", b"", 1)) == [("L010", 1, None)]
    assert _found(FIXED[1:], Form.FIXED) == [("L010", 1, None)]


@pytest.mark.parametrize("layout", LAYOUTS, ids=lambda it: f"{it.code}-{it.slots}")
@pytest.mark.parametrize(("language", "words"), [(0, "1行目を削除し"), (1, "Take it away")])
def test_the_names_of_the_items_are_no_record(layout: Layout, language: int, words: str) -> None:
    """Given a filled-in sheet with its first row, when it is read, then both are told what to do.

    A row that only begins like it is a record like any.
    """
    headings = {column.name: column.headings[language] for column in layout.columns}

    [finding] = read(as_csv([headings, headings], layout)).findings

    assert (finding.rule, finding.code, finding.row) == ("L010", "heading", 1)
    assert words in (detail_ja(finding, layout), detail_en(finding, layout))[language]
    assert _found(as_csv([headings | {layout.names[-1]: "1"}], layout)) == []


def test_what_only_quotes_spoil_is_not_called_a_layout() -> None:
    """Given a lone quote or a cell without end, when it is read, then its words speak of that."""
    for spoilt, words in (
        (GOOD.replace(b"TKT", b'T"T', 1), "quotation mark is misplaced"),
        (GOOD.replace(b"TKT", b"T" * 10_001, 1), "longer than 10,000 bytes"),
    ):
        [finding] = read(spoilt).findings
        assert finding.rule == "L010"
        assert words in detail_en(finding, NEW_APPLICATIONS)


def test_records_of_different_widths_do_not_mix() -> None:
    """Given a wrong second record, when it is read, then L011 says which."""
    for wrong in (b",", b"", b"\r\n", GOOD[:20] + b"\r\n"):
        assert _found(GOOD + wrong + b"\r\n" + GOOD) == [("L011", 3, None)]
    assert _found(FIXED + b"\r\n", Form.FIXED) == [("L011", 3, None)]
    assert _found(FIXED + b" " + FIXED, Form.FIXED) == [("L011", 3, None)]


def test_a_cell_too_many_does_not_make_up_for_one_too_few() -> None:
    """Given 50 and 48 columns, when the sum is right, then L011 still says which is wrong."""
    record = GOOD.splitlines(keepends=True)[0]

    uneven = record + b"," + record + record.replace(b",", b"", 1)

    assert _found(uneven) == [("L011", 2, None)]


def test_quotes_may_hold_commas_quotes_and_line_ends() -> None:
    """Given a quoted cell, when it holds what would end it, then it is one cell."""
    strange = 'a,"b"\r\nc'

    rows = frame(as_csv([application(contract_number=strange)], NEW_APPLICATIONS))

    assert rows["contract_number"].to_list() == [strange]


def test_a_line_feed_in_quotes_ends_no_record() -> None:
    """Given LF inside a cell, when the records end with CRLF, then L008 is silent."""
    content = as_csv([application(contract_number="a\nb")], NEW_APPLICATIONS)

    assert _found(content) == []


@pytest.mark.parametrize(
    "broken",
    [b'TKT"26', b'"TKT"26', b'"TKT', b' "TKT"', b'"TKT" ', b'"TKT""', b'"TKT"\r', b'TKT"'],
)
def test_a_misplaced_quote_is_placed(broken: bytes) -> None:
    """Given a quote where none may be, when the file is read, then L010 says in which cell."""
    content = GOOD + GOOD.replace(b"TKT-26-E01", broken, 1)

    assert _found(content) == [("L010", 3, "N")]


def test_spaces_around_a_cell_are_stripped() -> None:
    """Given half-width spaces around cells, when read, then they are gone; wide ones stay."""
    content = GOOD.replace(b"TKT-26-E01", b"  TKT 26  ", 1).replace(b"10,", b" 10 ,", 1)
    wide = "　".encode("cp932")

    rows = frame(content.replace(b"TKT-26-E01", wide, 1).replace(b",,", b",  ,"))

    assert rows["contract_number"].to_list() == ["TKT 26", "　"]
    assert rows["branch_office_code"].to_list() == ["10", "10"]
    assert rows["branch_number"].to_list() == [None, None]


def test_quoted_blanks_are_blank() -> None:
    """Given empty quotes, when read, then the cell is blank, like one of spaces in quotes."""
    content = GOOD.replace(b",,", b',"",', 1).replace(b"847989", b'"  "', 1)

    rows = frame(content)

    assert rows["branch_number"].to_list() == [None, None]
    assert rows["goods_hs_code"].to_list() == [None, "847989"]


def test_a_cell_without_end_is_refused() -> None:
    """Given a cell of ten thousand bytes, when it has one more, then L010 says where."""
    longest = GOOD.replace(b"TKT-26-E01", b"x" * 10_000, 1)

    assert _found(longest) == []
    assert _found(longest.replace(b"xx", b"xxx", 1)) == [("L010", 1, "N")]


def test_a_record_without_end_is_refused_before_it_fills_the_memory() -> None:
    """Given a stream that never ends a line, when blocks are full, then L010 ends the reading."""
    given_out = 0

    def endless() -> Iterable[bytes]:
        nonlocal given_out
        while True:
            given_out += 1
            yield b"x" * 1000

    reading = Reading(Form.CSV, Charset.CP932, block_bytes=10_000)
    assert list(reading.frames(endless())) == []

    assert [(finding.rule, finding.row) for finding in reading.findings] == [("L010", 1)]
    assert given_out <= 11


def test_nothing_is_yielded_from_a_block_with_a_fault() -> None:
    """Given a fault far behind, when earlier blocks were good, then those were given out."""
    reading = Reading(Form.CSV, Charset.CP932, block_bytes=len(GOOD))

    rows = pl.concat(reading.frames([GOOD, GOOD, b"broken\r\n"]))

    assert rows["row"].to_list() == [1, 2, 3, 4]
    assert [(finding.rule, finding.row) for finding in reading.findings] == [("L011", 5)]


def test_control_characters_in_fixed_width_stay_in_their_cells() -> None:
    """Given separators of our own and CR in a cell, when read, then they spoil only that cell."""
    content = FIXED.replace(b"TKT-26-E01", b"TKT\x1f26\rE01", 1)

    rows = frame(content, Form.FIXED)

    assert rows["contract_number"].to_list() == ["TKT\x1e26\x1eE01", "TKT-26-E01"]
    assert rows.drop("contract_number").equals(frame(FIXED, Form.FIXED).drop("contract_number"))


def test_every_form_of_an_example_holds_the_same_rows() -> None:
    """Given the first example in three forms, when each is read, then the rows are the same."""
    folder = EXAMPLES / "new_valid"

    rows = frame((folder / "submit.cp932.csv").read_bytes())

    assert frame((folder / "submit.fd").read_bytes(), Form.FIXED).equals(rows)
    utf_8 = frame((folder / "submit.csv").read_bytes(), charset=Charset.UTF_8)
    assert utf_8.equals(rows)
