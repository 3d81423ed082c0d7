"""What ledger files must leave behind, worked out line by line in plain Python.

Nothing here is shared with the services: a second, slow opinion, as an auditor would form it.
"""

import json
import zlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal

from deploy.local.demo.material import register

from .ledgers import AGREEMENT, COLUMNS, SETTLEMENT, Row, policy_number, rows_of

Key = tuple[str, ...]
Tables = dict[str, dict[Key, Key]]
"""For each table its rows: what names a row, and what it says; all in the words of the database."""

RECEIVED_ON = "2026-08-25"
_SIGNIFICANTLY_LATE = "2026-05-25"
ITEMS = [name for name in COLUMNS[6:35] if name != "first_shipment_date"]
"""The items of a history that stand in columns of their own."""

_BUCKETS, _HISTORIES_IN_A_FACT = 16, 500
_DUE_IN_DAYS = {"41": 90, "40": 30}
# Yen for one unit on the day of the contract; a and b of both phases by country.
# Source: premium's data (sample rates of 2026), domain notes §1.1 and §2.1.
_YEN_FOR = {("001", "2026-05-20"): "154", ("001", "2026-07-18"): "152"}
_RATES = {
    "304": (("0.000069", "0.029"), ("0.000434", "0.009")),
    "111": (("0.000304", "0.128"), ("0.002317", "0.048")),
}
_COMPREHENSIVE = Decimal("0.30")
_ISO = {"000": "JPY", "001": "USD"}


@dataclass(frozen=True)
class Handed:
    """A ledger file that was handed in, and how."""

    upload_id: str
    content: bytes
    tried_first: bool = False


@dataclass(frozen=True)
class _Line:
    """One row of a file: where it stands, its policy, and the rule that refuses it."""

    number: int
    row: Row
    policy: str
    refused_by: str | None

    @property
    def key(self) -> Key:
        return self.policy, self.row["branch_number"] or "00", "00"


@dataclass
class Replay:
    """The files worked off so far, one after the other, as one careful person would."""

    tables: Tables = field(default_factory=lambda: defaultdict(dict))
    delays: int = 0

    def work_off(self, upload: Handed) -> None:
        """Work off one file more."""
        lines = list(_lines(upload.content))
        good = [line for line in lines if not line.refused_by]
        late = _late(good)
        before = register()["special-agreements"][AGREEMENT]["significant_delay_count"]
        findings = _findings(upload.upload_id, lines, late, before + self.delays)
        self.tables["findings"] |= findings
        self.tables["refused"] |= {
            (upload.upload_id, str(it.number)): (it.policy, AGREEMENT)
            for it in lines
            if it.refused_by
        }
        self.tables["uploads"][upload.upload_id,] = _counters(lines, findings)
        told = "4" if upload.tried_first else "2"
        self.tables["procedures"][upload.upload_id,] = ("APPLIED", told)
        self._take_in(upload.upload_id, good)
        self._count(len(late))

    def end_the_month(self, month: str, invoice_number: str) -> None:
        """Show, make final and invoice all there is.

        Source: ledger notes §2.4 to §2.7.
        """
        tables, total = self.tables, Decimal(0)
        tables["shown"] = {
            ("REFUSED", policy, "", "", "", *row): ()
            for row, (policy, _) in tables["refused"].items()
        }
        for line, state in enumerate(sorted(tables["assessments"]), 1):
            _, premium = tables["assessments"][state]
            tables["shown"]["CONTRACT", *state, "", ""] = ()
            tables["fixed"][state] = (str(line), month, invoice_number)
            tables["invoiced"][state] = (str(line), premium, "0", premium)
            total += Decimal(premium)
        count = str(len(tables["assessments"]))
        tables["invoices"][invoice_number,] = ("ISSUED", month, count, str(total))
        # Read anew after each: applied, made final, invoiced.
        for key, (*applied, _, _) in tables["contracts"].items():
            tables["contracts"][key] = (*applied, "IN_FORCE", "3")

    def _count(self, late: int) -> None:
        self.delays += late
        if self.delays:
            self.tables["delays"][AGREEMENT,] = (str(self.delays),)

    def _take_in(self, upload_id: str, good: list[_Line]) -> None:
        versions = _times_told(good)
        for line in good:
            row, policy = line.row, line.policy
            parties = (AGREEMENT, row["applicant_code"])
            entries: dict[str, tuple[Key, Key]] = {
                "contracts": ((policy,), (*parties, RECEIVED_ON, upload_id, "APPLIED", "1")),
                "histories": (line.key, (*_history(row), upload_id, str(line.number))),
                "assessments": ((*line.key, "0"), (str(_bucket(policy)), str(_premium(row)))),
                "policies": ((policy,), (*parties, str(versions[policy]))),
                "states": (line.key, _state(row)),
                "copies": (line.key, _copy(row)),
            }
            for table, (key, values) in entries.items():
                self.tables[table][key] = values
            uses, payer = self.tables["uses"], (row["payer_code"],)
            uses[payer] = max(uses.get(payer, ()), (RECEIVED_ON, policy))


def _lines(content: bytes) -> Iterator[_Line]:
    """Judge a file: a buyer nobody knows refuses a row, and with it the others of its policy."""
    rows = rows_of(content)
    known = register()["buyers"]
    policies = [policy_number(row) for row in rows]
    refused = {it for it, row in zip(policies, rows, strict=True) if row["payer_code"] not in known}
    for number, (policy, row) in enumerate(zip(policies, rows, strict=True), 1):
        rule = "L133" if row["payer_code"] in known else "L042"
        yield _Line(number, row, policy, rule if policy in refused else None)


