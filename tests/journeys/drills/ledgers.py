"""Ledger files of any length: good contracts with a few late, branched and refused ones among them.

Source: ledger notes §5.4 and §13 (columns), §14 (L042, L058).
"""

import csv
import io
from collections.abc import Iterator
from itertools import count

from deploy.local.demo.material import TOTO

FILE_NAME = "東都機械貿易(260825).csv"
AGREEMENT = "200100357"

SETTLEMENT = [
    "settlement_method",
    "payment_guarantee_code",
    "usance_unit",
    "usance_period",
    "due_date",
    "settlement_principal",
    "settlement_interest",
]
COLUMNS = [
    "branch_office_code",
    "agreement_code",
    "fiscal_year",
    "serial_number",
    "branch_number",
    "applicant_code",
    "insured_code",
    "beneficiary_code",
    "insured_department",
    "application_date",
    "contract_form",
    "contract_date",
    "effective_date",
    "contract_number",
    "contract_principal",
    "reference_number",
    "other_insurance_flag",
    "currency_code",
    "exchange_rate",
    "goods_hs_code",
    "delivery_terms",
    "effectuation_condition_flag",
    "destination_country",
    "payment_country",
    "payer_code",
    "guarantee_country",
    "guarantor_code",
    "purchase_country",
    "loading_country",
    "sales_country",
    "sales_counterparty_code",
    "first_shipment_date",
    "last_shipment_date",
    "pre_shipment_amount",
    "post_shipment_amount",
    *(f"{name}_{slot}" for slot in (1, 2) for name in SETTLEMENT),
]
"""The columns of a new application with two settlements, in the order of the file."""

Row = dict[str, str]

_ORDINARY = {
    "branch_office_code": "10",
    "agreement_code": AGREEMENT,
    "fiscal_year": "26",
    "applicant_code": TOTO,
    "insured_department": "機械第一部",
    "application_date": "260825",
    "contract_form": "11",
    "contract_date": "260718",
    "currency_code": "001",
    "goods_hs_code": "847989",
    "delivery_terms": "3",
    "destination_country": "304",
    "payment_country": "304",
    "payer_code": "3344550",
    "last_shipment_date": "261030",
    "settlement_method_1": "41",
    "usance_unit_1": "2",
    "usance_period_1": "90",
}
_TO_THAILAND = {
    "currency_code": "000",
    "destination_country": "111",
    "payment_country": "111",
    "payer_code": "1234560",
    "settlement_method_1": "40",
    "usance_unit_1": "",
    "usance_period_1": "",
}
_LATE = {"contract_date": "260520"}
_TO_NOBODY = {"payer_code": "9999999"}
# One of so many policies; chosen so that they also meet in one policy.
_THAI_EACH, _BRANCHED_EACH, _LATE_EACH, _REFUSED_EACH = 3, 5, 97, 31


def ledger(first: int, rows: int) -> bytes:
    """Write a ledger file (申込台帳) of so many rows, its policies numbered from `first`."""
    text = io.StringIO()
    writer = csv.DictWriter(text, COLUMNS, restval="", lineterminator="\r\n")
    written = _rows(first)
    writer.writerows(next(written) for _ in range(rows))
    return text.getvalue().encode("cp932")


def rows_of(content: bytes) -> list[Row]:
    """Read a ledger file back, as plainly as can be."""
    return list(csv.DictReader(io.StringIO(content.decode("cp932")), COLUMNS))


def policy_number(row: Row) -> str:
    """Put a policy number (証券番号) together. Source: ledger notes §6."""
    parts = ("branch_office_code", "agreement_code", "fiscal_year", "serial_number")
    return "".join(row[part] for part in parts)


def policies_in(content: bytes) -> int:
    """Count the policies of a file: what its sender declares."""
    return len({policy_number(row) for row in rows_of(content)})


def _rows(serial: int) -> Iterator[Row]:
    while True:
        yield _row(serial, "")
        if serial % _BRANCHED_EACH == 0:
            yield _row(serial, "01")
        serial += 1


def _row(serial: int, branch: str) -> Row:
    is_thai = serial % _THAI_EACH == 0
    amount = f"{250_000 + serial % 9_000}" + ("" if is_thai else ".50")
    row = _ORDINARY | (_TO_THAILAND if is_thai else {})
    row |= _LATE if serial % _LATE_EACH == 0 else {}
    row |= _TO_NOBODY if serial % _REFUSED_EACH == 0 and branch != "01" else {}
    return row | {
        "serial_number": f"{serial:06d}",
        "branch_number": branch or ("00" if serial % _BRANCHED_EACH == 0 else ""),
        "contract_number": f"TKT-{serial}",
        "contract_principal": amount,
        "pre_shipment_amount": "238500",
        "post_shipment_amount": amount,
        "settlement_principal_1": amount,
    }


def ordinary_serials(first: int) -> Iterator[int]:
    """Count on from a serial (一連番号), past those that are anything but ordinary."""
    special = (_THAI_EACH, _BRANCHED_EACH, _LATE_EACH, _REFUSED_EACH)
    return (serial for serial in count(first) if all(serial % each for each in special))
