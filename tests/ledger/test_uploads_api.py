"""Ledger files over HTTP: handed in, judged, submitted, answered for."""

import json
from typing import Any

import pytest

from tests.kit.running import Running
from tests.ledger import given

TOTO = "045012300"


def expected(name: str, file: str = "expected.json") -> dict[str, Any]:
    """A fixture's expected result."""
    found: dict[str, Any] = json.loads((given.FIXTURES / name / file).read_text())
    return found


def rejects(found: list[dict[str, Any]]) -> set[tuple[int, str]]:
    """The refusals among findings, as (row, rule)."""
    return {(it["row"], it["rule"]) for it in found if it["severity"] == "ERROR"}


@pytest.mark.usefixtures("august_25")
async def test_a_dry_run_applies_nothing(ledger: Running) -> None:
    """Given a good file, when it is tried, then it is ready and no contract exists."""
    upload = await given.fixture_handed_in(ledger, "new_valid")

    assert (upload["status"], upload["error_count"]) == ("READY", 0), upload
    contract = await ledger.client.get(
        "/v1/ledger-contracts/1020010035726000001",
        headers=ledger.caller("ledger-contracts:read", tenant=TOTO),
    )
    assert contract.status_code == 404


@pytest.mark.usefixtures("august_25")
async def test_many_errors_are_found_each_in_its_place(ledger: Running) -> None:
    """Given a file with 18 kinds of errors, when it is tried, then each is found in its row."""
    upload = await given.fixture_handed_in(ledger, "errors1")

    found = await given.findings(ledger, upload["id"], TOTO)
    told = expected("errors1", "expected_errors.json")
    assert rejects(found) == {(it["row"], it["rule_id"]) for it in told["record_errors"]}
    warnings = {(it["row"], it["rule_id"]) for it in told["record_warnings"]}
    assert warnings <= {(it["row"], it["rule"]) for it in found if it["severity"] == "WARNING"}
    assert all(it["detail"] and it["detail_en"] and it["column"] for it in found)


def _values(history: dict[str, Any]) -> dict[str, Any]:
    """A contract's state in the fixtures' words: blanks left out, flags as 1, amounts as text."""
    plain = {
        name: value
        for name, value in history.items()
        if value not in (None, False) and name != "settlements"
    }
    flags = {name: "1" for name, value in plain.items() if value is True}
    settlements = [
        {name: value for name, value in settlement.items() if value is not None}
        for settlement in history["settlements"]
    ]
    return plain | flags | {"settlements": settlements}


@pytest.mark.usefixtures("august_25")
@pytest.mark.parametrize(
    ("name", "form"),
    [
        ("new_multibranch", "submit.cp932.csv"),
        ("new_extended5", "submit.fd"),
        ("new_valid", "submit.cp932.csv"),
    ],
)
async def test_a_submitted_file_becomes_contracts(ledger: Running, name: str, form: str) -> None:
    """Given a good file, when it is submitted, then each contract is as the fixture tells."""
    tenant = given.case(name)["submitter_shipper_code"]

    upload = await given.fixture_handed_in(ledger, name, form, mode="SUBMIT")

    assert upload["status"] == "APPLIED", upload
    headers = ledger.caller("ledger-contracts:read", tenant=tenant)
    for told in expected(name)["state_after"]:
        number = told["policy_number"].replace("-", "")
        answer = await ledger.client.get(f"/v1/ledger-contracts/{number}", headers=headers)
        contract = answer.json()
        assert contract["status"] == "APPLIED"
        branches = {branch["branch_number"]: branch for branch in contract["branches"]}
        for branch in told["branches"]:
            found = _values(branches[branch["branch_number"]])
            for item, value in branch["histories"][0]["values"].items():
                assert found[item] == value, item
        for currency, totals in told["totals_by_currency"].items():
            found_totals = {it["currency_code"]: it for it in contract["totals"]}
            assert found_totals[currency] == {"currency_code": currency} | totals


@pytest.mark.usefixtures("august_25")
async def test_a_dry_run_is_submitted_without_sending_it_again(ledger: Running) -> None:
    """Given a dry run of some good and some bad rows, when submitted, then the good apply."""
    upload = await given.fixture_handed_in(ledger, "errors1")
    headers = ledger.caller("ledger-uploads:write", "ledger-uploads:read", tenant=TOTO)
    headers |= {"If-Match": f'"{upload["version"]}"', "Idempotency-Key": "submit-errors1"}

    answer = await ledger.client.post(f"/v1/ledger-uploads/{upload['id']}/submit", headers=headers)
    applied = await given.worked_off(ledger, upload["id"], TOTO)

    assert answer.status_code == 202, answer.text
    assert (applied["status"], applied["accepted_count"]) == ("APPLIED", 4)
    assert applied["dry_run"]["accepted_count"] == 4
