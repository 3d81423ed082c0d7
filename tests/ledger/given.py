"""What is already so when a test of the ledger begins: registers known, files handed in."""

import csv
import json
from datetime import UTC, date, datetime
from itertools import count
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx

from libs.common.wire import new_id
from services.ledger import consumers, tables
from services.ledger.actions.processing import carry_out_next
from services.ledger.domain.layout import CHANGES
from tests.kit.running import Running

FIXTURES = Path(__file__).parents[1] / "fixtures" / "ledger"
_CODE_TABLES = Path(__file__).parents[2] / "services" / "premium" / "data" / "code_tables"
TOTO = "045012300"
_serials = count(800_001)


def master_data() -> dict[str, Any]:
    """The register the fixtures were made for."""
    found: dict[str, Any] = json.loads((FIXTURES / "master_data.json").read_text())
    return found


async def register(service: Running) -> None:
    """The ledger has heard of policyholders, agreements, buyers and code tables."""
    data = master_data()
    async with service.databases.platform() as tx:
        for code, name in data["shippers"].items():
            state = {"policyholder_code": code, "name_ja": name, "active": True}
            await consumers.copy_policyholder(tx, consumers.PolicyholderState(**state))
        for code, buyer in data["buyers"].items():
            state = {
                "buyer_code": code,
                "country_code": buyer["country"],
                "rating": buyer.get("grade"),
                "active": True,
            }
            await consumers.copy_buyer(tx, consumers.BuyerState(**state))
        for contract in data["special_contracts"]:
            await consumers.copy_agreement(tx, _agreement(contract))
        for path in sorted(_CODE_TABLES.glob("*s.csv")):
            await consumers.copy_code_table(tx, _code_table(path))


def _agreement(contract: dict[str, Any]) -> consumers.AgreementState:
    return consumers.AgreementState(
        agreement_code=contract["special_contract_code"],
        branch_office_code=contract["branch_office_code"],
        policyholder_code=contract["holder_shipper_code"],
        holder_name_ja=contract["holder_name_ja"],
        holder_short_name_ja=contract["holder_short_name_ja"],
        valid_from=date.fromisoformat(contract["valid_from"]),
        valid_to=date.fromisoformat(contract["valid_to"]),
        significant_delay_count=contract["significant_delay_count"],
        minimum_increase_amount=contract["minimum_increase_amount_jpy"],
    )


def _code_table(path: Path) -> consumers.CodeTableState:
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    named = ("code", "name_ja", "name_en")
    return consumers.CodeTableState(
        name=path.stem,
        version=1,
        valid_from=date(2004, 10, 1),
        rows=[
            {key: row[key] for key in named}
            | {"attributes": {key: row[key] for key in row if key not in named}}
            for row in rows
        ],
    )


def case(name: str) -> dict[str, Any]:
    """A fixture's description."""
    found: dict[str, Any] = json.loads((FIXTURES / name / "case.json").read_text())
    return found


async def handed_in(
    service: Running, content: bytes, *, tenant: str, file_name: str, **fields: str
) -> httpx.Response:
    """A file has been sent."""
    headers = service.caller("ledger-uploads:write", tenant=tenant)
    headers["Idempotency-Key"] = uuid4().hex
    return await service.client.post(
        "/v1/ledger-uploads",
        headers=headers,
        files={"file": (file_name, content, "text/csv")},
        data=fields,
    )


async def fixture_handed_in(
    service: Running, name: str, form: str = "submit.cp932.csv", **fields: str
) -> dict[str, Any]:
    """A fixture's file has been sent and judged; gives the upload."""
    told = case(name)
    suffix = ".fd" if form.endswith(".fd") else ".csv"
    answer = await handed_in(
        service,
        (FIXTURES / name / form).read_bytes(),
        tenant=told["submitter_shipper_code"],
        file_name=told["submitted_file_name"].removesuffix(".csv") + suffix,
        **{"declared_count": str(told["declared_count"])} | fields,
    )
    assert answer.status_code == 202, answer.text
    return await worked_off(service, answer.json()["id"], told["submitter_shipper_code"])


async def all_worked_off(service: Running) -> None:
    """All work that waits has been done."""
    while await carry_out_next(service.databases, service.app.state.files):
        pass


