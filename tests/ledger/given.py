"""What is already so when a test of the ledger begins: registers known, files handed in."""

import csv
import json
from datetime import date
from itertools import count
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx

from services.ledger import consumers
from services.ledger.actions.processing import carry_out_next
from tests.kit.running import Running

FIXTURES = Path(__file__).parents[1] / "fixtures" / "ledger"
_CODE_TABLES = Path(__file__).parents[2] / "services" / "premium" / "data" / "code_tables"
_keys = count()


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


async def worked_off(service: Running, upload_id: str, tenant: str) -> dict[str, Any]:
    """All work that waits has been done; gives the upload."""
    while await carry_out_next(service.databases, service.app.state.files):
        pass
    answer = await service.client.get(
        f"/v1/ledger-uploads/{upload_id}",
        headers=service.caller("ledger-uploads:read", tenant=tenant),
    )
    upload: dict[str, Any] = answer.json()
    return upload


async def findings(service: Running, upload_id: str, tenant: str) -> list[dict[str, Any]]:
    """What was found in a file."""
    answer = await service.client.get(
        f"/v1/ledger-uploads/{upload_id}/findings",
        params={"limit": "100"},
        headers=service.caller("ledger-uploads:read", tenant=tenant),
    )
    found: list[dict[str, Any]] = answer.json()["items"]
    return found
