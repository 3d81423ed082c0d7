"""The demo's own conduct: what it plays with, when it is content, how it gets in."""

import json
from pathlib import Path

import httpx
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from deploy.local.demo import material
from deploy.local.demo.client import PrivateKeyJwt, Refused, granted
from deploy.local.demo.story import Check, Story

LEDGERS = Path(__file__).parents[1] / "fixtures" / "ledger"

HOLDS = Check("a step", "what holds", expected=1, got=1)
FAILS = Check("a step", "what does not", expected=1, got=2)


@pytest.mark.parametrize(
    ("ledger", "fixture"),
    [
        (material.THREE_CONTRACTS, "new_valid/submit.cp932.csv"),
        (material.TWO_BRANCHES, "new_multibranch/submit.cp932.csv"),
        (material.FIVE_SETTLEMENTS, "new_extended5/submit.fd"),
        (material.WRONG_WIDTH, "file_level/dropped_column.csv"),
    ],
)
def test_the_demo_plays_with_the_examples(ledger: material.Ledger, fixture: str) -> None:
    """Given the examples of the rules, when the demo reads its files, then they are those."""
    assert ledger.content == (LEDGERS / fixture).read_bytes()


def test_the_broken_ledger_is_made_of_broken_examples() -> None:
    """Given the example of many errors, when the broken ledger is read, then its rows are there."""
    rows = material.BAD_DATES_AND_AMOUNTS.content.splitlines()

    examples = (LEDGERS / "errors1" / "submit.cp932.csv").read_bytes().splitlines()

    assert set(rows) <= set(examples)


@pytest.mark.parametrize(
    ("ended", "checks", "is_good"),
    [(True, [HOLDS], True), (True, [HOLDS, FAILS], False), (False, [HOLDS], False)],
)
def test_a_story_is_good_when_it_ended_and_all_was_as_expected(
    tmp_path: Path, *, ended: bool, checks: list[Check], is_good: bool
) -> None:
    """Given a story, when it broke off or a check fails, then it is not good, and says so."""
    story = Story(ended=ended, checks=checks)

    story.write(tmp_path / "report.json")

    assert story.is_good is is_good
    report = json.loads((tmp_path / "report.json").read_text())
    assert report["good"] is is_good
    assert [check["holds"] for check in report["checks"]] == [check.holds for check in checks]


def test_one_token_serves_many_requests(tmp_path: Path) -> None:
    """Given a token for five minutes, when two requests are sent, then it was asked for once."""
    asked: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request.url.path)
        if request.url.path == "/v1/oauth2/token":
            return httpx.Response(200, json={"access_token": "good", "expires_in": 300})
        return httpx.Response(200, json={"seen": request.headers["Authorization"]})

    auth = PrivateKeyJwt("http://gateway", "client_1", _key(tmp_path))
    with httpx.Client(transport=httpx.MockTransport(answer), auth=auth) as client:
        answers = [granted(client.get("http://gateway/v1/buyers")) for _ in range(2)]

    assert asked == ["/v1/oauth2/token", "/v1/buyers", "/v1/buyers"]
    assert answers == [{"seen": "Bearer good"}] * 2


def test_a_refusal_is_told_with_what_was_asked() -> None:
    """Given an answer that says no, when a yes was expected, then the refusal names both."""
    answer = httpx.Response(409, text="no", request=httpx.Request("PUT", "http://gateway/v1/x"))

    with pytest.raises(Refused, match="PUT /v1/x was answered 409: no"):
        granted(answer)


def _key(folder: Path) -> Path:
    key = ec.generate_private_key(ec.SECP256R1())
    path = folder / "client.pem"
    path.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return path
