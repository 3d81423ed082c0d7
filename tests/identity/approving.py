"""What two administrators do: one requests, another decides."""

from typing import Any

import httpx
from sqlalchemy import text

from tests.identity import people

ACCOUNT = {
    "bank_code": "0001",
    "branch_code": "001",
    "kind": "ORDINARY",
    "number": "1234567",
    "holder_kana": "モヤイショウジ（カ",
}
NEW_ACCOUNT = {"kind": "BANK_ACCOUNT_CREATE", "account": ACCOUNT}


async def requested(
    office: people.Browser, person: people.Person, wish: dict[str, Any] | None = None
) -> dict[str, Any]:
    """A request for approval, as its requester sees it."""
    await office.signs_in(person)
    answer = await office.proves_and_asks(person, "/v1/approvals", wish or NEW_ACCOUNT)
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


async def decided(
    office: people.Browser,
    person: people.Person,
    made: dict[str, Any],
    verb: str = "approve",
    **changed: Any,
) -> httpx.Response:
    """A decision on a request, from the version it was made in."""
    await office.signs_in(person)
    path = f"/v1/approvals/{made['approval_id']}/{verb}"
    wish = None if verb == "cancel" else {"content_hash": made["content_hash"]} | changed
    return await office.proves_and_asks(person, path, wish, **{"If-Match": f'"{made["version"]}"'})


async def accounts(office: people.Browser) -> list[dict[str, Any]]:
    """The accounts in force, as somebody sees them."""
    answer = await office.ask("GET", "/v1/bank-accounts")
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


async def account(
    office: people.Browser, boss: people.Person, second: people.Person
) -> dict[str, Any]:
    """An account in force, requested and approved long ago."""
    made = await requested(office, boss)
    await decided(office, second, made)
    async with office.service.databases.tenant(boss.tenant) as tx:
        long_ago = text("UPDATE bank_accounts SET in_force_from = now() - interval '9 days'")
        await tx.execute(long_ago)
    [account] = await accounts(office)
    return account
