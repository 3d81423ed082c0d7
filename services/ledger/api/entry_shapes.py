"""The shapes of an entry: what may be written by hand, and how it is shown."""

from typing import Annotated, Literal, Self

from pydantic import Field

from libs.common import context
from libs.common.paging import PageShape
from libs.common.wire import BusinessDate, Instant, Output, PolicyNumber

from .. import tables
from ..domain.by_hand import Processing, layout_of, pointer_to
from ..domain.findings import Found, Severity, detail_en, detail_ja
from .entry_rows import EnteredRow, RowEntry, members_of
from .rule_codes import RuleCode

EntryId = Annotated[
    str,
    Field(pattern="^entry_[0-9a-hjkmnp-tv-z]{26}$", examples=["entry_01m804gnfyejjb59e5dbx4yqmy"]),
]
EntryStatus = Literal["DRAFT", "APPLIED"]
EntryAction = Literal["UPDATE", "SUBMIT", "DELETE"]
EvidenceCase = Annotated[
    str,
    Field(pattern="^E[0-9]{2}$", examples=["E06"], description="Why the contract needs evidence."),
]
FurtherRows = Annotated[
    list[RowEntry],
    Field(max_length=99, description="The other rows of the policy: one a branch."),
]


class LedgerEntryUpdate(RowEntry):
    """What changes in a draft (RFC 7396): what is left out stays, null takes away.

    Its own items are the first row; every further row says all of its own items, too.
    """

    policy_number: PolicyNumber | None = None
    evidence_case: EvidenceCase | None = None
    further_rows: FurtherRows | None = None


class LedgerEntryCreate(LedgerEntryUpdate):
    """An entry to begin; only what it asks for must be known, the rest may follow."""

    # Strict input would want a member of the enum, which JSON does not have.
    processing: Annotated[Processing, Field(strict=False)]


class LedgerEntryFinding(Output):
    """One fault of an entry (エラー・警告); `pointer` leads to its member, if it has one."""

    rule: RuleCode
    severity: Severity
    pointer: str | None
    item_nos: list[int]
    code: str
    params: dict[str, str]
    detail: str
    detail_en: str
    value: str | None

    @classmethod
    def of(cls, found: Found, entry: tables.Entry) -> Self:
        """Put what was found into words, and point at its member."""
        finding, layout = found.finding, layout_of(Processing(entry.processing))
        english = detail_en(finding, layout)
        return cls(
            rule=finding.rule,
            severity=Severity(found.severity),
            pointer=pointer_to(finding, entry.content),
            item_nos=list(found.item_nos),
            code=finding.code,
            params=dict(finding.params),
            detail=english if context.language.get() == "en" else detail_ja(finding, layout),
            detail_en=english,
            value=finding.value,
        )


class LedgerEntryAssessment(Output):
    """What would become of an entry that is submitted now."""

    acceptable: bool
    findings: list[LedgerEntryFinding]
    deemed_received_on: BusinessDate


class LedgerEntrySummary(Output):
    """An entry in a list."""

    id: EntryId
    processing: Processing
    status: EntryStatus
    policy_number: PolicyNumber | None
    received_at: Instant | None
    deemed_received_on: BusinessDate | None
    updated_at: Instant
    version: int

    @classmethod
    def of(cls, entry: tables.Entry) -> Self:
        """Show an entry in a list."""
        number = entry.content.get("policy_number")
        own = {name: getattr(entry, name, None) for name in cls.model_fields}
        return cls(**own | {"policy_number": number})


class LedgerEntryPage(PageShape[LedgerEntrySummary]):
    """A page of entries."""


class LedgerEntry(EnteredRow, LedgerEntrySummary):
    """Rows of one policy by hand (個別入力), with what the rules warned of when they were taken in.

    Its own items are the first row.
    """

    further_rows: list[EnteredRow]
    evidence_case: str | None
    warnings: list[LedgerEntryFinding]
    allowed_actions: list[EntryAction]

    @classmethod
    def of(cls, entry: tables.Entry) -> Self:
        """Show an entry with all its items; what is not filled in is null."""
        content, summary = entry.content, LedgerEntrySummary.of(entry).model_dump()
        found = [Found.of(it) for it in entry.warnings]
        further = [EnteredRow(**members_of(it)) for it in content.get("further_rows", ())]
        return cls(
            **members_of(content) | summary,
            further_rows=further,
            evidence_case=content.get("evidence_case"),
            warnings=[LedgerEntryFinding.of(it, entry) for it in found],
            allowed_actions=["UPDATE", "SUBMIT", "DELETE"] if entry.status == "DRAFT" else [],
        )
