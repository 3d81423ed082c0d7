"""Requests that come twice, as they do when an answer is lost on its way, or all at once."""

from concurrent.futures import ThreadPoolExecutor
from functools import partial

import httpx
import pytest

from deploy.local.demo.client import Json, fresh_key, granted, until
from deploy.local.demo.erp import Erp
from tests.journeys import given
from tests.kit import then

pytestmark = pytest.mark.xdist_group("platform")


def _sent(erp: Erp, content: bytes, key: str) -> httpx.Response:
    return erp.http.post(
        "/ledger-uploads",
        headers={"Idempotency-Key": key},
        files={"file": (given.FILE_NAME, content, "text/csv")},
        data={"declared_count": "1"},
    )


def test_a_file_sent_twice_is_one_upload(toto: Erp) -> None:
    """Given a file that was sent, when the same request comes again, then its answer does, too."""
    ledger, key = given.ledger(given.policy_number()), fresh_key()
    first = _sent(toto, ledger, key)

    second = _sent(toto, ledger, key)

    assert (first.status_code, second.status_code) == (202, 202)
    assert first.json() == second.json()
    assert second.headers["Idempotency-Replayed"] == "true"
    assert "Idempotency-Replayed" not in first.headers


def test_a_key_stands_for_one_file_only(toto: Erp) -> None:
    """Given a key that was used, when another file comes under it, then it is refused."""
    key = fresh_key()
    _sent(toto, given.ledger(given.policy_number()), key)

    answer = _sent(toto, given.ledger(given.policy_number()), key)

    then.refused(answer, 422, "idempotency-mismatch")


def test_a_ledger_submitted_twice_is_applied_once(toto: Erp) -> None:
    """Given a submitted dry run, when the submit comes again, then it is answered, not done."""
    given.applied(toto, given.policy_number())
    number, key = given.policy_number(), fresh_key()
    tried = toto.hand_in(given.ledger(number), given.FILE_NAME, declared_count="1")
    applied = toto.submit(tried, key)

    answer = toto.ask_to_submit(tried, key)

    assert applied["status"] == "APPLIED"
    assert (answer.status_code, answer.headers["Idempotency-Replayed"]) == (202, "true")
    assert toto.read(f"/ledger-contracts/{number}")["version"] == 1


def test_a_hundred_twins_are_one(toto: Erp) -> None:
    """Given a hundred equal requests at once, when all are answered, then it was done once."""
    before = {it["id"] for it in toto.items("/loss-notices")}
    begin = partial(_begun, toto, fresh_key())

    with ThreadPoolExecutor(100) as twins:
        answers = list(twins.map(lambda _: until(_is_no_conflict, begin), range(100)))

    assert {it.status_code for it in answers} == {201}
    assert len({it.content for it in answers}) == 1
    assert [it.headers.get("Idempotency-Replayed") for it in answers].count(None) == 1
    after = {it["id"] for it in toto.items("/loss-notices")}
    assert after - before == {answers[0].json()["id"]}


def test_of_many_writers_one_is_not_told_to_look_again(toto: Erp) -> None:
    """Given ten who read one draft, when all change it at once, then no change is lost."""
    draft = granted(_begun(toto, fresh_key()))
    wishes = [f"Written by number {number}." for number in range(10)]

    with ThreadPoolExecutor(10) as writers:
        answers = list(writers.map(partial(_described, toto, draft), wishes))

    [won] = [it for it in answers if it.status_code == 200]
    for answer in (it for it in answers if it is not won):
        assert then.refused(answer, 412, "precondition-failed")["current_version"] == 2
    stands = toto.read(f"/loss-notices/{draft['id']}")
    assert (stands["version"], stands["description"]) == (2, won.json()["description"])


def _begun(erp: Erp, key: str) -> httpx.Response:
    wish = {"kind": "PRE_SHIPMENT"}
    return erp.http.post("/loss-notices", json=wish, headers={"Idempotency-Key": key})


def _is_no_conflict(answer: httpx.Response) -> bool:
    return answer.status_code != 409


def _described(erp: Erp, draft: Json, description: str) -> httpx.Response:
    headers = {"If-Match": f'"{draft["version"]}"', "Idempotency-Key": fresh_key()}
    wish = {"description": description}
    return erp.http.patch(f"/loss-notices/{draft['id']}", json=wish, headers=headers)
