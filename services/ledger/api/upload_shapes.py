"""The shapes of an upload: what is said beside a file, and how far it is."""

from typing import Annotated, Literal, Self

from pydantic import Field

from libs.common.paging import PageShape
from libs.common.wire import BusinessDate, Input, Instant, Output

from .. import tables
from ..actions import uploads as actions
from ..actions.keeping import kept_until
from ..domain.ending_early import words_for

Status = Literal[
    "RECEIVED", "VALIDATING", "INVALID", "READY", "APPLYING", "APPLIED", "CANCELLED", "FAILED"
]
Mode = Literal["DRY_RUN", "SUBMIT"]
Acceptance = Literal["PER_POLICY", "ALL_OR_NOTHING"]


class LedgerUploadCreate(Input):
    """What is said about a ledger file beside the file itself."""

    declared_count: Annotated[
        str | None, Field(max_length=20, description="Number of policies in the file.")
    ] = None
    mode: Mode = "DRY_RUN"
    acceptance: Acceptance = "PER_POLICY"
    layout: Annotated[
        Literal["2103", "2110"] | None, Field(description="Detected when it is not given.")
    ] = None
    charset: Literal["cp932", "utf-8"] = "cp932"
    evidence_cases: Annotated[
        str,
        Field(
            pattern=r"^([0-9]{19}=E[0-9]{2}(,[0-9]{19}=E[0-9]{2})*)?$",
            description="Policies that need evidence: `1020010035726000001=E06,…`.",
        ),
    ] = ""
    sha256: Annotated[str | None, Field(pattern="^[0-9a-fA-F]{64}$")] = None


class Progress(Output):
    """How far a process is, in parts of the file."""

    done: int
    total: int


class Counts(Output):
    """What a judgement counted: policies taken and refused, findings by severity."""

    accepted_count: int
    rejected_count: int
    error_count: int
    warning_count: int


Whole = Annotated[
    int | None,
    Field(description="Null until the file is read, and for good if it breaks off before its end."),
]
"""How many of something a whole file has."""


class LedgerUploadSummary(Counts):
    """A ledger file in a list."""

    id: str
    status: Status
    mode: Mode
    acceptance: Acceptance
    file_name: str
    declared_count: str | None
    row_count: Whole
    policy_count: Whole
    received_at: Instant
    updated_at: Instant
    finished_at: Instant | None
    version: int


class LedgerUploadPage(PageShape[LedgerUploadSummary]):
    """A page of ledger files."""


class LedgerUpload(LedgerUploadSummary):
    """A ledger file handed in (台帳アップロード), and what came of it."""

    layout: Literal["2103", "2110"] | None
    settlement_slots: int | None
    charset: str
    sha256: str
    size_bytes: int
    deemed_received_on: BusinessDate
    progress: Progress
    findings_kept: int
    file_kept_until: Instant | None
    dry_run: Counts | None
    reason: str | None
    reason_ja: str | None
    reason_en: str | None
    allowed_actions: list[Literal["SUBMIT", "CANCEL"]]

    @classmethod
    def of(cls, upload: tables.Upload) -> Self:
        """Show an upload."""
        summary = LedgerUploadSummary.model_validate(upload).model_dump()
        words = words_for(upload.reason)
        return cls(
            **summary,
            layout=upload.layout,
            settlement_slots=upload.slots,
            charset=upload.charset,
            sha256=upload.sha256,
            size_bytes=upload.size_bytes,
            deemed_received_on=upload.deemed_received_on,
            progress=Progress(done=upload.parts_done, total=len(upload.parts)),
            findings_kept=upload.findings_kept,
            file_kept_until=kept_until(upload),
            dry_run=Counts(**upload.dry_run) if upload.dry_run else None,
            reason=upload.reason,
            reason_ja=words.ja,
            reason_en=words.en,
            allowed_actions=actions.allowed(upload),
        )
