"""Ledger files over HTTP: handed in, judged, submitted, answered for."""

import json
from typing import Any

import pytest

from tests.kit import then
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


async def test_the_same_request_sent_again_gets_the_same_answer(ledger: Running) -> None:
    """Given an upload whose answer was lost, when it is sent again, then nothing is doubled."""
    headers = ledger.caller("ledger-uploads:write", tenant=TOTO) | {"Idempotency-Key": "once"}
    sent: dict[str, Any] = {
        "headers": headers,
        "files": {"file": ("a.csv", b"1,2,3\r\n", "text/csv")},
        "data": {"declared_count": "1"},
    }

    first = await ledger.client.post("/v1/ledger-uploads", **sent)
    again = await ledger.client.post("/v1/ledger-uploads", **sent)
    other = await ledger.client.post(
        "/v1/ledger-uploads", **(sent | {"data": {"declared_count": "2"}})
    )

    assert first.status_code == 202
    assert (again.json(), again.headers["idempotency-replayed"]) == (first.json(), "true")
    then.refused(other, 422, "idempotency-mismatch")


async def test_an_upload_without_a_key_is_refused_before_its_file_is_kept(ledger: Running) -> None:
    """Given no Idempotency-Key, when a file is sent, then 400 asks for one."""
    answer = await ledger.client.post(
        "/v1/ledger-uploads",
        headers=ledger.caller("ledger-uploads:write", tenant=TOTO),
        files={"file": ("a.csv", b"1,2,3\r\n", "text/csv")},
    )

    then.refused(answer, 400, "idempotency-key-required")


async def test_a_program_is_no_ledger(ledger: Running) -> None:
    """Given a program named as a CSV, when it is sent, then it is refused at once."""
    answer = await given.handed_in(ledger, b"MZ\x90\x00", tenant=TOTO, file_name="a.csv")

    then.refused(answer, 422, "file-rejected", "file-kind-refused")


@pytest.mark.usefixtures("august_25")
async def test_all_or_nothing_applies_nothing_beside_an_error(ledger: Running) -> None:
    """Given some bad rows, when all or nothing is asked, then no policy is taken in."""
    upload = await given.fixture_handed_in(
        ledger, "errors1", mode="SUBMIT", acceptance="ALL_OR_NOTHING"
    )

    assert upload["status"] == "INVALID"
    listed = await ledger.client.get(
        "/v1/ledger-contracts",
        params={"upload_id": upload["id"]},
        headers=ledger.caller("ledger-contracts:read", tenant=TOTO),
    )
    assert listed.json()["items"] == []


async def test_a_file_is_taken_back_before_it_is_applied(ledger: Running) -> None:
    """Given a file nobody has looked at, when it is cancelled, then no work is left."""
    sent = await given.handed_in(ledger, b"1,2,3\r\n", tenant=TOTO, file_name="a.csv")
    headers = ledger.caller("ledger-uploads:write", tenant=TOTO)
    headers |= {"If-Match": sent.headers["etag"], "Idempotency-Key": "back"}
    path = f"/v1/ledger-uploads/{sent.json()['id']}/cancel"

    answer = await ledger.client.post(path, headers=headers)
    again = await ledger.client.post(path, headers=headers | {"Idempotency-Key": "back-again"})

    assert (answer.status_code, answer.json()["status"]) == (200, "CANCELLED")
    assert answer.json()["allowed_actions"] == []
    then.refused(again, 412, "precondition-failed")


async def test_another_policyholders_upload_is_not_found(ledger: Running) -> None:
    """Given an upload, when another policyholder reads or cancels it, then it is not there."""
    sent = await given.handed_in(ledger, b"1,2,3\r\n", tenant=TOTO, file_name="a.csv")
    path = f"/v1/ledger-uploads/{sent.json()['id']}"
    stranger = ledger.caller("ledger-uploads:read", "ledger-uploads:write", tenant="061007700")

    read = await ledger.client.get(path, headers=stranger)
    found = await ledger.client.get(path + "/findings", headers=stranger)
    cancelled = await ledger.client.post(
        path + "/cancel", headers=stranger | {"If-Match": '"1"', "Idempotency-Key": "x"}
    )

    for answer in (read, found, cancelled):
        then.refused(answer, 404, "not-found", "upload-not-found")


@pytest.mark.usefixtures("august_25")
@pytest.mark.parametrize(
    "told",
    [it for it in json.loads((given.FIXTURES / "file_level" / "cases.json").read_text())
     if it["channel"] == "web"],
    ids=lambda told: told["id"],
)  # fmt: skip
async def test_a_file_as_a_whole_is_judged(ledger: Running, told: dict[str, Any]) -> None:
    """Given a submission of the fixtures, when it is judged, then its rules are as expected."""
    tenant = told.get("submitter_shipper_code", TOTO)
    count = told["declared_count"]
    sent = await given.handed_in(
        ledger,
        (given.FIXTURES / told["file"]).read_bytes(),
        tenant=tenant,
        file_name=told["submitted_file_name"],
        layout={"new": "2103", "change": "2110"}[told["declared_kind"]],
        **({} if count is None else {"declared_count": str(count)}),
    )
    upload = await given.worked_off(ledger, sent.json()["id"], tenant)

    found = await given.findings(ledger, upload["id"], tenant)
    of_the_file = {it["rule"] for it in found if it["row"] is None or upload["row_count"] == 0}
    # The fixtures' contracts are in force by now: a good file may find its numbers used.
    refused = any(it["severity"] == "ERROR" for it in found if it["rule"] != "L034")
    assert refused is not told["expected"]["file_accepted"], found
    assert set(told["expected"]["rules"]) <= {it["rule"] for it in found}
    assert of_the_file - {"L015"} <= {*told["expected"]["rules"]}, found
