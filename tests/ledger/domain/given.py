"""Ledger things to start a story with: a register, a good application, and a judge to hear it."""

import csv
import json
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import polars as pl

from services.ledger.domain.case import Case
from services.ledger.domain.judging import Judgement, judge
from services.ledger.domain.layout import NEW_APPLICATIONS, NEW_APPLICATIONS_EXTENDED, Layout
from services.ledger.domain.partition import numbered
from services.ledger.domain.register import CodeTable, Register

FIXTURES = Path(__file__).parents[2] / "fixtures"
EXAMPLES = FIXTURES / "ledger"

TOTO, TOTO_OSAKA, NANIWA = "045012300", "045012301", "061007700"
TOTO_AGREEMENT, NANIWA_AGREEMENT = "200100357", "300200481"
GREAT_LAKES, SIAM_VALVE, CHAO_PHRAYA_BANK = "3344550", "1234560", "7788990"
USA, THAILAND, CHINA = "304", "111", "105"
YEN, DOLLAR, UNPUBLISHED = "000", "001", "099"
AUGUST_25 = date(2026, 8, 25)
_BUYERS = dict.fromkeys(("buyer_code", "country", "rating"), pl.String)

Application = dict[str, str | None]
Fault = tuple[int, str]

_GOOD: Mapping[str, str] = {
    "branch_office_code": "10",
    "agreement_code": TOTO_AGREEMENT,
    "fiscal_year": "26",
    "serial_number": "000501",
    "applicant_code": TOTO,
    "application_date": "260825",
    "contract_form": "11",
    "contract_date": "260718",
    "contract_number": "TKT-26-E01",
    "contract_principal": "250000.00",
    "currency_code": DOLLAR,
    "goods_hs_code": "847989",
    "delivery_terms": "3",
    "destination_country": USA,
    "payment_country": USA,
    "payer_code": GREAT_LAKES,
    "last_shipment_date": "261030",
    "pre_shipment_amount": "238500.50",
    "post_shipment_amount": "250000.00",
    "settlement_method_1": "41",
    "usance_unit_1": "2",
    "usance_period_1": "90",
    "settlement_principal_1": "250000.00",
}


def application(**changes: str | None) -> Application:
    """A good application over 250,000 dollars, with some items changed or (None) left blank."""
    return _filled_in(NEW_APPLICATIONS, changes)


def extended(**changes: str | None) -> Application:
    """The same on the extended sheet, which has room for five settlements."""
    return _filled_in(NEW_APPLICATIONS_EXTENDED, changes)


def _filled_in(layout: Layout, changes: Mapping[str, str | None]) -> Application:
    unknown = changes.keys() - set(layout.names)
    assert not unknown, f"no such items: {unknown}"
    return {**dict.fromkeys(layout.names), **_GOOD, **changes}


def paid_in_advance(**changes: str | None) -> Application:
    """A good application whose price is paid in full beforehand."""
    settled = {name: None for name in _GOOD if name.endswith("_1")}
    advance = {"post_shipment_amount": None, "settlement_method_1": "60"}
    return application(**{**settled, **advance, **changes})


def in_two_settlements(**changes: str | None) -> Application:
    """A good application settled half by usance and half on a due date."""
    halves = {
        "settlement_principal_1": "125000",
        "settlement_method_2": "49",
        "due_date_2": "270226",
        "settlement_principal_2": "125000",
    }
    return application(**{**halves, **changes})


def rows(applications: Iterable[Application]) -> pl.DataFrame:
    """Rows as the reader makes them, policy numbers and buckets included."""
    every = list(applications)
    frame = pl.DataFrame(every, schema=dict.fromkeys(every[0], pl.String))
    return numbered(frame.with_row_index("row", offset=1))


def case(**changes: Any) -> Case:
    """A submission by Toto on 25 August 2026, with some circumstances changed."""
    return replace(Case(NEW_APPLICATIONS, register(), TOTO, AUGUST_25), **changes)


def judged(*applications: Application, **circumstances: Any) -> Judgement:
    """The judgement on some applications that came in one file."""
    return judge(rows(applications), case(**circumstances), limit=1_000)


def faults(*applications: Application, **circumstances: Any) -> list[Fault]:
    """The rules that find fault, each with its row; warnings on good rows included."""
    findings = judged(*applications, **circumstances).findings
    return sorted(findings.select("row", "rule").unique().rows())


def rules(one: Application, **circumstances: Any) -> list[str]:
    """The rules that find fault with a single application."""
    return [rule for _, rule in faults(one, **circumstances)]


def items(one: Application, **circumstances: Any) -> list[tuple[str, list[int]]]:
    """The rules that find fault with a single application, each with the items at fault."""
    findings = judged(one, **circumstances).findings
    return sorted(findings.select("rule", "item_nos").rows())


@cache
def register() -> Register:
    """The registers of the examples."""
    data = master_data()
    agreements = [_agreement(found) for found in data["special_contracts"]]
    buyers = [(code, buyer["country"], None) for code, buyer in data["buyers"].items()]
    return Register(
        agreements=pl.DataFrame(agreements),
        policyholders=pl.Series(list(data["shippers"])),
        buyers=pl.DataFrame(buyers, schema=_BUYERS, orient="row"),
        policy_numbers=pl.Series([], dtype=pl.String),
        delays={
            found["special_contract_code"]: found["significant_delay_count"]
            for found in data["special_contracts"]
        },
        minimum_increase={
            found["special_contract_code"]: Decimal(found["minimum_increase_amount_jpy"])
            for found in data["special_contracts"]
        },
        tables=_tables() | {"hs_codes": CodeTable({code: {} for code in data["hs_codes"]})},
    )


@cache
def master_data() -> Any:
    """The master data of the examples as written."""
    return json.loads((EXAMPLES / "master_data.json").read_text())


def _agreement(found: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "agreement_code": found["special_contract_code"],
        "branch_office_code": found["branch_office_code"],
        "policyholder_code": found["holder_shipper_code"],
        "valid_from": date.fromisoformat(found["valid_from"]),
        "valid_to": date.fromisoformat(found["valid_to"]),
    }


def _tables() -> dict[str, CodeTable]:
    return {path.stem: _table(path) for path in (FIXTURES / "ledger_codes").glob("*.csv")}


def _table(path: Path) -> CodeTable:
    with path.open(encoding="utf-8", newline="") as file:
        return CodeTable({row["code"]: row for row in csv.DictReader(file)})


def names_of(policyholder_code: str) -> list[str]:
    """The registered names of a policyholder, long and short."""
    return [
        found[name]
        for found in master_data()["special_contracts"]
        if found["holder_shipper_code"] == policyholder_code
        for name in ("holder_name_ja", "holder_short_name_ja")
    ]
