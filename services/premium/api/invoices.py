"""`/invoices`: what is to be paid and when (保険料請求書), line by line, and how it was found."""

from decimal import Decimal
from typing import Annotated, Literal, Self

from fastapi import Depends, Path, Query, Request, Response
from pydantic import Field

from libs.common.answers import may_answer
from libs.common.downloads import Download, as_download
from libs.common.errors import ExportTooLarge
from libs.common.etags import etag
from libs.common.exports import Export, as_files, check_size, rows_of
from libs.common.money import Money
from libs.common.paging import PageShape, Paging, ordered
from libs.common.routing import Reading, Router
from libs.common.security import CurrentCaller, requires
from libs.common.wire import AgreementCode, BusinessDate, Instant, Output, PolicyNumber

from .. import tables
from ..actions.invoice_documents import invoice_document
from ..domain.invoice_sheet import Language
from ..domain.tariff import Missing
from ..errors import InvoiceNotFound, InvoiceNotIssued, StatementTooLongForWorkbook
from ..queries import invoices as queries
from ..queries import statements

router = Router(tags=["invoices"], dependencies=[requires("invoices:read")])

Status = Literal["PENDING", "ISSUED", "OVERDUE", "PAID"]
"""Where an invoice is; named whole, because a closed list never grows. `PENDING` waits for a
premium, `ISSUED` can be paid; `OVERDUE` and `PAID` come with the payments."""

Month = Annotated[str, Field(pattern=r"^20[0-9]{2}-(0[1-9]|1[0-2])$", examples=["2026-11"])]
Number = Annotated[
    str, Field(pattern=r"^[0-9]{9}-[0-9]{4}-[0-9]{5,}$", examples=["045012300-2026-00001"])
]
_ID = "invoice_01m804gnfyejjb59e5dbx4yqmy"
_LEDGER = "fixed_ledger_01m804gnfyejjb59e5dbx4yqmy"
InvoiceId = Annotated[
    str, Path(description="Id of an invoice (保険料請求書), a TypeID.", examples=[_ID])
]
_PDF = "application/pdf"
SORTS = {"month": tables.Invoice.month, "updated_at": tables.Invoice.updated_at}


class InvoiceSummary(Output):
    """An invoice in a list; a total below zero is given back, and has no day to be paid by."""

    id: Annotated[str, Field(examples=[_ID])]
    invoice_number: Number | None
    status: Status
    fixed_ledger_id: Annotated[str, Field(examples=[_LEDGER])]
    agreement_code: AgreementCode
    month: Month
    issued_on: BusinessDate | None
    due_on: BusinessDate | None
    total: Money | None
    line_count: int
    sample: bool | None
    updated_at: Instant
    version: int

    @classmethod
    def of(cls, row: tables.Invoice) -> Self:
        """Show a row."""
        return cls(
            id=row.id,
            invoice_number=row.invoice_number,
            status=row.status,
            fixed_ledger_id=row.fixed_ledger_id,
            agreement_code=row.agreement_code,
            month=row.month,
            issued_on=None if row.status == "PENDING" else row.published_on,
            due_on=row.due_on,
            total=_yen(row.total),
            line_count=row.line_count,
            sample=row.sample,
            updated_at=row.updated_at,
            version=row.version,
        )


class InvoicePage(PageShape[InvoiceSummary]):
    """A page of invoices."""


class Invoice(InvoiceSummary):
    """An invoice (保険料請求書); `waiting_count` lines of it have no premium yet."""

    waiting_count: int

    @classmethod
    def whole(cls, row: tables.Invoice, waiting_count: int) -> Self:
        """Show a row with what it waits for."""
        summary = InvoiceSummary.of(row).model_dump(mode="python")
        return cls(**summary, waiting_count=waiting_count)


class InvoiceLine(Output):
    """One line of an invoice (請求明細): the premium of a history less what was invoiced before.

    A `superseded` line asks for nothing: a later state of its branch was invoiced before it. Of a
    third significant delay or a later one `late_surcharge` says that a surcharge (割増) may be
    asked; no rate of it was published, and nothing is added.
    """

    line: int
    policy_number: PolicyNumber
    branch_number: str
    history_number: str
    revision: int
    premium: Money | None
    already_invoiced: Money | None
    superseded: bool
    late_surcharge: bool
    amount: Money | None
    edition: str | None
    missing: Missing | None
    sample: bool | None

    @classmethod
    def of(cls, found: tuple[tables.InvoiceLine, tables.Assessment | None]) -> Self:
        """Show a line beside its premium."""
        line, made = found
        return cls(
            line=line.line,
            policy_number=line.policy_number,
            branch_number=line.branch_number,
            history_number=line.history_number,
            revision=line.revision,
            premium=_yen(made.premium) if made else None,
            already_invoiced=_yen(line.already_invoiced),
            superseded=line.superseded,
            late_surcharge=line.late_surcharge,
            amount=_yen(line.amount),
            edition=made.edition if made else None,
            missing=made.missing and Missing(made.missing) if made else None,
            sample=made.sample if made else None,
        )


