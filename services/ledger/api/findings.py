"""`/ledger-uploads/{id}/findings`: what was found in a file, with its place and in words."""

from typing import Annotated, Any, Literal, Self

from fastapi import Query
from pydantic import Field

from libs.common import context
from libs.common.answers import may_answer
from libs.common.paging import PageShape, Paging
from libs.common.routing import Reading, Router
from libs.common.security import requires
from libs.common.wire import Output

from .. import tables
from ..domain.findings import Finding, detail_en, detail_ja
from ..domain.hints import hint_for
from ..domain.layout import BY_CODE, Layout
from ..errors import UploadNotFound
from ..queries import uploads as queries
from .rule_codes import ListedRuleCode

router = Router(tags=["ledger"], dependencies=[requires("ledger-uploads:read")])


class LedgerFinding(Output):
    """One fault found in a file (エラー・警告); `row` is null when it concerns the whole file."""

    rule: ListedRuleCode
    severity: Literal["ERROR", "WARNING"]
    row: int | None
    column: str | None
    item_nos: list[int]
    slot: int | None
    field: str | None
    code: str
    params: dict[str, str]
    detail: str
    detail_en: str
    value: str | None
    hint: str | None = Field(description="What the item is to hold, if it was written wrongly.")

    @classmethod
    def of(cls, found: tables.UploadFinding, layout: Layout | None) -> Self:
        """Put a stored finding into words."""
        finding = finding_of(found)
        english = detail_en(finding, layout)
        japanese = detail_ja(finding, layout)
        hint = hint_for(finding, layout)
        is_english = context.language.get() == "en"
        members: dict[str, Any] = {
            name: getattr(found, name)
            for name in ("rule", "severity", "column", "item_nos", "slot", "field", "code")
        }
        return cls(
            **members,
            row=finding.row,
            params=found.params,
            detail=english if is_english else japanese,
            detail_en=english,
            value=found.value,
            hint=hint and (hint.en if is_english else hint.ja),
        )


def finding_of(found: tables.UploadFinding) -> Finding:
    """Give a stored finding back to the rules that find words for it."""
    return Finding(
        rule=found.rule,
        code=found.code,
        row=found.row or None,
        column=found.column,
        slot=found.slot,
        field=found.field,
        value=found.value,
        params=found.params,
    )


class LedgerFindingPage(PageShape[LedgerFinding]):
    """A page of findings, in order of row."""


@router.get(
    "/ledger-uploads/{upload_id}/findings",
    responses=may_answer(UploadNotFound),
    openapi_extra={"x-summary-ja": "台帳ファイルのエラー・警告"},
)
async def list_ledger_upload_findings(
    upload_id: str,
    tx: Reading,
    paging: Paging,
    severity: Annotated[list[Literal["ERROR", "WARNING"]], Query(max_length=2)] = [],  # noqa: B006
) -> LedgerFindingPage:
    """Read what was found in a ledger file, row by row, in Japanese and English."""
    upload = await queries.upload(tx, upload_id)
    layout = BY_CODE.get((upload.layout, upload.slots))
    finding = tables.UploadFinding
    statement = queries.findings(upload_id, severity).order_by(finding.row, finding.number)
    page = await paging.of(tx, statement)
    return LedgerFindingPage.of(page, lambda found: LedgerFinding.of(found, layout))
