"""Ledgers as records of fixed width: what comes out is what new applications are sent in as."""

from typing import Any

from services.ledger.domain.reading import Form
from tests.kit.running import Running
from tests.ledger import given, rounds
from tests.ledger.domain import writing
from tests.ledger.rounds import Holder, MoveClock

TUESDAY = "2026-08-25T10:15:00"
WEDNESDAY = "2026-08-26T09:00:00"
MONTH_END = "2026-08-31T09:00:00"
RECORD_BYTES = 491
_SERIAL = slice(13, 19)
_OWN = ("policy_number", "upload_id", "upload_row", "known_from", "updated_at", "version")


async def _applied(holder: Holder) -> list[str]:
    """A plain contract, and one with everything that may be said of it."""
    halves = {"settlement_method_2": "49", "due_date_2": "270226"}
    two = {"settlement_principal_1": "125000", "settlement_principal_2": "125000"}
    flags = {"effectuation_condition_flag": "1", "effective_date": "260801"}
    texts = {"insured_department": "機械第一部①", "reference_number": "№ 髙-1"}
    _, numbers = await holder.sends({}, halves | two | flags | texts)
    return numbers


async def _taken(holder: Holder, path: str) -> list[bytes]:
    answer = await holder.gets(path, format="fixed")
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "text/plain; charset=cp932"
    assert '.fd"' in answer.headers["content-disposition"]
    records = answer.content.split(b"\r\n")
    assert records.pop() == b""
    assert {len(record) for record in records} == {RECORD_BYTES}
    return records


def _anew(records: list[bytes]) -> bytes:
    """The same records under other serial numbers, as a file."""
    changed = []
    for number, record in enumerate(records, 900_001):
        changed.append(record[: _SERIAL.start] + b"%06d" % number + record[_SERIAL.stop :])
    return b"\r\n".join([*changed, b""])


async def _content(holder: Holder, number: str) -> list[Any]:
    contract = await holder.reads(f"ledger-contracts/{number}")
    branches: list[Any] = contract["branches"]
    return [{name: it for name, it in branch.items() if name not in _OWN} for branch in branches]


async def test_what_comes_out_can_be_sent_in(ledger: Running, clock_at: MoveClock) -> None:
    """Given contracts taken as records, when those are sent again, then contracts are equal."""
    clock_at(TUESDAY)
    holder = await rounds.holder(ledger)
    numbers = await _applied(holder)

    records = await _taken(holder, "ledger-contracts/export")

    sent = await given.handed_in(
        ledger, _anew(records), tenant=holder.code, file_name="a.fd",
        declared_count="2", mode="SUBMIT",
    )  # fmt: skip
    upload = await given.worked_off(ledger, sent.json()["id"], holder.code)
    assert upload["accepted_count"] == 2, upload
    again = [number[:13] + f"{serial}" for serial, number in enumerate(numbers, 900_001)]
    for one, other in zip(numbers, again, strict=True):
        assert await _content(holder, one) == await _content(holder, other)


async def test_both_ledgers_are_taken_as_records(ledger: Running, clock_at: MoveClock) -> None:
    """Given contracts and a refused row, when ledgers are taken, then contracts are records."""
    clock_at(TUESDAY)
    holder = await rounds.holder(ledger)
    numbers = await _applied(holder)
    await holder.sends({"payer_code": "9999999"})
    clock_at(WEDNESDAY)
    checked = await holder.is_shown()
    clock_at(MONTH_END)
    fixed = await holder.is_closed("2026-08")

    of_check = await _taken(holder, f"check-ledgers/{checked['id']}/export")
    of_fixed = await _taken(holder, f"fixed-ledgers/{fixed['id']}/export")

    assert of_check == of_fixed
    assert [record[:19].decode() for record in of_check] == numbers
    read = writing.read(b"\r\n".join([*of_check, b""]), Form.FIXED)
    assert read.layout is not None
    assert (read.layout.code, read.layout.slots, read.rows) == ("2103", 5, 2)
