"""Cases (事例): what a directory of fixtures says was sent, and what is to come of it.

Shape: ledger notes §17. Each form in which a file comes is a case of its own.
"""

import csv
import io
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path, PurePath

from deploy.local.demo.client import Json

_EXPECTED = ("expected", "expected_errors")
_POLICY = (2, 9, 2, 6, 2, 9)  # the widths of office, agreement, year, serial, branch, applicant


@dataclass(frozen=True, slots=True)
class Form:
    """A ledger file in one of the forms it comes in."""

    path: Path
    suffix: str
    charset: str = "cp932"

    @property
    def content(self) -> bytes:
        """The bytes to hand in."""
        return self.path.read_bytes()

    def rows(self) -> Iterator[tuple[str, str, str]]:
        """Read policy number, branch and applicant of each new application in it."""
        text = self.content.rstrip(b"\x1a").decode(self.charset)
        for *number, branch, applicant in map(_stripped, self._cells(text)):
            yield "".join(number), branch or "00", applicant

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
    told: Json
    expected: Json
    form: Form
    base: Form | None

    @property
    def received_at(self) -> datetime:
        """When it is handed in."""
        return datetime.fromisoformat(self.told["received_at"])

    @property
    def begins_at(self) -> datetime:
        """When the first thing of it happens."""
        if self.base is None:
            return self.received_at
        return datetime.fromisoformat(self.told["preconditions"]["base_received_at"])

    @property
    def sender(self) -> str:
        """Whose submission it is."""
        return str(self.told["submitter_shipper_code"])

    @property
    def file_name(self) -> str:
        """What the file is called, in this form."""
        return PurePath(self.told["submitted_file_name"]).with_suffix(self.form.suffix).name


@dataclass(frozen=True, slots=True)
class FileCase:
    """One submission that is looked at as a file only."""

    name: str
    register: Path
    told: Json
    content: Path

    @property
    def received_at(self) -> datetime:
        """When it is handed in."""
        return datetime.fromisoformat(self.told["received_at"])

    @property
    def begins_at(self) -> datetime:
        """When the first thing of it happens: that it is handed in."""
        return self.received_at


def cases_in(folder: Path) -> list[Case]:
    """Find the cases below a directory, each once for every form of its file."""
    return [
        case for path in sorted(folder.rglob("case*.json")) if path.stem != "cases"
        for case in _cases(path, folder)
    ]  # fmt: skip


def file_cases_in(folder: Path) -> list[FileCase]:
    """Find the submissions below a directory that are only looked at as files."""
    return [
        FileCase(
            name=f"{path.parent.name}/{told['id']}",
            register=_register_for(path.parent),
            told=told,
            content=path.parents[1] / told["file"],
        )
        for path in sorted(folder.rglob("cases.json"))
        for told in json.loads(path.read_text(encoding="utf-8"))
    ]


def _cases(path: Path, folder: Path) -> Iterator[Case]:
    told = json.loads(path.read_text(encoding="utf-8"))
    variant = path.stem.removeprefix("case")
    expected, *_ = [
        file for name in _EXPECTED if (file := path.with_name(f"{name}{variant}.json")).exists()
    ]
    base = (told.get("preconditions") or {}).get("base_file")
    for form in _forms(path.parent, variant.strip("_") or "submit"):
        yield Case(
            name=f"{path.parent.relative_to(folder.parent)}/{form.path.name}",
            register=_register_for(path.parent),
            told=told,
            expected=json.loads(expected.read_text(encoding="utf-8")),
            form=form,
            base=_base(path.parent, PurePath(base).stem, form) if base else None,
        )


def _forms(folder: Path, stem: str) -> list[Form]:
    """List the forms a file comes in; its source is in UTF-8, and says so when it is sent."""
    wished = (
        Form(folder / f"{stem}.cp932.csv", ".csv"),
        Form(folder / f"{stem}.fd", ".fd"),
        Form(folder / f"{stem}.txt", ".txt"),
        Form(folder / f"{stem}.csv", ".csv", "utf-8"),
    )
    # A case without any file is played, and says so.
    return [form for form in wished if form.path.exists()] or [wished[-1]]


def _base(folder: Path, stem: str, beside: Form) -> Form:
    forms = _forms(folder, stem)
    return next((form for form in forms if form.suffix == beside.suffix), forms[0])


def _register_for(folder: Path) -> Path:
    """Find the register beside a case or above it.

    Raises: FileNotFoundError.
    """
    for above in (folder, *folder.resolve().parents):
        if (path := above / "master_data.json").exists():
            return path
    raise FileNotFoundError(f"no master_data.json beside or above {folder}")


def _stripped(cells: list[str]) -> list[str]:
    return [cell.strip() for cell in cells]