def _late(good: Iterable[_Line]) -> dict[str, int]:
    """Number the policies concluded three months before or longer ago, in the order of the file."""
    found: dict[str, int] = {}
    for line in good:
        if _day(line.row["contract_date"]) <= _SIGNIFICANTLY_LATE:
            found.setdefault(line.policy, len(found) + 1)
    return found


def _findings(
    upload_id: str, lines: Iterable[_Line], late: dict[str, int], before: int
) -> dict[Key, Key]:
    found: dict[Key, Key] = {}
    for line in lines:
        if line.refused_by:
            found[upload_id, str(line.number), line.refused_by] = ("ERROR", "")
        elif line.policy in late:
            count = str(before + late[line.policy])
            found[upload_id, str(line.number), "L058"] = ("WARNING", count)
    return found


def _counters(lines: list[_Line], findings: dict[Key, Key]) -> Key:
    severities = Counter(severity for severity, _ in findings.values())
    policies = {line.policy for line in lines}
    rejected = {line.policy for line in lines if line.refused_by}
    counters = (
        *(len(lines), len(policies), len(policies) - len(rejected), len(rejected)),
        *(severities["ERROR"], severities["WARNING"], len(findings)),
    )
    return ("APPLIED", *map(str, counters))


def _times_told(good: Iterable[_Line]) -> Counter[str]:
    """Count in how many facts each policy is told of: 500 histories of one bucket make a fact."""
    by_bucket: dict[int, list[str]] = defaultdict(list)
    for line in good:
        by_bucket[_bucket(line.policy)].append(line.policy)
    return Counter(
        policy
        for told in by_bucket.values()
        for first in range(0, len(told), _HISTORIES_IN_A_FACT)
        for policy in set(told[first : first + _HISTORIES_IN_A_FACT])
    )


def _bucket(policy: str) -> int:
    return zlib.crc32(policy.encode()) % _BUCKETS


def _history(row: Row) -> Key:
    """Say every item of a first history as it is stored.

    Source: ledger notes §7 (what a blank item means).
    """
    of_sale = {"sales_country": "payment_country", "sales_counterparty_code": "payer_code"}
    parties = dict.fromkeys(("insured_code", "beneficiary_code"), "applicant_code")
    filled = row | {blank: row[other] for blank, other in (of_sale | parties).items()}
    return (*(_stored(name, filled[name]) for name in ITEMS), _settlements(row))


def _stored(name: str, text: str) -> str:
    if name.endswith("_flag"):
        return "t" if text else "f"
    if name.endswith("_date"):
        return _day(text) if text else ""
    if name.endswith(("_principal", "_amount")):
        return f"{Decimal(text):.2f}"
    return text


def _settlements(row: Row) -> str:
    """Say the settlements (決済) of a row as `jsonb` writes them: short names first."""
    slot: dict[str, object] = {name: row[f"{name}_1"] or None for name in SETTLEMENT}
    slot |= {"slot": 1, "settlement_principal": f"{Decimal(row['settlement_principal_1']):.2f}"}
    return json.dumps([{name: slot[name] for name in sorted(slot, key=lambda it: (len(it), it))}])


def _state(row: Row) -> Key:
    currency, amount = _ISO[row["currency_code"]], _stored("_amount", row["contract_principal"])
    days = _day(row["contract_date"]), _day(row["last_shipment_date"])
    of_buyer = row["destination_country"], row["payer_code"]
    return "0", "ACTIVE", *days, currency, amount, *of_buyer


def _copy(row: Row) -> Key:
    """Say what claims keeps of a history."""
    buyer, amounts = row["payer_code"], ("pre_shipment_amount", "post_shipment_amount")
    insured = (_stored(name, row[name]) for name in amounts)
    currency = _ISO[row["currency_code"]]
    return "0", "ACTIVE", currency, _day(row["contract_date"]), *insured, buyer, buyer


def _premium(row: Row) -> Decimal:
    """Work out a premium (保険料) by the printed formula. Source: domain notes §1.1, §1.3."""
    concluded = _day(row["contract_date"])
    yen = Decimal(_YEN_FOR.get((row["currency_code"], concluded), "1"))
    shipped = date.fromisoformat(_day(row["last_shipment_date"]))
    before = (shipped - date.fromisoformat(concluded)).days
    after = _DUE_IN_DAYS[row["settlement_method_1"]]
    rates = _RATES[row["destination_country"]]
    phases = zip(
        ("pre_shipment_amount", "post_shipment_amount"), (before, after), rates, strict=True
    )
    return sum(
        (_phase(Decimal(row[name]) * yen, days, rate) for name, days, rate in phases), Decimal(0)
    )


def _phase(amount: Decimal, days: int, rate: tuple[str, str]) -> Decimal:
    insured = amount.quantize(Decimal(1), ROUND_DOWN)
    percent = Decimal(rate[0]) * days + Decimal(rate[1])
    percent = percent.quantize(Decimal("0.001"), ROUND_HALF_UP)
    return (insured * percent / 100 * _COMPREHENSIVE).quantize(Decimal(1), ROUND_DOWN)


def _day(text: str) -> str:
    return f"20{text[:2]}-{text[2:4]}-{text[4:]}"
