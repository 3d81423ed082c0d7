"""Rows entered by hand: how a holder does it, and how a row of a file reads as JSON."""

import csv
import io
from dataclasses import dataclass
from itertools import count
from typing import Any
from uuid import uuid4

import httpx

from services.ledger.domain.layout import Column, Kind, by_columns
from tests.kit.running import Running
from tests.ledger.given import FIXTURES, TOTO

PATH = "/v1/ledger-entries"
_PROCESSINGS = {"2": "CHANGE", "3": "CORRECT_ISSUED", "4": "CORRECT", "5": "CANCEL"}
_serials = count(910_001)
_BLOCK_FLAGS = {"1": "DELETE", "2": "MODIFY", "3": "ADD"}


@dataclass(frozen=True, slots=True)
class Desk:
    """Where somebody of a holder enters rows."""

    ledger: Running
    tenant: str = TOTO

    async def begins(self, **content: Any) -> httpx.Response:
        """Begin an entry."""
        return await self.ledger.client.post(PATH, json=content, headers=self.headers())

    async def drafts(self, **content: Any) -> dict[str, Any]:
        """Begin an entry that is a good draft; gives it."""
        answer = await self.begins(**content)
        assert answer.status_code == 201, answer.text
        draft: dict[str, Any] = answer.json()
        return draft

    async def changes(self, draft: dict[str, Any], **content: Any) -> httpx.Response:
        """Change an entry as it was seen."""
        kind = {"Content-Type": "application/merge-patch+json"}
        return await self.ledger.client.patch(
            f"{PATH}/{draft['id']}", json=content, headers=self.headers(draft) | kind
        )

    async def asks(self, draft: dict[str, Any], language: str = "ja") -> list[dict[str, Any]]:
        """Have an entry judged without submitting it; gives what was found."""
        answer = await self.ledger.client.post(
            f"{PATH}/{draft['id']}/assess",
            headers=self.headers() | {"Accept-Language": language},
        )
        assert answer.status_code == 200, answer.text
        found: list[dict[str, Any]] = answer.json()["findings"]
        assert answer.json()["acceptable"] is not any(it["severity"] == "ERROR" for it in found)
        return found

    async def submits(self, draft: dict[str, Any], key: str | None = None) -> httpx.Response:
        """Submit an entry as it was seen."""
        return await self.ledger.client.post(
            f"{PATH}/{draft['id']}/submit", headers=self.headers(draft, key)
        )

    async def reads(self, entry_id: str) -> httpx.Response:
        """Read an entry."""
        return await self.ledger.client.get(f"{PATH}/{entry_id}", headers=self.headers())

    def headers(self, seen: dict[str, Any] | None = None, key: str | None = None) -> dict[str, str]:
        """Say who asks, and what was seen."""
        scopes = ("ledger-entries:read", "ledger-entries:write")
        headers = self.ledger.caller(*scopes, tenant=self.tenant)
        headers["Idempotency-Key"] = key or uuid4().hex
        return headers | ({"If-Match": f'"{seen["version"]}"'} if seen else {})


def rows_of(content: bytes) -> list[list[str]]:
    """Read the rows of a file in CP932."""
    return list(csv.reader(io.StringIO(content.decode("cp932"), newline="")))


def as_entry(cells: list[str], *further: list[str]) -> dict[str, Any]:
    """Write the rows of one policy in a file as an entry."""
    own = _as_row(cells)
    if not further:
        return own
    of_all = ("processing", "policy_number")
    others = [
        {name: value for name, value in _as_row(it).items() if name not in of_all} for it in further
    ]
    return own | {"further_rows": others}


def _as_row(cells: list[str]) -> dict[str, Any]:
    layout = by_columns(len(cells))
    assert layout is not None
    row = dict(zip(layout.columns, cells, strict=True))
    names = ("branch_office_code", "agreement_code", "fiscal_year", "serial_number")
    entry: dict[str, Any] = {
        "processing": "NEW",
        "policy_number": "".join(cell for column, cell in row.items() if column.field in names),
    }
    settlements: dict[int, dict[str, Any]] = {}
    for column, cell in row.items():
        if column.field == "processing_type":
            entry["processing"] = _PROCESSINGS[cell]
        elif column.field not in names and cell:
            members = (
                entry
                if column.slot is None
                else settlements.setdefault(column.slot, {"slot": column.slot})
            )
            if cell == "-":
                members.setdefault("clear", []).append(column.field)
            else:
                members[column.field] = _value(column, cell)
    return entry | {"settlements": list(settlements.values())}


def _value(column: Column, cell: str) -> object:
    match column.kind:
        case Kind.DATE:
            return f"{'20' if cell < '70' else '19'}{cell[:2]}-{cell[2:4]}-{cell[4:]}"
        case Kind.FLAG:
            return True
        case Kind.BLOCK_FLAG:
            return _BLOCK_FLAGS[cell]
        case _:
            return cell


GOOD = as_entry(rows_of((FIXTURES / "new_valid" / "submit.cp932.csv").read_bytes())[0])
"""A good application."""


def application(**changes: Any) -> dict[str, Any]:
    """A good application under a number nobody has."""
    number = {"policy_number": f"1020010035726{next(_serials):06}"}
    return {**GOOD, **number, **changes}


async def applied(desk: Desk, **changes: Any) -> dict[str, Any]:
    """A good application has been submitted; gives the entry."""
    answer = await desk.submits(await desk.drafts(**application(**changes)))
    assert answer.status_code == 200, answer.text
    entry: dict[str, Any] = answer.json()
    return entry
