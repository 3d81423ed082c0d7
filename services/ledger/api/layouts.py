"""`/ledger-layouts`: what stands where in a ledger file (レコードレイアウト), and sheets for it."""

from collections.abc import AsyncIterator, Mapping
from typing import Annotated, Literal, Self

from fastapi import Path, Query, Response

from libs.common import context
from libs.common.answers import may_answer
from libs.common.cells import Column as SheetColumn
from libs.common.cells import Row
from libs.common.downloads import Download
from libs.common.exports import ExportWish, as_files
from libs.common.paging import PageShape
from libs.common.routing import Router
from libs.common.security import requires
from libs.common.wire import Output

from ..domain.blocks import Charset
from ..domain.cells import BLOCK_FLAGS, PROCESSING_TYPES, RAISED
from ..domain.change_cells import CLEARABLE
from ..domain.layout import BY_CODE, CHANGES, LAYOUTS, MOST_SLOTS, Column, Kind, Layout
from ..domain.needs import Asking, mandatory_for
from ..domain.values import AMOUNT, RATE
from ..errors import LayoutNotFound

router = Router(tags=["ledger-layouts"], dependencies=[requires("ledger-layouts:read")])

LayoutCode = Annotated[str, Path(pattern="^[0-9]{4}$", examples=["2103"])]
CellKind = Literal[
    "DIGITS", "CODE", "BUYER_CODE", "TEXT", "DATE", "AMOUNT", "RATE", "FLAG", "NUMBER"
]

_TITLES = {
    "2103": ("新規申込", "New applications"),
    "2110": ("変更・訂正内変・修正・取消", "Changes, corrections and cancellations"),
}
_KINDS: Mapping[Kind, CellKind] = {
    Kind.OFFICE: "CODE",
    Kind.DIGITS: "DIGITS",
    Kind.CODE: "CODE",
    Kind.BUYER: "BUYER_CODE",
    Kind.TEXT: "TEXT",
    Kind.DATE: "DATE",
    Kind.AMOUNT: "AMOUNT",
    Kind.RATE: "RATE",
    Kind.FLAG: "FLAG",
    Kind.UNIT: "CODE",
    Kind.PERIOD: "NUMBER",
    Kind.PROCESSING: "CODE",
    Kind.BLOCK_FLAG: "CODE",
}
_DECIMALS = {Kind.AMOUNT: AMOUNT.scale, Kind.RATE: RATE.scale}
_CODES: Mapping[Kind, tuple[str, ...]] = {
    Kind.FLAG: (RAISED,),
    Kind.PROCESSING: PROCESSING_TYPES,
    Kind.BLOCK_FLAG: BLOCK_FLAGS,
}


class LedgerLayoutForm(Output):
    """A layout with so many settlements: how a record shows that it is this one."""

    settlement_slots: int
    column_count: int
    record_bytes: int


class LedgerColumn(Output):
    """One column of a layout: which item it is, where it stands, and what it may hold.

    `position` and `column` are its place in a CSV, `byte_from` (counted from 1) and `width` its
    place in a record of fixed width. `codes` are all there is where no table lists them.
    """

    position: int
    column: str
    item_no: int
    slot: int | None
    field: str
    name_ja: str
    name_en: str
    kind: CellKind
    width: int
    decimals: int | None
    byte_from: int
    justified: Literal["LEFT", "RIGHT"]
    code_table: str | None
    codes: list[str]
    mandatory_for: list[Asking]
    clearable: bool

    @classmethod
    def of(cls, column: Column, layout: Layout) -> Self:
        """Describe a column."""
        return cls(
            position=column.position,
            column=column.letter,
            item_no=column.item_no,
            slot=column.slot,
            field=column.field,
            name_ja=column.name_ja,
            name_en=column.name_en,
            kind=_KINDS[column.kind],
            width=column.width,
            decimals=_DECIMALS.get(column.kind),
            byte_from=column.begins + 1,
            justified="RIGHT" if column.right_justified else "LEFT",
            code_table=column.code_table or None,
            codes=list(_CODES.get(column.kind, ())),
            mandatory_for=list(mandatory_for(column, layout)),
            clearable=layout.code == CHANGES.code and column.field in CLEARABLE,
        )


class LedgerLayoutSummary(Output):
    """A layout in a list."""

    layout: str
    title_ja: str
    title_en: str
    charsets: list[str]
    forms: list[LedgerLayoutForm]


class LedgerLayoutPage(PageShape[LedgerLayoutSummary]):
    """Every layout there is."""


class LedgerLayout(LedgerLayoutSummary):
    """A layout (レコードレイアウト) with the columns of its longest form.

    The form with fewer settlements has the same columns but the last ones. A file has no header.
    """

    columns: list[LedgerColumn]


@router.get(
    "/ledger-layouts",
    openapi_extra={"x-summary-ja": "台帳レイアウトの一覧"},
)
async def list_ledger_layouts() -> LedgerLayoutPage:
    """List the layouts of ledger files (レコードレイアウト): new applications, and changes."""
    found = [_summary(code) for code in _TITLES]
    return LedgerLayoutPage(
        items=found, next_cursor=None, total_count=None, total_is_lower_bound=None
    )


@router.get(
    "/ledger-layouts/{layout}",
    responses=may_answer(LayoutNotFound),
    openapi_extra={"x-summary-ja": "台帳レイアウトの照会"},
)
async def get_ledger_layout(layout: LayoutCode) -> LedgerLayout:
    """Read a layout column by column: what each holds, and which requests must fill it."""
    longest = _layout(layout, MOST_SLOTS)
    columns = [LedgerColumn.of(column, longest) for column in longest.columns]
    return LedgerLayout(**dict(_summary(layout)), columns=columns)


@router.get(
    "/ledger-layouts/{layout}/template",
    response_class=Response,
    responses=as_files("csv", "xlsx") | may_answer(LayoutNotFound),
    openapi_extra={"x-summary-ja": "台帳入力様式の取得"},
)
async def download_ledger_template(
    layout: LayoutCode,
    settlement_slots: Annotated[
        Literal["2", "5"], Query(description="How many settlements a row has room for.")
    ] = "2",
    format: Annotated[  # noqa: A002 (its name on the wire)
        Literal["csv", "xlsx"], Query(description="Of xlsx every column is text: `01` stays `01`.")
    ] = "csv",
    charset: Annotated[Literal["cp932", "utf-8-bom"], Query(description="Of CSV.")] = "cp932",
) -> Download:
    """Take a sheet to fill in (入力様式): its first row names the items, and is not to be sent."""
    chosen = _layout(layout, int(settlement_slots))
    language = ("ja", "en").index(context.language.get())
    columns = [SheetColumn(column.headings[language], "code") for column in chosen.columns]
    name = f"ledger-{chosen.code}-{chosen.slots}"
    return ExportWish(format, charset).of(name, columns, _no_rows())


def _layout(code: str, slots: int) -> Layout:
    found = BY_CODE.get((code, slots))
    if found is None:
        raise LayoutNotFound
    return found


def _summary(code: str) -> LedgerLayoutSummary:
    forms = [
        LedgerLayoutForm(
            settlement_slots=form.slots,
            column_count=len(form.columns),
            record_bytes=form.record_bytes,
        )
        for form in LAYOUTS
        if form.code == code
    ]
    japanese, english = _TITLES[code]
    return LedgerLayoutSummary(
        layout=code, title_ja=japanese, title_en=english, charsets=list(Charset), forms=forms
    )


async def _no_rows() -> AsyncIterator[Row]:
    nothing: tuple[Row, ...] = ()
    for row in nothing:
        yield row
