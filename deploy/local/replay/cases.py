"""Cases (事例): what a directory of fixtures says was sent, and what is to come of it.

Shape: ledger notes §17. Each form in which a file comes is a case of its own.
"""

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path, PurePath

from .told import Expected, FileSubmission, Preconditions, Submission, Unreadable, read

_EXPECTED = ("expected", "expected_errors")
_FORMS = (".cp932.csv", ".fd", ".txt", ".csv")
_POLICY = (2, 9, 2, 6, 2, 9)  # the widths of office, agreement, year, serial, branch, applicant


@dataclass(frozen=True, slots=True)
class Form:
    """A ledger file in one of the forms it comes in."""

    path: Path

    @property
    def suffix(self) -> str:
        """What its name ends with: what stands before it may contain dots."""
        return self.path.suffix.lower()

    @property
    def content(self) -> bytes:
        """The bytes to hand in."""
        return self.path.read_bytes()

    @property
    def charset(self) -> str:
        """In what its text is written; a source is in UTF-8, and says so when it is sent."""
        if self.suffix != ".csv" or ".cp932." in self.path.name:
            return "cp932"
        try:
            self.content.decode("utf-8")
        except UnicodeDecodeError:
            return "cp932"
        return "utf-8"

    def rows(self) -> Iterator[tuple[str, str, str]]:
        """Read policy number, branch and applicant of each new application in it.

        Raises: Unreadable.
        """
        try:
            text = self.content.rstrip(b"\x1a").decode(self.charset)
            for *number, branch, applicant in map(_stripped, self._cells(text)):
                yield "".join(number), branch or "00", applicant
        except (ValueError, csv.Error) as error:
            raise Unreadable(f"{self.path.name} has no rows of new applications") from error

    def _cells(self, text: str) -> Iterator[list[str]]:
        if self.suffix == ".csv":
            yield from (row[: len(_POLICY)] for row in csv.reader(io.StringIO(text)) if row)
            return
        for line in text.splitlines():
            ends = [sum(_POLICY[: n + 1]) for n in range(len(_POLICY))]
            yield [line[end - width : end] for end, width in zip(ends, _POLICY, strict=True)]


@dataclass(frozen=True, slots=True)
class Case:
    """One submission with what goes before it, in one form."""

    name: str
    register: Path
    told: Submission
    expected: Expected
    form: Form
    base: Form | None

    @property
    def received_at(self) -> datetime:
        """When it is handed in."""
        return self.told.received_at

    @property
    def begins_at(self) -> datetime:
        """When the first thing of it happens."""
        return self.preconditions.base_received_at or self.received_at

    @property
    def preconditions(self) -> Preconditions:
        """What goes before it; nothing, if nothing is told."""
        return self.told.preconditions or Preconditions(base_file=None)

    @property
    def sender(self) -> str | None:
        """Whose submission it is, if that is told."""
        return self.told.submitter_shipper_code

    @property
    def file_name(self) -> str | None:
        """What the file is called in this form, if that is told."""
        told = self.told.submitted_file_name
        return told and PurePath(told).with_suffix(self.form.suffix).name


@dataclass(frozen=True, slots=True)
class FileCase:
    """One submission that is looked at as a file only."""

    name: str
    register: Path
    told: FileSubmission
    content: Path

    @property
    def received_at(self) -> datetime:
        """When it is handed in."""
        return self.told.received_at

    @property
    def begins_at(self) -> datetime:
        """When the first thing of it happens: that it is handed in."""
        return self.received_at

    @property
    def sender(self) -> str | None:
        """Whose submission it is, if that is told."""
        return self.told.submitter_shipper_code


def cases_in(folder: Path) -> tuple[list[Case | FileCase], list[str]]:
    """Find the cases below a directory, each once for every form of its file.

    Gives also what stands there as a case and cannot be read as one, each with its reason.
    """
    found: list[Case | FileCase] = []
    complaints: list[str] = []
    for path in sorted(folder.rglob("case*.json")):
        try:
            found += _cases(path, path.parent.resolve().relative_to(folder.resolve().parent))
        except Unreadable as error:
            complaints.append(f"{path}: {error}")
    return found, complaints


def _cases(path: Path, place: Path) -> Sequence[Case | FileCase]:
    register = _register_for(path.parent)
    if path.read_bytes().lstrip().startswith(b"["):
        return [
            FileCase(f"{path.parent.name}/{it.id}", register, it, _file_of(path, it.file))
            for it in read(list[FileSubmission], path)
        ]
    told = read(Submission, path)
    variant = path.stem.removeprefix("case")
    expected = read(Expected, _expected_beside(path, variant))
    base = _base(path.parent, told)
    return [
        Case(f"{place}/{form.path.name}", register, told, expected, form, _like(form, base))
        for form in _forms(path.parent, variant.strip("_") or "submit", told)
    ]


def _expected_beside(path: Path, variant: str) -> Path:
    wished = [path.with_name(f"{name}{variant}.json") for name in _EXPECTED]
    for file in wished:
        if file.exists():
            return file
    raise Unreadable(f"neither {' nor '.join(it.name for it in wished)} stands beside it")


def _forms(folder: Path, stem: str, told: Submission) -> list[Form]:
    """List the forms a submission comes in: of the usual name, or those the case lists."""
    found = _named(folder, stem)
    listed = [Form(folder / it.path.name) for it in told.files]
    bases = {it.path for it in _base(folder, told)}
    found = found or [it for it in listed if it.path.exists() and it.path not in bases]
    if not found:
        raise Unreadable(f"there is no {stem}.cp932.csv, .fd, .txt or .csv to hand in")
    return found


def _named(folder: Path, stem: str) -> list[Form]:
    return [Form(path) for end in _FORMS if (path := folder / f"{stem}{end}").exists()]


def _base(folder: Path, told: Submission) -> list[Form]:
    """List the forms of the new applications that go before a submission."""
    before = told.preconditions
    if before is None or before.base_file is None:
        return []
    stem = PurePath(before.base_file).stem.removesuffix(".cp932")
    found = _named(folder, stem)
    if not found and "base_file" in before.model_fields_set:
        raise Unreadable(f"there is no {before.base_file}, which is to go before it")
    if found and before.base_received_at is None:
        raise Unreadable("preconditions.base_received_at: when was the base received?")
    if before.base_received_at and before.base_received_at > told.received_at:
        raise Unreadable("received_at: earlier than what goes before it")
    return found


def _like(form: Form, base: Sequence[Form]) -> Form | None:
    return next((it for it in base if it.suffix == form.suffix), base[0] if base else None)


def _file_of(path: Path, file: Path) -> Path:
    """Find a file that is named from the directory of all cases, or from its own."""
    for above in (path.parents[1], path.parent, *path.resolve().parents):
        if (found := above / file).is_file():
            return found
    raise Unreadable(f"there is no {file} to hand in")


def _register_for(folder: Path) -> Path:
    """Find the register beside a case or above it."""
    own = folder.resolve()
    for above in (own, *own.parents):
        if (path := above / "master_data.json").exists():
            return path
    raise Unreadable("no master_data.json stands beside it or above it")


def _stripped(cells: list[str]) -> list[str]:
    return [cell.strip() for cell in cells]
