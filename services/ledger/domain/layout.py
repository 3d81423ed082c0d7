"""Layouts of ledger records: which item (項目) stands in which column and at which byte."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

from . import shipped


class Kind(StrEnum):
    """What a cell holds; each kind has one grammar (`cells.py`) and one syntax rule."""

    OFFICE = "office"
    DIGITS = "digits"
    CODE = "code"
    BUYER = "buyer"
    TEXT = "text"
    DATE = "date"
    AMOUNT = "amount"
    RATE = "rate"
    FLAG = "flag"
    UNIT = "unit"
    PERIOD = "period"
    PROCESSING = "processing"
    BLOCK_FLAG = "block_flag"


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a record; items of a settlement come once per slot (決済欄)."""

    field: str
    slot: int | None
    item_no: int
    name_ja: str
    kind: Kind
    code_table: str
    mandatory: bool
    position: int
    begins: int
    width: int
    right_justified: bool

    @property
    def name(self) -> str:
        """Name the column in a frame: `due_date_2` is the due date of the second settlement."""
        return slotted(self.field, self.slot)

    @property
    def name_en(self) -> str:
        """Name the item in an English sentence."""
        return self.field.replace("_", " ")

    @property
    def headings(self) -> tuple[str, str]:
        """Name the item as the sheet to fill in does, in Japanese and English: number and name."""
        slot = self.slot or ""
        return f"{self.item_no} {self.name_ja}{slot}", f"{self.item_no} {self.name_en}{slot}"

    @property
    def letter(self) -> str:
        """Name the column as a spreadsheet does: A to Z, then AA, AB and so on."""
        return column_letter(self.position)


@dataclass(frozen=True)
class Layout:
    """The columns of one kind of record (レコードレイアウト), with two or five settlements.

    Shape:  `columns` in the order of the file; `record_bytes` without the line end.
    Source: ledger notes §5.4 and §13 (the byte offsets are ours).
    """

    code: str
    slots: int
    columns: tuple[Column, ...]

    @cached_property
    def names(self) -> tuple[str, ...]:
        """Name the columns in the order of the file."""
        return tuple(column.name for column in self.columns)

    @cached_property
    def record_bytes(self) -> int:
        """Count the bytes of a fixed-width record."""
        return sum(column.width for column in self.columns)

    @cached_property
    def _by_name(self) -> dict[str, Column]:
        return {column.name: column for column in self.columns}

    def __getitem__(self, name: str) -> Column:
        """Find a column by its name."""
        return self._by_name[name]

    def heads(self, cells: Sequence[str | None]) -> bool:
        """Tell whether cells are the names of the columns, in either language."""
        return tuple(cells) in zip(*(column.headings for column in self.columns), strict=True)

    def where(self, choice: Callable[[Column], bool]) -> tuple[Column, ...]:
        """Choose columns, in the order of the file."""
        return tuple(column for column in self.columns if choice(column))

    @property
    def every_slot(self) -> range:
        """Number the settlements from 1."""
        return range(1, self.slots + 1)


def slotted(field: str, slot: int | None) -> str:
    """Name the column of a field, in a settlement slot if it has any."""
    return field if slot is None else f"{field}_{slot}"


def column_letter(position: int) -> str:
    """Name the n-th column, counted from 1, as a spreadsheet does."""
    letters = ""
    while position:
        position, rest = divmod(position - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def by_columns(count: int) -> Layout | None:
    """Detect the layout of a CSV record by the number of its columns."""
    return _first(layout for layout in LAYOUTS if len(layout.columns) == count)


def by_bytes(length: int) -> Layout | None:
    """Detect the layout of a fixed-width record by its length in bytes."""
    return _first(layout for layout in LAYOUTS if layout.record_bytes == length)


def _first(layouts: Iterable[Layout]) -> Layout | None:
    return next(iter(layouts), None)


def _layout(code: str, slots: int) -> Layout:
    begins = f"begins_{slots}_slots"
    columns = (_column(row, begins) for row in shipped.rows(f"layout_{code}") if row[begins])
    return Layout(code, slots, tuple(columns))


def _column(row: shipped.Row, begins: str) -> Column:
    return Column(
        field=row["field"],
        slot=int(row["slot"]) if row["slot"] else None,
        item_no=int(row["item_no"]),
        name_ja=row["name_ja"],
        kind=Kind(row["kind"]),
        code_table=row["code_table"],
        mandatory=row["mandatory"] == "Y",
        position=int(row["column"]),
        begins=int(row[begins]) - 1,
        width=int(row["bytes"]),
        right_justified=row["justify"] == "right",
    )


FEWEST_SLOTS, MOST_SLOTS = 2, 5
"""How many settlements fit on a sheet, and on an extended one. Source: ledger notes §5.4."""

EVERY_SLOT = range(1, MOST_SLOTS + 1)
"""The settlement slots a contract can have (決済欄)."""

NEW_APPLICATIONS = _layout("2103", FEWEST_SLOTS)
NEW_APPLICATIONS_EXTENDED = _layout("2103", MOST_SLOTS)
CHANGES = _layout("2110", FEWEST_SLOTS)
CHANGES_EXTENDED = _layout("2110", MOST_SLOTS)

LAYOUTS = (NEW_APPLICATIONS, NEW_APPLICATIONS_EXTENDED, CHANGES, CHANGES_EXTENDED)

BY_CODE: Mapping[tuple[str | None, int | None], Layout] = {
    (layout.code, layout.slots): layout for layout in LAYOUTS
}
"""Layouts by their code and their number of settlements, as an upload keeps them."""
