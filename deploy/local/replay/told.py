"""What a directory of cases tells: of a submission, of what goes before it, of what is expected.

Shape: ledger notes §17. What a file leaves out is not asked for; what nobody knows is passed over.
"""

from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar

from pydantic import AfterValidator, BaseModel, BeforeValidator, TypeAdapter
from pydantic import ValidationError as Invalid

from libs.common.dates import JAPAN

Read = TypeVar("Read")


class Unreadable(Exception):
    """A case cannot be played: it does not tell what it must, or tells nonsense."""


def _in_japan(at: datetime) -> datetime:
    return at if at.tzinfo else at.replace(tzinfo=JAPAN)


def _day(told: Any) -> Any:
    return told[:10] if isinstance(told, str) else told


Moment = Annotated[datetime, AfterValidator(_in_japan)]
Day = Annotated[date, BeforeValidator(_day)]
Word = Annotated[str, BeforeValidator(lambda told: str(told) if isinstance(told, int) else told)]
Status = Literal["error", "reconciling", "finalised"]

_OF_INVOICES = {"premium_invoice_issued", "premium_invoice_issued_at"}


class OfOnePolicy(BaseModel):
    """How far one policy has come, where it is not as far as the others."""

    application_status: Status | None = None
    finalised: bool | None = None
    premium_invoice_issued: bool | None = None
    premium_invoice_issued_at: Day | None = None
    cancelled: bool = False

    @property
    def tells_of_invoice(self) -> bool:
        """Whether it says something of its own about the invoice."""
        return not self.model_fields_set.isdisjoint(_OF_INVOICES)

    @property
    def is_invoiced(self) -> bool:
        """Whether its premium has been invoiced."""
        return bool(self.premium_invoice_issued or self.premium_invoice_issued_at)


class Preconditions(BaseModel):
    """What goes before a submission (前提)."""

    base_file: str | None = "base_new.csv"
    base_received_at: Moment | None = None
    application_status: Status = "reconciling"
    finalised_at: Day | None = None
    premium_invoice_issued_at: Day | None = None
    per_serial: dict[str, OfOnePolicy] = {}

    @property
    def is_invoiced(self) -> bool:
        """Whether the premium has been invoiced where nothing is said of a policy."""
        return self.premium_invoice_issued_at is not None


class Sent(BaseModel):
    """What is told of anything that is handed in."""

    channel: str = "web"
    submitted_file_name: str | None = None
    received_at: Moment
    submitter_shipper_code: Word | None = None
    declared_count: int | str | None = None


class File(BaseModel):
    """A file of a case."""

    path: Path


class Submission(Sent):
    """A submission whose rows are looked at: `case.json`."""

    layout: Word | None = None
    policy_count: int | None = None
    files: list[File] = []
    preconditions: Preconditions | None = None

    @property
    def count(self) -> int | str | None:
        """The declared number of policies; where none is told of, the number there is."""
        is_told = "declared_count" in self.model_fields_set
        return self.declared_count if is_told else self.policy_count


class Finding(BaseModel):
    """A finding that is expected, and the items it may name."""

    row: int | None = None
    rule_id: str
    fields: list[int] = []


class State(BaseModel, extra="allow"):
    """A contract with all its histories, in the words of the cases."""

    policy_number: str


class Expected(BaseModel):
    """What is to come of a submission: `expected.json` or `expected_errors.json`."""

    file_accepted: bool = True
    record_errors: list[Finding] | None = None
    record_warnings: list[Finding] = []
    accepted_rows: list[int] | None = None
    significant_changes: dict[str, list[Word]] = {}
    state_before: list[State] = []
    state_after: list[State] = []


class ExpectedOfFile(BaseModel):
    """What is to be found of a file as a whole."""

    file_accepted: bool
    rules: list[str] = []


class FileSubmission(Sent):
    """A submission that is looked at as a file only: one of `cases.json`."""

    id: Word
    file: Path
    declared_kind: Literal["new", "change"] | None = None
    expected: ExpectedOfFile


def read(kind: type[Read], path: Path) -> Read:
    """Read what a file tells.

    Raises: Unreadable, with each place that is not as it must be.
    """
    try:
        return TypeAdapter(kind).validate_json(path.read_text(encoding="utf-8-sig"))
    except Invalid as error:
        places = [
            f"{'.'.join(map(str, it['loc']))}: {it['msg']}".lstrip(": ") for it in error.errors()
        ]
        raise Unreadable(f"{path.name} cannot be read: {'; '.join(places)}") from error
    except (OSError, UnicodeDecodeError) as error:
        raise Unreadable(f"{path.name} cannot be read: {error}") from error
