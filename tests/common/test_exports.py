"""An exported list is exact for machines and harmless for spreadsheets."""

import csv
import io
import json
from collections.abc import AsyncIterator, Callable
from datetime import date
from decimal import Decimal

import httpx
import pytest
from fastapi import FastAPI
from hypothesis import given
from hypothesis import strategies as some
from python_calamine import CalamineWorkbook
from sqlalchemy import bindparam, func, select

from deploy.postgres import DatabaseUrls
from libs.common import exports, problem_handlers
from libs.common.cells import Cell, Column, Row, guarded
from libs.common.database import Databases
from libs.common.downloads import Download
from libs.common.errors import ExportTooLarge
from libs.common.exports import (
    Export,
    ExportWish,
    Format,
    check_size,
    rows_of,
)
from libs.common.settings import ServiceSettings

COLUMNS = (
    Column("buyer_code", "code"),
    Column("name", "text"),
    Column("amount", "number"),
    Column("registered_on", "date"),
)
SIAM: Row = ("0234560", '=SIAM, "VALVE"', Decimal("-1.00"), date(2026, 8, 25))
EMPTY: Row = ("-100000", "髙橋〓㈱①", Decimal("12345678901234567.89"), None)


async def each(*rows: Row) -> AsyncIterator[Row]:
    """Rows as a database gives them."""
    for row in rows:
        yield row


async def exported(wish: ExportWish, *rows: Row) -> bytes:
    """The file those rows become."""
    answer = wish.of("buyers", COLUMNS, each(*rows))
    return b"".join([bytes(piece) async for piece in answer.body_iterator])  # type: ignore[arg-type]


async def test_csv_guards_text_and_leaves_codes_and_numbers_alone() -> None:
    """Given a name like a formula, when exported, then only it changes, no amount does."""
    written = await exported(ExportWish("csv", "utf-8"), SIAM, EMPTY)

    assert written.decode() == (
        '"buyer_code","name","amount","registered_on"\r\n'
        '"0234560","\'=SIAM, ""VALVE""","-1.00","2026-08-25"\r\n'
        '"-100000","髙橋〓㈱①","12345678901234567.89",""\r\n'
    )


async def test_jsonl_changes_nothing() -> None:
    """Given the same rows, when exported as JSON lines, then they come back as they were."""
    written = await exported(ExportWish("jsonl", "utf-8"), SIAM, EMPTY)

    first, second = map(json.loads, written.decode().splitlines())
    assert first["name"] == '=SIAM, "VALVE"'
    assert second == {
        "buyer_code": "-100000",
        "name": "髙橋〓㈱①",
        "amount": "12345678901234567.89",
        "registered_on": None,
    }


async def test_a_spreadsheet_keeps_types_and_every_digit() -> None:
    """Given numbers short and long, when exported, then the long one stays text, to the digit."""
    written = await exported(ExportWish("xlsx", "utf-8"), SIAM, EMPTY)

    sheet = CalamineWorkbook.from_filelike(io.BytesIO(written)).get_sheet_by_index(0)
    header, first, second = sheet.to_python()
    assert header == ["buyer_code", "name", "amount", "registered_on"]
    assert first == ["0234560", '\'=SIAM, "VALVE"', -1, date(2026, 8, 25)]
    assert second == ["-100000", "髙橋〓㈱①", "12345678901234567.89", ""]


async def test_what_cp932_lacks_becomes_a_geta() -> None:
    """Given letters inside and outside CP932, when exported, then only the latter are replaced."""
    row = ("1", "髙﨑①㈱～𠮷é", None, None)

    written = await exported(ExportWish("csv", "cp932"), row)

    assert written.decode("cp932").splitlines()[1] == '"1","髙﨑①㈱～〓〓","",""'


async def test_a_byte_order_mark_stands_once_in_front() -> None:
    """Given more rows than are written at once, when exported with a mark, then there is one."""
    rows = [(str(n), "x", n, None) for n in range(2500)]

    written = await exported(ExportWish("csv", "utf-8-bom"), *rows)

    assert written.startswith(b"\xef\xbb\xbf")
    assert written.count(b"\xef\xbb\xbf") == 1
    assert len(written.decode().splitlines()) == 2501


@pytest.mark.attack("S55")
@pytest.mark.parametrize(
    "text", ["=1+1", "+1", "-1", "@SUM", "\t=1", "\r1", "\n1", "\0", "＝1", "  =1", "\u3000＠"]
)
def test_a_text_that_would_run_gets_an_apostrophe(text: str) -> None:
    """Given a text that begins like a formula, when guarded, then an apostrophe stands before."""
    assert guarded(text) == "'" + text


@given(some.text(alphabet="abc髙 1=-"))
def test_only_an_apostrophe_is_ever_added(text: str) -> None:
    """Given any text, when guarded, then it is itself, or itself behind an apostrophe."""
    assert guarded(text) in (text, "'" + text)


@given(some.lists(some.text(some.characters(blacklist_categories=["Cs"])), min_size=1))
async def test_every_text_survives_csv(texts: list[str]) -> None:
    """Given any texts, line breaks and quotes too, when exported, then a reader finds them."""
    rows: list[tuple[Cell, ...]] = [("1", text, None, None) for text in texts]

    written = await exported(ExportWish("csv", "utf-8"), *rows)

    read = list(csv.reader(io.StringIO(written.decode(), newline="")))
    assert [row[1] for row in read[1:]] == [guarded(text) for text in texts]


@pytest.mark.parametrize(
    ("kind", "media_type"),
    [
        ("csv", "text/csv; charset=cp932"),
        ("jsonl", "application/jsonl"),
        ("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    ],
)
async def test_a_download_says_what_it_is(kind: Format, media_type: str) -> None:
    """Given an export over HTTP, when asked for, then type and name fit its format."""
    app = FastAPI()
    problem_handlers.install(app)

    @app.get("/v1/buyers/export")
    async def export_buyers(export: Export) -> Download:
        return export.of("海外商社", COLUMNS, each(SIAM))

    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://moyai") as client:
        answer = await client.get(f"/v1/buyers/export?format={kind}&charset=cp932")
        refused = await client.get("/v1/buyers/export?format=pdf")

    assert answer.headers["content-type"] == media_type
    assert answer.headers["content-disposition"].startswith(
        f"attachment; filename=\"____.{kind}\"; filename*=UTF-8''%E6%B5%B7"
    )
    assert refused.status_code == 422


@pytest.fixture
async def databases(empty_database_of: Callable[[str], DatabaseUrls]) -> AsyncIterator[Databases]:
    """A service's database."""
    urls = empty_database_of("buyers")
    settings = ServiceSettings(
        service="buyers",
        database_url=urls.app,
        database_staff_url=urls.staff,
        database_relay_url=urls.relay,
    )
    databases = Databases(settings)
    yield databases
    await databases.close()


async def test_a_list_too_long_for_a_file_is_refused(
    databases: Databases, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Given as many rows as a file may have, when there is one more, then it is refused."""
    monkeypatch.setattr(exports, "MAX_ROWS", 3)
    numbers = select(func.generate_series(1, bindparam("last")).label("number"))

    async with databases.tenant("045012300") as tx:
        await check_size(tx, numbers.params(last=3))
        with pytest.raises(ExportTooLarge):
            await check_size(tx, numbers.params(last=4))


async def test_rows_are_read_while_they_are_sent(databases: Databases) -> None:
    """Given more rows than are read at once, when sent, then all arrive in order."""
    query = select(func.generate_series(1, 2500).label("number"))

    rows = [row[0] async for row in rows_of(databases, "045012300", query)]

    assert rows == list(range(1, 2501))