class InvoiceLinePage(PageShape[InvoiceLine]):
    """A page of lines."""


async def _wanted(
    agreement_code: Annotated[list[AgreementCode], Query(max_length=50)] = [],  # noqa: B006
    month: Annotated[list[Month], Query(max_length=60, description="Of the ledger.")] = [],  # noqa: B006
    status: Annotated[list[Status], Query(max_length=4)] = [],  # noqa: B006
    due_on_from: Annotated[BusinessDate | None, Query(description="Due from this day on.")] = None,
    due_on_to: Annotated[BusinessDate | None, Query(description="Due up to this day.")] = None,
    updated_at_from: Instant | None = None,
) -> queries.InvoiceFilter:
    return queries.InvoiceFilter(
        agreement_code, month, status, due_on_from, due_on_to, updated_at_from
    )


Wanted = Annotated[queries.InvoiceFilter, Depends(_wanted)]


@router.get("/invoices", openapi_extra={"x-summary-ja": "保険料請求書の一覧"})
async def list_invoices(
    tx: Reading, paging: Paging, wanted: Wanted, sort: str | None = None
) -> InvoicePage:
    """List your company's invoices (保険料請求書), one for each fixed ledger."""
    statement = ordered(queries.invoices(wanted), sort, SORTS, tables.Invoice.id)
    return InvoicePage.of(await paging.of(tx, statement), InvoiceSummary.of)


@router.get(
    "/invoices/{invoice_id}",
    responses=may_answer(InvoiceNotFound),
    openapi_extra={"x-summary-ja": "保険料請求書の照会"},
)
async def get_invoice(invoice_id: InvoiceId, tx: Reading, response: Response) -> Invoice:
    """Read one invoice (保険料請求書), or what it waits for."""
    row = await queries.invoice(tx, invoice_id)
    response.headers["ETag"] = etag(row.version)
    return Invoice.whole(row, await queries.waiting_count(tx, row))


@router.get(
    "/invoices/{invoice_id}/lines",
    responses=may_answer(InvoiceNotFound),
    openapi_extra={"x-summary-ja": "保険料請求書の明細"},
)
async def list_invoice_lines(invoice_id: InvoiceId, tx: Reading, paging: Paging) -> InvoiceLinePage:
    """List the lines of an invoice (請求明細) in the order of its ledger."""
    row = await queries.invoice(tx, invoice_id)
    statement = queries.lines(row).order_by(tables.InvoiceLine.line)
    return InvoiceLinePage.of(await paging.of(tx, statement), InvoiceLine.of)


@router.get(
    "/invoices/{invoice_id}/export",
    response_class=Response,
    responses=as_files()
    | may_answer(InvoiceNotFound, InvoiceNotIssued, StatementTooLongForWorkbook),
    openapi_extra={"x-summary-ja": "保険料計算書のデータ出力"},
)
async def export_invoice(
    invoice_id: InvoiceId, tx: Reading, caller: CurrentCaller, export: Export, request: Request
) -> Download:
    """Take an invoice's calculation statement (保険料計算書) as a file: each premium in its parts.

    A line's premium, what was invoiced before, and its amount stand on its first row only, so that
    every column of yen adds up.
    """
    row = await queries.issued(tx, invoice_id)
    query = statements.statement(row)
    # No filter could make a statement shorter: only as a workbook it has a bound.
    if export.format == "xlsx":
        try:
            await check_size(tx, query)
        except ExportTooLarge:
            raise StatementTooLongForWorkbook from None
    rows = rows_of(request.app.state.databases, caller.tenant, query, at_most=None)
    return export.of(f"statement-{row.invoice_number}", statements.COLUMNS, rows)


@router.get(
    "/invoices/{invoice_id}/document",
    response_class=Response,
    responses=as_download("The invoice.", _PDF) | may_answer(InvoiceNotFound, InvoiceNotIssued),
    openapi_extra={"x-summary-ja": "保険料請求書の印刷"},
)
async def get_invoice_document(
    invoice_id: InvoiceId,
    tx: Reading,
    lang: Annotated[Language, Query(description="Language of the paper.")] = Language.JAPANESE,
) -> Download:
    """Take an invoice (保険料請求書) as a PDF, in Japanese or in English."""
    row = await queries.issued(tx, invoice_id)
    printed = await invoice_document(tx, row, lang)
    document = Download(f"invoice-{row.invoice_number}.{lang}.pdf", _PDF, [printed])
    document.headers["ETag"] = etag(row.version)
    return document


def _yen(amount: Decimal | None) -> Money | None:
    return None if amount is None else Money(amount, "JPY")
