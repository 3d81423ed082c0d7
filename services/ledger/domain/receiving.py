"""Receiving (受付): what the name, the count and the hour of a submission say about it.

Source: ledger notes §3.1, §5.1, §5.5, A05, A06, A26; rules L003, L005, L006, L012 to L015, L017.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import PurePath

from libs.common.dates import JAPAN, BusinessHours, deemed_receipt

from .findings import Finding
from .layout import Layout
from .reading import Form

_FORMS = {".csv": Form.CSV, ".fd": Form.FIXED, ".txt": Form.FIXED}
_NAME = re.compile(
    r"(?P<holder>.+)[(\N{FULLWIDTH LEFT PARENTHESIS}](?P<day>[0-9]{6})"
    r"[)\N{FULLWIDTH RIGHT PARENTHESIS}]"
)


@dataclass(frozen=True, slots=True)
class Count:
    """How many contracts and rows a file holds (件数): rows of one policy are one contract."""

    policies: int
    rows: int


def form_of(file_name: str) -> Form | None:
    """Tell the form of a file by the extension of its name; none that we take: L003."""
    return _FORMS.get(PurePath(file_name).suffix.lower())


def judge_name(
    file_name: str, holder_names: Sequence[str], sent_on: date, *, waiver: bool = False
) -> Iterator[Finding]:
    """Compare a file's name with the rule `<holder name>(YYMMDD).<extension>` (ファイル名)."""
    if form_of(file_name) is None:
        yield Finding("L003", "bad-format")
        return
    parts = _NAME.fullmatch(PurePath(file_name).stem)
    if parts is None:
        if not waiver:
            yield Finding("L005", "bad-format")
    elif parts["holder"] not in holder_names or parts["day"] != f"{sent_on:%y%m%d}":
        yield Finding("L006", "not-allowed-here")


def judge_declared_count(declared: int | None) -> Iterator[Finding]:
    """Ask for the number of contracts (件数), which is mandatory."""
    if declared is None or declared < 1:
        yield Finding("L012", "required")


def judge_count(declared: int, found: Count) -> Iterator[Finding]:
    """Compare the declared number of contracts with the policies in the file."""
    if declared != found.policies:
        numbers = {"declared": declared, "policies": found.policies, "rows": found.rows}
        params = {name: str(number) for name, number in numbers.items()}
        yield Finding("L013", "sum-mismatch", params=params)


def judge_layout(declared: str | None, found: Layout) -> Iterator[Finding]:
    """Compare the layout that was announced, if any, with the one found."""
    if declared is not None and declared != found.code:
        yield Finding("L014", "not-allowed-here")


def judge_novelty(*, is_known_content: bool) -> Iterator[Finding]:
    """Point out a file whose content was accepted before (二重申込)."""
    if is_known_content:
        yield Finding("L015", "duplicate-key")


def judge_hour(received_at: datetime, hours: BusinessHours) -> Iterator[Finding]:
    """Point out a receipt outside business hours (営業時間外)."""
    deemed = deemed_receipt(received_at, hours)
    if deemed != received_at:
        shown = f"{deemed.astimezone(JAPAN):%Y-%m-%d %H:%M}"
        yield Finding("L017", "out-of-range", params={"deemed": shown})