async def worked_off(service: Running, upload_id: str, tenant: str) -> dict[str, Any]:
    """All work that waits has been done; gives the upload."""
    await all_worked_off(service)
    answer = await service.client.get(
        f"/v1/ledger-uploads/{upload_id}",
        headers=service.caller("ledger-uploads:read", tenant=tenant),
    )
    upload: dict[str, Any] = answer.json()
    return upload


async def contract(service: Running) -> str:
    """A contract of 東都機械貿易 has been applied for; gives its policy number."""
    serial = next(_serials)
    row = (FIXTURES / "new_valid" / "submit.cp932.csv").read_bytes().partition(b"\n")[0]
    sent = await handed_in(
        service,
        row.replace(b"000001", b"%06d" % serial, 1) + b"\n",
        tenant=TOTO,
        file_name="東都機械貿易(260825).csv",
        declared_count="1",
        mode="SUBMIT",
    )
    upload = await worked_off(service, sent.json()["id"], TOTO)
    assert upload["status"] == "APPLIED", upload
    return f"1020010035726{serial:06}"


def change_row(**items: str) -> bytes:
    """A change record (2110) with these items; all others are blank."""
    return ",".join(items.get(column.name, "") for column in CHANGES.columns).encode() + b"\r\n"


async def fixed_ledger(service: Running, policy_number: str, revision: int = 0) -> str:
    """The first history of a contract has become final; gives the fixed ledger's id."""
    ledger_id = new_id("fixed_ledger")
    async with service.databases.tenant(TOTO) as tx:
        contract = await tx.get_one(tables.Contract, (TOTO, policy_number))
        contract.status = "IN_FORCE"
        tx.add(
            tables.FixedLedger(
                tenant=TOTO,
                id=ledger_id,
                agreement_code=policy_number[2:11],
                branch_office_code=policy_number[:2],
                month=ledger_id,  # of its own: no test shares a month with another
                published_on=date(2026, 8, 31),
                published_at=datetime(2026, 8, 30, 21, tzinfo=UTC),
                sample=False,
                line_count=1,
                version=1,
                updated_at=datetime(2026, 8, 30, 21, tzinfo=UTC),
            )
        )
        state = {**_first_history(policy_number), "revision": revision}
        tx.add(tables.FixedLedgerLine(tenant=TOTO, fixed_ledger_id=ledger_id, line=1, **state))
    return ledger_id


async def invoiced(service: Running, ledger_id: str, tenant: str = TOTO) -> None:
    """The premium of a fixed ledger has been invoiced."""
    async with service.databases.tenant(tenant) as tx:
        ledger = await tx.get_one(tables.FixedLedger, (tenant, ledger_id))
        ledger.invoice_id, ledger.invoice_number = new_id("invoice"), "2026-08-000001"
        ledger.invoiced_on = date(2026, 8, 31)


async def marked(service: Running, policy_number: str, revision: int) -> None:
    """A revision of the first history of a contract has been found faulty."""
    async with service.databases.tenant(TOTO) as tx:
        told = {"kind": "STAFF", "reason_ja": "貨物が違う", "reason_en": "Other goods"}
        when = {"marked_at": datetime(2026, 8, 26, tzinfo=UTC), "marked_by": "staff"}
        state = {**_first_history(policy_number), "revision": revision}
        tx.add(tables.Mark(tenant=TOTO, **state, **told, **when))


def _first_history(policy_number: str) -> dict[str, Any]:
    return {"policy_number": policy_number, "branch_number": "00", "history_number": "00"}


async def contract_of(service: Running, number: str, tenant: str, **when: str) -> Any:
    """A contract as it is answered."""
    return await _read(service, f"/v1/ledger-contracts/{number}", tenant, **when)


async def histories_of(service: Running, number: str, tenant: str, **when: str) -> Any:
    """Every history of a contract as it is answered."""
    answer = await _read(service, f"/v1/ledger-contracts/{number}/history", tenant, **when)
    return answer.get("histories", [])


async def _read(service: Running, path: str, tenant: str, **when: str) -> Any:
    headers = service.caller("ledger-contracts:read", tenant=tenant)
    return (await service.client.get(path, params=when, headers=headers)).json()


async def findings(service: Running, upload_id: str, tenant: str) -> list[dict[str, Any]]:
    """What was found in a file."""
    answer = await service.client.get(
        f"/v1/ledger-uploads/{upload_id}/findings",
        params={"limit": "100"},
        headers=service.caller("ledger-uploads:read", tenant=tenant),
    )
    found: list[dict[str, Any]] = answer.json()["items"]
    return found
