"""Requests that come twice, as they do when an answer is lost on its way."""

import httpx
import pytest

from deploy.local.demo.client import fresh_key
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
