"""What is already so when a test of underwriting begins."""

from itertools import count
from typing import Any

import httpx

from libs.common.deliveries import Delivery
from libs.common.wire import new_id
from tests.kit import hearing
from tests.kit.running import Running
from tests.kit.stand_in_identity import TENANT

_numbers = count(1)

COVER = {
    "pre_shipment_political": "0.8",
    "pre_shipment_credit": "0.8",
    "post_shipment_political": "0.975",
    "post_shipment_credit": "0.9",
    "sample": True,
}


def agreement_code() -> str:
    """An agreement code nobody has used."""
    return f"{290_000_000 + next(_numbers)}"


def entry(**changes: object) -> dict[str, Any]:
    """A special agreement as staff send it."""
    return {
        "policyholder_code": TENANT,
        "branch_office_code": "10",
        "holder_name_ja": "東都機械貿易株式会社",
        "holder_short_name_ja": "東都機械貿易",
        "valid_from": "2007-04-01",
        "valid_to": "2027-03-31",
        "minimum_increase_amount": {"amount": "1000000", "currency": "JPY"},
        "file_name_waiver": False,
        "significant_delay_count": 2,
        "cover": COVER,
    } | changes


async def entered(
    service: Running, code: str, version: int | None = None, **changes: Any
) -> httpx.Response:
    """Staff enter or replace a special agreement."""
    headers = service.staff("ops:special-agreements:write")
    if version is not None:
        headers["If-Match"] = f'"{version}"'
    return await service.client.put(
        f"/ops/v1/special-agreements/{code}", json=entry(**changes), headers=headers
    )


async def agreement(service: Running, **changes: Any) -> str:
    """A special agreement; gives its code."""
    code = agreement_code()
    answer = await entered(service, code, **changes)
    assert answer.status_code == 201, answer.text
    return code


async def upload_told(
    service: Running, step: str, upload_id: str, status: str, tenant: str = TENANT, **changes: str
) -> Delivery:
    """The ledger tells that an upload has made a step."""
    data = {
        "upload_id": upload_id,
        "policyholder_code": tenant,
        "file_name": "東都機械貿易(260825).csv",
        "mode": "SUBMIT",
        "status": status,
        "received_on": "2026-08-25",
    } | changes
    return await hearing.told(service, f"ledger.upload.{step}.v1", upload_id, data, tenant)


async def procedure(service: Running, *statuses: str, tenant: str = TENANT, **changes: str) -> str:
    """A procedure whose upload went through these statuses; gives its id."""
    upload_id = new_id("upload")
    for status in statuses:
        await upload_told(service, _STEPS[status], upload_id, status, tenant, **changes)
    return upload_id.replace("upload_", "procedure_")


async def entry_told(service: Running, entry: str, tenant: str = TENANT) -> Delivery:
    """The ledger tells that a row entered by hand was taken in."""
    data = {
        "entry_id": entry,
        "policy_number": "1020010035726000001",
        "status": "APPLIED",
        "received_on": "2026-08-25",
    }
    return await hearing.told(service, "ledger.entry.applied.v1", entry, data, tenant)


async def notice_told(service: Running, step: str, notice: str, tenant: str = TENANT) -> Delivery:
    """Claims tells that a loss notice has made a step."""
    data = {
        "loss_notice_id": notice,
        "reference": "LN26-000001",
        "received_on": "2026-11-18",
        "deadline_on": "2026-11-20",
    }
    return await hearing.told(service, f"claims.loss_notice.{step}.v1", notice, data, tenant)


_STEPS = {
    "RECEIVED": "received",
    "READY": "validated",
    "INVALID": "validated",
    "APPLIED": "applied",
    "CANCELLED": "cancelled",
    "FAILED": "failed",
}


def policy_number() -> str:
    """A policy number nobody has used."""
    return f"1020010035726{next(_numbers):06d}"


def history(number: str, **changes: object) -> dict[str, Any]:
    """One history of a contract, as the ledger tells it."""
    return {
        "policy_number": number,
        "branch_number": "00",
        "history_number": "00",
        "revision": 1,
        "status": "ACTIVE",
        "agreement_code": "200100357",
        "applicant_code": TENANT,
        "contract_date": "2026-08-03",
        "last_shipment_date": "2027-01-31",
        "currency": "USD",
        "contract_principal": "1250000.00",
        "destination_country": "111",
        "payer_code": "1234560",
    } | changes


async def applied(service: Running, *histories: dict[str, Any], tenant: str = TENANT) -> Delivery:
    """The ledger tells that histories were applied."""
    data = {"bucket": 3, "upload_id": new_id("upload"), "histories": list(histories)}
    return await hearing.told(service, "ledger.contracts.applied.v1", "3", data, tenant)
