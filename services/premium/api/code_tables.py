"""`/code-tables`: the codes of the trade (コード表), as they stand on a day; staff publish them."""

from typing import Annotated

from fastapi import Path, Query, Response
from pydantic import Field

from libs.common.answers import may_answer
from libs.common.clock import Now, Today
from libs.common.etags import IfMatchWhenItExists, etag
from libs.common.paging import PageShape, Paging
from libs.common.problem_codes import PreconditionFailed, PreconditionRequired
from libs.common.routing import Reading, Router, StaffTransaction
from libs.common.security import requires
from libs.common.wire import BusinessDate, Input, Output, Text255

from .. import tables
from ..actions.code_tables import Publication, publish_code_table
from ..domain import code_tables as domain
from ..errors import CodesNotAcceptable, CodeTableNotFound, VersionOutOfOrder
from ..queries import code_tables

router = Router(tags=["code-tables"], dependencies=[requires("code-tables:read")])
staff_router = Router(tags=["code-tables"], dependencies=[requires("ops:code-tables:write")])

KEPT_BY_CLIENTS = "private, max-age=300"
"""A client may use a table for five minutes before it asks again. Source: assumed."""

TableName = Annotated[str, Path(pattern=r"^[a-z][a-z_]{1,39}$", examples=["countries"])]
AsOf = Annotated[
    BusinessDate | None, Query(description="The day the codes are wanted for; today if left out.")
]
CodeText = Annotated[str, Field(pattern=r"^[0-9A-Z_-]{1,20}$", examples=["111"])]
Attributes = Annotated[dict[str, Annotated[str, Field(max_length=255)]], Field(max_length=20)]


class CodeTableSummary(Output):
    """A code table, with the version in force on the day that was asked for."""

    name: str
    title_ja: str
    title_en: str
    version: int
    valid_from: BusinessDate
    source: str
    sample: bool


class CodeTablePage(PageShape[CodeTableSummary]):
    """A page of code tables."""


class CodeTable(CodeTableSummary):
    """A code table (コード表); its codes are read page by page."""


class Code(Output):
    """One code with both names and the attributes rules read."""

    code: str
    name_ja: str
    name_en: str
    attributes: dict[str, str]


class CodePage(PageShape[Code]):
    """A page of the codes of one version."""


class CodeEntry(Input):
    """One code as staff publish it."""

    code: CodeText
    name_ja: Text255
    name_en: Text255
    attributes: Attributes = Field(default_factory=dict)


class CodeTablePublication(Input):
    """The next version of a code table, whole."""

    title_ja: Text255
    title_en: Text255
    valid_from: BusinessDate
    source: Text255
    sample: bool = False
    codes: Annotated[list[CodeEntry], Field(min_length=1, max_length=10_000)]


@router.get("/code-tables", openapi_extra={"x-summary-ja": "コード表の一覧"})
async def list_code_tables(
    tx: Reading, paging: Paging, today: Today, as_of: AsOf = None
) -> CodeTablePage:
    """List the code tables (コード表) in force on a day."""
    statement = code_tables.code_tables(as_of or today).order_by(tables.CodeTableVersion.name)
    return CodeTablePage.of(await paging.of(tx, statement), CodeTableSummary.model_validate)


@router.get(
    "/code-tables/{name}",
    responses=may_answer(CodeTableNotFound),
    openapi_extra={"x-summary-ja": "コード表の照会"},
)
async def get_code_table(
    name: TableName, tx: Reading, today: Today, response: Response, as_of: AsOf = None
) -> CodeTable:
    """Read which version of a code table (コード表) is in force on a day."""
    version = await code_tables.code_table(tx, name, as_of or today)
    _keep(response, version)
    return CodeTable.model_validate(version)


@router.get(
    "/code-tables/{name}/codes",
    responses=may_answer(CodeTableNotFound),
    openapi_extra={"x-summary-ja": "コードの一覧"},
)
async def list_codes(
    name: TableName,
    tx: Reading,
    paging: Paging,
    today: Today,
    response: Response,
    as_of: AsOf = None,
) -> CodePage:
    """List the codes of a table (コード) in force on a day."""
    version = await code_tables.code_table(tx, name, as_of or today)
    _keep(response, version)
    statement = code_tables.codes(version).order_by(tables.Code.code)
    return CodePage.of(await paging.of(tx, statement), Code.model_validate)


@staff_router.put(
    "/code-tables/{name}",
    responses=may_answer(
        VersionOutOfOrder, PreconditionFailed, CodesNotAcceptable, PreconditionRequired
    ),
    openapi_extra={"x-summary-ja": "コード表の公示"},
)
async def replace_code_table(
    name: TableName,
    entry: CodeTablePublication,
    tx: StaffTransaction,
    seen_version: IfMatchWhenItExists,
    now: Now,
    response: Response,
) -> CodeTable:
    """Publish the next version of a code table (コード表の公示); If-Match names the last one."""
    version = await publish_code_table(tx, _publication(name, entry), seen_version, now)
    response.status_code = 201 if version.version == 1 else 200
    response.headers["ETag"] = etag(version.version)
    return CodeTable.model_validate(version)


def _publication(name: str, entry: CodeTablePublication) -> Publication:
    codes = [domain.Code(**dict(code)) for code in entry.codes]
    return Publication(name=name, **dict(entry) | {"codes": codes})


def _keep(response: Response, version: tables.CodeTableVersion) -> None:
    response.headers["ETag"] = etag(version.version)
    response.headers["Cache-Control"] = KEPT_BY_CLIENTS
