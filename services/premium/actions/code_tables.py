"""Code tables are published version by version (コード表の公示)."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime

from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncSession

from libs.common.etags import match
from libs.common.outbox import announce
from libs.common.problems import Item

from .. import events, tables
from ..domain.code_tables import Code, Fault, faults
from ..errors import CodesNotAcceptable, VersionOutOfOrder

_TEXTS = {
    "duplicate-key": ("同じコードが重複しています。", "This code stands more than once."),
    "required": ("必要な属性がありません。", "An attribute is missing."),
    "bad-format": ("属性の値が正しくありません。", "The attribute has no such value."),
}


@dataclass(frozen=True, slots=True)
class Publication:
    """What staff publish of one code table."""

    name: str
    title_ja: str
    title_en: str
    valid_from: date
    source: str
    sample: bool
    codes: Sequence[Code]


async def publish_code_table(
    tx: AsyncSession, wish: Publication, seen_version: int | None, at: datetime
) -> tables.CodeTableVersion:
    """Publish the next version of a code table (コード表の公示).

    Raises: PreconditionRequired, PreconditionFailed, VersionOutOfOrder, CodesNotAcceptable.
    """
    # Locked: of two who publish the next version, the second finds that it has gone by.
    table = await tx.get(tables.CodeTable, wish.name, with_for_update=True)
    match(seen_version, table.version if table else None)
    if found := list(faults(wish.name, wish.codes)):
        raise CodesNotAcceptable(items=[_item(fault) for fault in found])

    if table is None:
        table = tables.CodeTable(name=wish.name, version=1)
        tx.add(table)
    else:
        await _refuse_to_go_back(tx, table, wish.valid_from)
        table.version += 1
    version = await _keep(tx, wish, table.version, at)
    await announce(tx, _state(wish, version.version))
    return version


async def _refuse_to_go_back(tx: AsyncSession, table: tables.CodeTable, starts: date) -> None:
    last = await tx.get_one(tables.CodeTableVersion, (table.name, table.version))
    if starts < last.valid_from:
        raise VersionOutOfOrder


async def _keep(
    tx: AsyncSession, wish: Publication, number: int, at: datetime
) -> tables.CodeTableVersion:
    version = tables.CodeTableVersion(
        name=wish.name,
        version=number,
        title_ja=wish.title_ja,
        title_en=wish.title_en,
        valid_from=wish.valid_from,
        source=wish.source,
        sample=wish.sample,
        published_at=at,
    )
    await tx.flush()
    tx.add(version)
    await tx.flush()
    rows = [asdict(code) | {"name": wish.name, "version": number} for code in wish.codes]
    await tx.execute(insert(tables.Code), rows)
    return version


def _state(wish: Publication, version: int) -> events.CodeTableState:
    return events.CodeTableState(
        edition=f"{wish.name}.{version}",
        name=wish.name,
        version=version,
        valid_from=wish.valid_from,
        rows=[events.CodeRow(**asdict(code)) for code in wish.codes],
        sample=wish.sample,
    )


def _item(fault: Fault) -> Item:
    place = f"#/codes/{fault.position}/" + (
        f"attributes/{fault.attribute}" if fault.attribute else "code"
    )
    return Item(fault.kind, *_TEXTS[fault.kind], pointer=place)
