"""Ledgers with errors, answered through the gateway in the words of two languages."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy.local import Stack
from deploy.local.demo.client import fresh_key, until
from deploy.local.demo.erp import Erp
from deploy.local.demo.material import BAD_DATES_AND_AMOUNTS, expected
from tests.journeys import given

pytestmark = pytest.mark.xdist_group("platform")


def test_every_error_is_told_with_its_place_in_both_languages(toto: Erp) -> None:
    """Given five bad contracts of six, when findings are read, then each has place and words."""
    given.applied(toto, given.policy_number())
    ledger = BAD_DATES_AND_AMOUNTS
    upload = toto.hand_in(ledger.content, ledger.file_name, declared_count="6", mode="DRY_RUN")

    found = toto.findings(upload)

    assert (upload["status"], upload["accepted_count"], upload["rejected_count"]) == ("READY", 1, 5)
    places = [[it["rule"], it["row"], it["column"], it["item_nos"]] for it in found]
    assert places == expected()["errors"]["bad dates and amounts"]
    assert all(it["detail"] != it["detail_en"] and it["detail"] for it in found)


def test_findings_speak_the_language_that_is_asked_for(toto: Erp) -> None:
    """Given a ledger with a wrong count, when English is accepted, then the detail is English."""
    ledger = given.ledger(given.policy_number())
    upload = toto.hand_in(ledger, given.FILE_NAME, declared_count="2", mode="DRY_RUN")

    path = f"/ledger-uploads/{upload['id']}/findings"
    answer = toto.http.get(path, headers={"Accept-Language": "en"})

    assert upload["status"] == "INVALID"
    [finding] = answer.json()["items"]
    assert finding["rule"] == "L013"
    assert finding["detail"] == finding["detail_en"]
    assert answer.headers["Content-Language"] == "en"


def test_a_used_policy_number_is_refused(toto: Erp) -> None:
    """Given an applied contract, when its number comes again, then rule L034 refuses the row."""
    number = given.policy_number()
    given.applied(toto, number)

    again = toto.hand_in(given.ledger(number), given.FILE_NAME, declared_count="1")

    errors = [it["rule"] for it in toto.findings(again) if it["severity"] == "ERROR"]
    assert (again["status"], errors) == ("INVALID", ["L034"])


class HungUp(Exception):
    """The sender goes away."""


def test_a_connection_that_drops_leaves_nothing(stack: Stack, toto: Erp) -> None:
    """Given a ledger half sent, when its sender hangs up, then no upload and no file is there."""
    uploads, files = toto.items("/ledger-uploads", limit=100), _files(stack)
    kind = {"Content-Type": "multipart/form-data; boundary=xx", "Idempotency-Key": fresh_key()}

    with pytest.raises(HungUp):
        toto.http.post("/ledger-uploads", content=_half_a_ledger(), headers=kind)

    left = until(lambda found: found <= files, lambda: _files(stack))
    assert left <= files
    known = {it["id"] for it in uploads}
    assert {it["id"] for it in toto.items("/ledger-uploads", limit=100)} == known


def _half_a_ledger() -> Iterator[bytes]:
    yield b'--xx\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\n'
    for _ in range(50):
        yield given.ledger(given.policy_number()) * 1_000
    raise HungUp


def _files(stack: Stack) -> set[Path]:
    """What lies in the store."""
    return {path for path in (stack.folder / "files").rglob("*") if path.is_file()}
