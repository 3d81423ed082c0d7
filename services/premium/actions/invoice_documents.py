"""Invoices are printed (保険料請求書の印刷), the same bytes whenever one is asked for."""

import asyncio
import json
from dataclasses import asdict
from datetime import UTC, datetime, time
from decimal import Decimal
from functools import cache
from pathlib import Path

import typst
from noto_cjk_sans_jp_regular import FONT_PATH
from sqlalchemy.ext.asyncio import AsyncSession

from libs.common.dates import JAPAN
from libs.common.money import Money

from .. import data, tables
from ..domain.invoice_sheet import IssuedInvoice, Language, Sheet, sheet
from ..queries.rulebook import holder_name


async def invoice_document(tx: AsyncSession, invoice: tables.Invoice, language: Language) -> bytes:
    """Print an issued invoice (保険料請求書) as a PDF/A."""
    issued = IssuedInvoice(
        number=invoice.invoice_number or "",
        policyholder_code=invoice.tenant,
        holder_name=await holder_name(tx, invoice.agreement_code),
        agreement_code=invoice.agreement_code,
        month=invoice.month,
        issued_on=invoice.published_on,
        due_on=invoice.due_on,
        total=Money(invoice.total or Decimal(0), "JPY"),
        line_count=invoice.line_count,
        sample=bool(invoice.sample),
    )
    at = datetime.combine(issued.issued_on, time(), JAPAN).astimezone(UTC)
    return await asyncio.to_thread(_printed, sheet(issued, language), at)


@cache
def _fonts() -> typst.Fonts:
    # Of the machine's own fonts none is used, so that a page looks the same on all of them.
    folder = str(Path(str(FONT_PATH)).parent)
    return typst.Fonts(
        include_system_fonts=False, include_embedded_fonts=False, font_paths=[folder]
    )


def _printed(page: Sheet, at: datetime) -> bytes:
    return typst.compile(
        data.template("invoice"),
        format="pdf",
        font_paths=_fonts(),
        sys_inputs={"sheet": json.dumps(asdict(page), ensure_ascii=False)},
        pdf_standards="a-2b",
        timestamp=at,
    )
