"""A CSV file read aloud: one character after the other."""

import re

from services.ledger.domain.layout import LAYOUTS

_WIDTHS = {len(layout.columns) for layout in LAYOUTS}

Row = list[str | None]


def rows(content: bytes) -> list[Row] | None:
    """Read a file in CP932, or find that it cannot be read."""
    try:
        text = content.rstrip(b"\x1a").decode("cp932")
    except UnicodeDecodeError:
        return None
    if "\0" in text or (_is_utf8(content) and not text.isascii()):
        return None
    # A CR that ends no record is a control character; which one stands there is all the same.
    records = _records(re.sub(r"\r(?!\n|$)", "\x1e", text))
    if records is None:
        return None
    widths = {len(record) for record in records}
    return records if len(widths) == 1 and widths < _WIDTHS | {0} else None


def _is_utf8(content: bytes) -> bool:
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _records(text: str) -> list[Row] | None:
    """Split a text into records of cells, or find a misplaced quote."""
    records: list[Row] = []
    record: Row = []
    at = 0
    while at < len(text):
        cell = _quoted(text, at) if text[at] == '"' else _plain(text, at)
        if cell is None:
            return None
        meant, at = cell
        record.append(meant.strip(" ") or None)
        if text[at : at + 1] == ",":
            at += 1
            if at < len(text):
                continue
            record.append(None)
        else:
            at += 2 if text[at : at + 2] == "\r\n" else 1
        records.append(record)
        record = []
    return records


def _plain(text: str, at: int) -> tuple[str, int] | None:
    ends = [found for mark in ",\n" if (found := text.find(mark, at)) >= 0]
    end = min(ends, default=len(text))
    if text[end - 1 : end] == "\r" and text[end : end + 1] != "," and end > at:
        end -= 1
    return None if '"' in text[at:end] else (text[at:end], end)


def _quoted(text: str, at: int) -> tuple[str, int] | None:
    cell, at = "", at + 1
    while (end := text.find('"', at)) >= 0:
        cell += text[at:end]
        if text[end : end + 2] != '""':
            behind = text[end + 1 :]
            closed = behind[:1] in {"", ",", "\n"} or behind[:2] == "\r\n" or behind == "\r"
            return (cell, end + 1) if closed else None
        cell, at = cell + '"', end + 2
    return None
