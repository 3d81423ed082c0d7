"""Entries of several rows over HTTP: branches and splits by hand, judged as one file of them."""

from typing import Any

import pytest

from tests.kit import then
from tests.kit.running import Running
from tests.ledger import given
from tests.ledger.entering import Desk, application, applied, as_entry, rows_of
from tests.ledger.given import FIXTURES, TOTO

pytestmark = pytest.mark.usefixtures("august_25", "nothing_waits")

ANEW = {"policy_number", "upload_id", "updated_at", "known_from", "known_to", "version"}
NEW_BRANCHES = rows_of((FIXTURES / "new_multibranch" / "submit.cp932.csv").read_bytes())


async def test_a_contract_of_two_branches_is_applied_for_by_hand(ledger: Running) -> None:
    """Given two branches of one contract, when entered together, then both are taken in."""
    desk = Desk(ledger, "061007700")
    entry = as_entry(*NEW_BRANCHES) | {"policy_number": "1530020048126910001"}

    draft = await desk.drafts(**entry)
    answer = await desk.submits(draft)

    assert answer.status_code == 200, answer.text
    assert [it["branch_number"] for it in draft["further_rows"]] == ["01"]
    found = await given.contract_of(ledger, entry["policy_number"], desk.tenant)
    assert [(it["branch_number"], it["upload_row"]) for it in found["branches"]] == [
        ("00", 1),
        ("01", 2),
    ]


async def test_a_split_by_hand_is_the_split_of_a_file(ledger: Running) -> None:
    """Given two like contracts, when one is split by hand and one by file, then they stay alike."""
    mine, theirs = await _in_force(ledger), await _in_force(ledger)
    desk = Desk(ledger)

    by_hand = await desk.submits(await desk.drafts(**_split(mine)))
    by_file = await _sent(ledger, theirs)

    assert by_hand.status_code == 200, by_hand.text
    assert by_file["status"] == "APPLIED", by_file
    assert await _told(ledger, mine) == await _told(ledger, theirs)
    assert [it[:2] for it in await _told(ledger, mine)] == [
        ("00", "00"),
        ("00", "01"),
        ("01", "00"),
    ]


async def test_a_split_that_does_not_add_up_is_refused_with_its_rows(ledger: Running) -> None:
    """Given a split that loses an amount, when submitted, then each row is pointed at, none taken.

    Mended, the whole is taken in.
    """
    number = await _in_force(ledger)
    desk = Desk(ledger)
    draft = await desk.drafts(**_split(number, new_part="90000"))

    refused = await desk.submits(draft)

    items = then.refused(refused, 422, "business-rule-violated", "entry-not-acceptable")["errors"]
    assert {(it["pointer"], it["params"]["rule"]) for it in items} == {
        ("#/pre_shipment_amount", "L116"),
        ("#/further_rows/0/pre_shipment_amount", "L116"),
    }
    assert len(await given.histories_of(ledger, number, TOTO)) == 1
    mended = await desk.changes(draft, further_rows=_split(number)["further_rows"])
    assert (await desk.submits(mended.json())).status_code == 200


async def test_with_one_row_its_companions_fall(ledger: Running) -> None:
    """Given two branches, when one has an unknown buyer, then the other falls with it (L133)."""
    desk = Desk(ledger, "061007700")
    entry = as_entry(*NEW_BRANCHES) | {"policy_number": "1530020048126910002"}
    entry["further_rows"][0]["payer_code"] = "9999999"

    found = await desk.asks(await desk.drafts(**entry))

    errors = [(it["rule"], it["pointer"]) for it in found if it["severity"] == "ERROR"]
    assert ("L042", "#/further_rows/0/payer_code") in errors
    assert ("L133", None) in errors


async def test_a_contract_declared_to_need_evidence_is_refused(ledger: Running) -> None:
    """Given a case that needs evidence, when it is declared, then the entry is not acceptable."""
    desk = Desk(ledger)
    draft = await desk.drafts(**application(evidence_case="E06"))

    refused = await desk.submits(draft)

    [item] = then.refused(refused, 422, "business-rule-violated", "entry-not-acceptable")["errors"]
    assert (item["params"]["rule"], draft["evidence_case"]) == ("L084", "E06")
    mended = (await desk.changes(draft, evidence_case=None)).json()
    assert (await desk.submits(mended)).status_code == 200


async def test_the_rows_of_an_entry_have_a_bound(ledger: Running) -> None:
    """Given more rows than there are branches, when entered, then the list is pointed at."""
    answer = await Desk(ledger).begins(processing="NEW", further_rows=[{}] * 100)

    [item] = then.refused(answer, 422, "validation-failed")["errors"]
    assert (item["code"], item["pointer"]) == ("too-long", "#/further_rows")


async def _in_force(ledger: Running) -> str:
    """A contract of 250,000 has been applied for, made final and invoiced; gives its number."""
    answer = await applied(Desk(ledger), pre_shipment_amount="250000")
    number: str = answer["policy_number"]
    await given.invoiced(ledger, await given.fixed_ledger(ledger, number))
    return number


def _amounts(amount: str) -> dict[str, str]:
    named = ("contract_principal", "pre_shipment_amount", "post_shipment_amount")
    return dict.fromkeys(named, amount)


def _split(number: str, new_part: str = "100000") -> dict[str, Any]:
    """A part of a contract (250,000) goes to another country: what is asked for by hand."""
    common = {
        "applicant_code": TOTO,
        "application_date": "2026-08-25",
        "contract_change_date": "2026-08-20",
        "change_reason": "12",
        "shipment_flag": "MODIFY",
    }
    return {
        "processing": "CHANGE",
        "policy_number": number,
        **common,
        **_amounts("150000"),
        "settlements": [_settled("150000")],
        "further_rows": [
            {
                **common,
                **_amounts(new_part),
                "branch_number": "01",
                "original_branch_number": "00",
                "destination_country": "113",
                "settlements": [_settled(new_part)],
            }
        ],
    }


def _settled(amount: str) -> dict[str, Any]:
    return {"slot": 1, "settlement_flag": "MODIFY", "settlement_principal": amount}


async def _sent(ledger: Running, number: str) -> dict[str, Any]:
    """The same split in a file has been applied; gives its upload."""
    common = {
        "processing_type": "2",
        "branch_office_code": number[:2],
        "agreement_code": number[2:11],
        "fiscal_year": number[11:13],
        "serial_number": number[13:],
        "applicant_code": TOTO,
        "application_date": "260825",
        "contract_change_date": "260820",
        "change_reason": "12",
        "shipment_flag": "2",
        "settlement_flag_1": "2",
    }
    rest = given.change_row(**common, **_amounts("150000"), settlement_principal_1="150000")
    new = {"branch_number": "01", "original_branch_number": "00", "destination_country": "113"}
    part = given.change_row(**common, **_amounts("100000"), settlement_principal_1="100000", **new)
    sent = await given.handed_in(
        ledger,
        rest + part,
        tenant=TOTO,
        file_name="東都機械貿易(260825).csv",
        declared_count="1",
        mode="SUBMIT",
    )
    return await given.worked_off(ledger, sent.json()["id"], TOTO)


async def _told(ledger: Running, number: str) -> list[tuple[Any, ...]]:
    """Every history of a contract, but for what names the one contract and its moment."""
    found = await given.histories_of(ledger, number, TOTO)
    return [tuple(value for name, value in it.items() if name not in ANEW) for it in found]
