"""The cycle as stories tell it: holders with agreements of their own, and what they go through."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from itertools import count
from typing import Any
from uuid import uuid4

import httpx

from services.ledger import consumers
from services.ledger.domain.layout import CHANGES, NEW_APPLICATIONS, Layout
from tests.kit.running import Running
from tests.ledger import given
from tests.ledger.domain import writing
from tests.ledger.domain.given import Application, application

_numbers = count(700_000_001)

MoveClock = Callable[[str], None]
READ = ("check-ledgers:read", "fixed-ledgers:read", "ledger-contracts:read")
STAFF = ("ops:check-ledgers:write", "ops:fixed-ledgers:write", "ops:ledger-contracts:write")
REASON = {"reason_ja": "船積日をご確認ください。", "reason_en": "Please check the shipment date."}


@dataclass
class Holder:
    """A policyholder whom no other story knows, with one special agreement."""

    service: Running
    code: str
    agreement_code: str
    office: str
    serials: Any = field(default_factory=lambda: count(1))

    async def applies(self, how_many: int = 1, **items: str | None) -> list[str]:
        """Contracts are applied for in one file, and taken in; gives their policy numbers."""
        upload, numbers = await self.sends(*({} for _ in range(how_many)), **items)
        assert upload["accepted_count"] == how_many, upload
        return numbers

    async def sends(
        self, *rows: Mapping[str, str | None], **items: str | None
    ) -> tuple[dict[str, Any], list[str]]:
        """A file with these rows is submitted and worked off; gives upload and policy numbers."""
        return await self.sends_saying({}, *rows, **items)

    async def sends_saying(
        self, said: Mapping[str, str], *rows: Mapping[str, str | None], **items: str | None
    ) -> tuple[dict[str, Any], list[str]]:
        """The same, with something else than usual said beside the file."""
        own: dict[str, str | None] = {
            "branch_office_code": self.office,
            "agreement_code": self.agreement_code,
            "applicant_code": self.code,
        }
        written = [
            application(**own | {"serial_number": f"{next(self.serials):06}"} | items | dict(row))
            for row in rows
        ]
        numbers = [f"{self.office}{self.agreement_code}26{it['serial_number']}" for it in written]
        return await self._submits(written, NEW_APPLICATIONS, **said), numbers

    async def asks(self, policy_number: str, request: Application) -> dict[str, Any]:
        """A change, correction or cancellation of one policy is asked for; gives its upload."""
        named: Application = {
            "branch_office_code": self.office,
            "agreement_code": self.agreement_code,
            "applicant_code": self.code,
            "serial_number": policy_number[-6:],
        }
        return await self._submits([request | named], CHANGES)

    async def _submits(
        self, rows: Sequence[Application], layout: Layout, **said: str
    ) -> dict[str, Any]:
        count = str(len({row["serial_number"] for row in rows}))
        sent = await given.handed_in(
            self.service,
            writing.as_csv(rows, layout),
            tenant=self.code,
            file_name="a.csv",
            **{"declared_count": count, "mode": "SUBMIT"} | said,
        )
        return await given.worked_off(self.service, sent.json()["id"], self.code)

    async def submits(self, tried: dict[str, Any]) -> dict[str, Any]:
        """A file on trial is submitted and worked off; gives its upload."""
        headers = self.service.caller("ledger-uploads:write", tenant=self.code)
        headers |= {"If-Match": f'"{tried["version"]}"', "Idempotency-Key": uuid4().hex}
        path = f"/v1/ledger-uploads/{tried['id']}/submit"
        answer = await self.service.client.post(path, headers=headers)
        assert answer.status_code == 202, answer.text
        return await given.worked_off(self.service, tried["id"], self.code)

    async def reads(self, path: str, **params: Any) -> Any:
        """The holder reads something that is there."""
        answer = await self.gets(path, **params)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def gets(self, path: str, **params: Any) -> httpx.Response:
        """The holder asks for something."""
        headers = self.service.caller(*READ, tenant=self.code)
        return await self.service.client.get(f"/v1/{path}", params=params, headers=headers)

    async def confirms(self, ledger: dict[str, Any], **headers: str) -> httpx.Response:
        """The holder confirms a check ledger as it saw it."""
        own = self.service.caller("check-ledgers:write", tenant=self.code)
        seen = {"If-Match": f'"{ledger["version"]}"', "Idempotency-Key": uuid4().hex}
        path = f"/v1/check-ledgers/{ledger['id']}/confirm"
        return await self.service.client.post(path, headers=own | seen | headers)

    async def staff(self, path: str, **body: str) -> httpx.Response:
        """Staff act on this holder's behalf."""
        headers = self.service.staff(*STAFF) | {"Idempotency-Key": uuid4().hex}
        named = {"policyholder_code": self.code} | body
        return await self.service.client.post(f"/ops/v1/{path}", json=named, headers=headers)

    async def is_shown(self) -> dict[str, Any]:
        """Staff publish a check ledger; gives it."""
        answer = await self.staff("check-ledgers", agreement_code=self.agreement_code)
        assert answer.status_code == 201, answer.text
        ledger: dict[str, Any] = answer.json()
        return ledger

    async def is_closed(self, month: str) -> dict[str, Any]:
        """Staff publish a month's fixed ledger; gives it."""
        answer = await self.staff("fixed-ledgers", agreement_code=self.agreement_code, month=month)
        assert answer.status_code == 201, answer.text
        ledger: dict[str, Any] = answer.json()
        return ledger

    async def lines(self, ledger: dict[str, Any], **params: Any) -> list[dict[str, Any]]:
        """What a check ledger shows its holder."""
        found: list[dict[str, Any]] = (
            await self.reads(f"check-ledgers/{ledger['id']}/lines", **params)
        )["items"]
        return found

    async def status(self, policy_number: str) -> str:
        """What became of a contract."""
        contract = await self.reads(f"ledger-contracts/{policy_number}")
        return str(contract["status"])


async def holder(service: Running, office: str = "10") -> Holder:
    """A new holder is registered, and its agreement entered."""
    number = next(_numbers)
    found = Holder(service, str(number), str(number + 100_000_000), office)
    async with service.databases.platform() as tx:
        known = {"policyholder_code": found.code, "name_ja": "舫商事", "active": True}
        await consumers.copy_policyholder(tx, consumers.PolicyholderState(**known))
        agreement = consumers.AgreementState(
            agreement_code=found.agreement_code,
            branch_office_code=office,
            policyholder_code=found.code,
            holder_name_ja="舫商事株式会社",
            holder_short_name_ja="舫商事",
            valid_from=date(2020, 4, 1),
            valid_to=date(2030, 3, 31),
            significant_delay_count=0,
            minimum_increase_amount=Decimal(10_000_000),
        )
        await consumers.copy_agreement(tx, agreement)
    return found
