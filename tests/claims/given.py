"""What is already so when a test of claims begins: contracts, causes, notices on them."""

import os
from datetime import datetime
from itertools import count
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx

from libs.common import clock
from libs.common.database import PLATFORM
from libs.common.deliveries import Delivery
from libs.common.wire import new_id
from tests.kit import hearing
from tests.kit.running import Running
from tests.kit.stand_in_identity import TENANT

READ, WRITE, INCIDENTS = "loss-notices:read", "loss-notices:write", "incidents:read"
PAYER, COUNTERPARTY, GUARANTOR = "1234560", "3344550", "7654320"
BANKRUPT, CANCELLED, OVERDUE = "12", "10", "14"

_serials = count(1)


def it_is(instant: str) -> None:
    """The business clock stands at an instant."""
    clock.move(Path(os.environ["MOYAI_CLOCK_FILE"]), datetime.fromisoformat(instant))


def policy_number() -> str:
    """A policy number nobody has used."""
    return f"1020010035726{next(_serials):06d}"


def settlement(slot: int = 1, **changes: object) -> dict[str, Any]:
    """One settlement of a contract, as the ledger tells it."""
    return {
        "slot": slot,
        "settlement_method": "49",
        "payment_guarantee_code": None,
        "usance_unit": None,
        "usance_period": None,
        "due_date": "2026-10-06",
        "settlement_principal": "100000",
        "settlement_interest": None,
    } | changes


def usance(slot: int = 1, unit: str = "2", period: str = "090") -> dict[str, Any]:
    """A settlement whose due date follows from the shipment."""
    return settlement(slot, due_date=None, usance_unit=unit, usance_period=period)


def history(number: str, **changes: object) -> dict[str, Any]:
    """One history of a contract, as the ledger tells it."""
    return {
        "policy_number": number,
        "branch_number": "00",
        "history_number": "00",
        "revision": 0,
        "status": "ACTIVE",
        "currency": "USD",
        "contract_date": "2026-04-03",
        "pre_shipment_amount": "80000",
        "post_shipment_amount": "100000",
        "payer_code": PAYER,
        "sales_counterparty_code": COUNTERPARTY,
        "guarantor_code": GUARANTOR,
        "settlements": [settlement()],
    } | changes


async def applied(service: Running, *histories: dict[str, Any], tenant: str = TENANT) -> Delivery:
    """The ledger tells that histories were applied."""
    data = {"bucket": 3, "upload_id": new_id("upload"), "histories": list(histories)}
    return await hearing.told(service, "ledger.contracts.applied.v1", "3", data, tenant)


async def contract(service: Running, tenant: str = TENANT, **changes: object) -> str:
    """A contract that claims has heard of; gives its policy number."""
    number = policy_number()
    await applied(service, history(number, **changes), tenant=tenant)
    return number


def flags_of(marks: str) -> dict[str, str]:
    """The attributes of a cause, as the table carries them."""
    return dict(zip(("pre_shipment", "post_shipment", "takes_overdue"), marks, strict=True))


async def causes(service: Running, version: int = 1, valid_from: str = "2004-10-01") -> Delivery:
    """Premium tells the causes of loss; here three of them."""
    kinds = {BANKRUPT: "YYN", CANCELLED: "YNN", OVERDUE: "NYY"}
    rows = [
        {"code": code, "name_ja": "事由", "name_en": "Cause", "attributes": flags_of(marks)}
        for code, marks in kinds.items()
    ]
    data = {"name": "loss_causes", "version": version, "valid_from": valid_from, "rows": rows}
    kind = "premium.code_table.state.v1"
    return await hearing.told(service, kind, "loss_causes", data | {"sample": True}, PLATFORM)


def unpaid(number: str, **changes: object) -> dict[str, Any]:
    """A notice of a payment that did not come, complete."""
    return {
        "kind": "POST_SHIPMENT",
        "policy_number": number,
        "branch_number": "00",
        "settlement_slot": 1,
        "buyer_code": PAYER,
        "unpaid": {"amount": "60000.00", "currency": "USD"},
        "cause": OVERDUE,
        "shipped_on": "2026-07-08",
        "description": "The payer does not answer.",
    } | changes


def unshipped(number: str, **changes: object) -> dict[str, Any]:
    """A notice of goods that cannot be shipped any more, complete."""
    return {
        "kind": "PRE_SHIPMENT",
        "policy_number": number,
        "branch_number": "00",
        "buyer_code": COUNTERPARTY,
        "unpaid": {"amount": "80000.00", "currency": "USD"},
        "cause": BANKRUPT,
        "accident_fixed_on": "2026-10-06",
    } | changes


def headers(service: Running, version: int | None = None, tenant: str = TENANT) -> dict[str, str]:
    """Headers of a caller who may do everything with notices, for one act."""
    given = service.caller(READ, WRITE, INCIDENTS, tenant=tenant) | {"Idempotency-Key": uuid4().hex}
    return given | ({"If-Match": f'"{version}"'} if version is not None else {})


async def begun(service: Running, wish: dict[str, Any], tenant: str = TENANT) -> dict[str, Any]:
    """A draft; gives it as it is shown."""
    answer = await service.client.post(
        "/v1/loss-notices", json=wish, headers=headers(service, tenant=tenant)
    )
    assert answer.status_code == 201, answer.text
    draft: dict[str, Any] = answer.json()
    return draft


async def acted(
    service: Running,
    verb: str,
    notice: dict[str, Any],
    version: int | None = None,
    tenant: str = TENANT,
) -> httpx.Response:
    """Somebody does something with a notice as it was shown to him."""
    seen = notice["version"] if version is None else version
    return await service.client.post(
        f"/v1/loss-notices/{notice['id']}/{verb}", headers=headers(service, seen, tenant=tenant)
    )


async def filed(service: Running, wish: dict[str, Any], tenant: str = TENANT) -> dict[str, Any]:
    """A filed notice; gives it as it is shown."""
    answer = await acted(
        service, "submit", await begun(service, wish, tenant=tenant), tenant=tenant
    )
    assert answer.status_code == 200, answer.text
    notice: dict[str, Any] = answer.json()
    return notice


async def read(service: Running, path: str, tenant: str = TENANT) -> httpx.Response:
    """Read something of claims."""
    return await service.client.get(f"/v1{path}", headers=headers(service, tenant=tenant))
