"""Each item by itself, text by text."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from services.ledger.domain.layout import Column, Kind

from .record import Found, Record, Value


@dataclass(frozen=True)
class Wrong:
    """A text that means nothing, and the rule that says so."""

    rule: str


def faults(record: Record) -> Iterator[Found]:
    """Read every item; what can be read is remembered in the record."""
    for column in record.case.layout.columns:
        text = record.text[column.name]
        if text is None:
            if column.mandatory and column.slot is None:
                yield "L020", (column.name,)
            continue
        meant = _READERS[column.kind](text, column, record)
        if isinstance(meant, Wrong):
            yield meant.rule, (column.name,)
        else:
            record.value[column.name] = meant
    if not record.used_slots:
        yield "L020", ("settlement_method_1",)


def _digits(text: str, column: Column, record: Record) -> Value | Wrong:
    return text if re.fullmatch(rf"[0-9]{{{column.width}}}", text) else Wrong("L021")


def _in_table(text: str, column: Column, record: Record) -> Value | Wrong:
    if isinstance(_digits(text, column, record), Wrong):
        return Wrong("L021")
    if text in record.case.register.tables[column.code_table].rows:
        return text
    return Wrong("L030" if column.kind is Kind.OFFICE else "L025")


def _buyer(text: str, column: Column, record: Record) -> Value | Wrong:
    if not re.fullmatch(r"[0-9]{6}-?[0-9]", text):
        return Wrong("L021")
    code = text.replace("-", "")
    return code if code in record.case.register.buyers["buyer_code"] else Wrong("L042")


def _text(text: str, column: Column, record: Record) -> Value | Wrong:
    try:
        encoded = text.encode("cp932")
    except UnicodeEncodeError:
        return Wrong("L022")
    good = len(encoded) <= column.width and not re.search(r"[\x00-\x1f\x7f-\x9f]", text)
    return text if good else Wrong("L022")


def _date(text: str, column: Column, record: Record) -> Value | Wrong:
    if not re.fullmatch(r"[0-9]{6}", text):
        return Wrong("L023")
    year, month, day = int(text[:2]), int(text[2:4]), int(text[4:])
    try:
        return date(year + (2000 if year < 70 else 1900), month, day)
    except ValueError:
        return Wrong("L023")


def _amount(text: str, column: Column, record: Record) -> Value | Wrong:
    good = re.fullmatch(r"[0-9]{1,13}(\.[0-9]{1,2})?", text)
    return Decimal(text) if good else Wrong("L024")


def _rate(text: str, column: Column, record: Record) -> Value | Wrong:
    good = re.fullmatch(r"[0-9]{1,7}(\.[0-9]{1,4})?", text)
    return Decimal(text) if good else Wrong("L024")


def _flag(text: str, column: Column, record: Record) -> Value | Wrong:
    return text if text == "1" else Wrong("L026")


def _unit(text: str, column: Column, record: Record) -> Value | Wrong:
    return text if text in {"1", "2"} else Wrong("L076")


def _period(text: str, column: Column, record: Record) -> Value | Wrong:
    good = re.fullmatch(r"[0-9]{1,3}", text) and int(text) > 0
    return int(text) if good else Wrong("L076")


def _processing_type(text: str, column: Column, record: Record) -> Value | Wrong:
    return text if text in {"2", "3", "4", "5"} else Wrong("L100")


def _block_flag(text: str, column: Column, record: Record) -> Value | Wrong:
    return text if text in {"1", "2", "3"} else Wrong("L120")


_READERS: Mapping[Kind, Callable[[str, Column, Record], Value | Wrong]] = {
    Kind.OFFICE: _in_table,
    Kind.DIGITS: _digits,
    Kind.CODE: _in_table,
    Kind.BUYER: _buyer,
    Kind.TEXT: _text,
    Kind.DATE: _date,
    Kind.AMOUNT: _amount,
    Kind.RATE: _rate,
    Kind.FLAG: _flag,
    Kind.UNIT: _unit,
    Kind.PERIOD: _period,
    Kind.PROCESSING: _processing_type,
    Kind.BLOCK_FLAG: _block_flag,
}
