"""However a file is cut: parts in any order and several files give what one file gives."""

import json
from collections.abc import Sequence
from typing import Any

import pytest

from services.ledger.domain.layout import NEW_APPLICATIONS
from services.ledger.queries import uploads
from tests.kit.running import Running
from tests.ledger import given, rounds
from tests.ledger.domain import writing
from tests.ledger.domain.given import THAILAND, Application, application
from tests.ledger.rounds import Holder

pytestmark = pytest.mark.usefixtures("august_25")

Row = dict[str, str | None]
LATE: Row = {"contract_date": "260425"}
POLICIES: Sequence[Sequence[Row]] = [
    [{}],
    [LATE],
    [{"payer_code": "9999999"}],
    [{"branch_number": "00"}, {"branch_number": "01", "destination_country": THAILAND}],
    [{"settlement_principal_1": "1"}],
    [LATE | {"branch_number": "00"}, LATE | {"branch_number": "01"}],
    [{"branch_number": "00"}, {"branch_number": "01", "goods_hs_code": "x"}],
    [LATE],
    [{"application_date": "260824"}],
    [{"branch_number": "00"}, {"branch_number": "00"}],
    [{}],
    [{"last_shipment_date": "280101", "due_date_1": "280630"}],
]
"""Policies good and bad, of one row and of several, in time and late."""

_OWN = ("upload_id", "upload_row", "known_from", "updated_at", "version")


def _rows(holder: Holder, policies: Sequence[int]) -> list[Application]:
    """The rows of some policies, as this holder writes them."""
    own = {"agreement_code": holder.agreement_code, "applicant_code": holder.code}
    return [
        application(**own | {"serial_number": f"{number + 1:06d}"} | row)
        for number in policies
        for row in POLICIES[number]
    ]


async def _sent(holder: Holder, policies: Sequence[int], **fields: str) -> dict[str, Any]:
    """A file of some policies has been worked off; gives its upload."""
    answer = await given.handed_in(
        holder.service,
        writing.as_csv(_rows(holder, policies), NEW_APPLICATIONS),
        tenant=holder.code,
        file_name="a.csv",
        **{"declared_count": str(len(policies)), "mode": "SUBMIT"} | fields,
    )
    return await given.worked_off(holder.service, answer.json()["id"], holder.code)


async def _found(holder: Holder, upload: dict[str, Any], policies: Sequence[int]) -> list[Any]:
    """What was found in a file, by policy and whoever it is of."""
    serials = [row["serial_number"] for row in _rows(holder, policies)]
    found = await given.findings(holder.service, upload["id"], holder.code)
    return [
        (serials[it["row"] - 1], _anybodys(holder, {**it, "row": None}))
        for it in found
        if it["row"] is not None
    ]


async def _contracts(holder: Holder) -> list[Any]:
    """Every contract of a holder with its branches, whoever it is of."""
    listed = await holder.reads("ledger-contracts", limit=100, sort="policy_number")
    read = [await holder.reads(f"ledger-contracts/{it['policy_number']}") for it in listed["items"]]
    return [_anybodys(holder, _without_own(it)) for it in read]


def _without_own(told: dict[str, Any]) -> dict[str, Any]:
    branches = [_without_own(it) for it in told.get("branches", ())]
    return {name: it for name, it in told.items() if name not in _OWN} | {"branches": branches}


def _anybodys(holder: Holder, told: Any) -> str:
    text_of = json.dumps(told, sort_keys=True, ensure_ascii=False)
    return text_of.replace(holder.agreement_code, "AGREEMENT").replace(holder.code, "HOLDER")


def _take_in(monkeypatch: pytest.MonkeyPatch, order: str) -> None:
    """Have work be taken in another order than it was asked for."""
    name = "_NEXT"
    asked: Any = getattr(uploads, name)
    turned = asked.sql.replace("ORDER BY position", f"ORDER BY {order}")
    monkeypatch.setattr(asked, "sql", turned)


EVERY = range(len(POLICIES))


@pytest.mark.parametrize("order", ["position DESC", "md5(position::text)"])
async def test_parts_may_be_taken_in_any_order(
    ledger: Running, monkeypatch: pytest.MonkeyPatch, order: str
) -> None:
    """Given a file in many parts, when they are taken in another order, then all is the same."""
    monkeypatch.setattr("services.ledger.actions.parts.ROWS_IN_A_PART", 1)
    one, other = await rounds.holder(ledger), await rounds.holder(ledger)
    plain = await _sent(one, EVERY)
    _take_in(monkeypatch, order)

    upload = await _sent(other, EVERY)

    assert upload["progress"]["total"] > 3
    counts = ("accepted_count", "rejected_count", "error_count", "warning_count")
    assert [upload[name] for name in counts] == [plain[name] for name in counts]
    assert await _found(other, upload, EVERY) == await _found(one, plain, EVERY)
    assert await _contracts(other) == await _contracts(one)


async def test_several_files_give_what_one_gives(ledger: Running) -> None:
    """Given policies in one file and in four, when all are taken in, then contracts are equal."""
    one, other = await rounds.holder(ledger), await rounds.holder(ledger)
    found = await _found(one, await _sent(one, EVERY), EVERY)

    of_parts: list[Any] = []
    for begin in range(0, len(POLICIES), 3):
        some = EVERY[begin : begin + 3]
        of_parts += await _found(other, await _sent(other, some), some)

    assert of_parts == found
    assert await _contracts(other) == await _contracts(one)


async def test_what_a_dry_run_says_is_what_a_submission_does(ledger: Running) -> None:
    """Given one file, when it is tried and then sent, then findings and contracts are as said."""
    holder = await rounds.holder(ledger)
    tried = await _sent(holder, EVERY, mode="DRY_RUN")
    said = await _found(holder, tried, EVERY)
    assert await _contracts(holder) == []

    done = await _sent(holder, EVERY)

    assert done["accepted_count"] == tried["accepted_count"] == len(await _contracts(holder))
    assert await _found(holder, done, EVERY) == said
