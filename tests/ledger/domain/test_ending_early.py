"""Uploads that end before all is judged: whatever the reason, both languages have words for it."""

import re

import pytest

from services.ledger.domain import shipped
from services.ledger.domain.ending_early import Words, words_for
from tests.house.sources import sources


def test_every_reason_in_the_code_has_words() -> None:
    """Given every reason the service writes down, when it is told, then two languages have it."""
    code = "".join(source.text for source in sources("services/ledger/actions"))
    written = set(re.findall(r'upload\.reason = "([a-z-]+)"(?: if .* else "([a-z-]+)")?', code))
    reasons = {reason for found in written for reason in found if reason}

    assert reasons == {row["reason"] for row in shipped.rows("upload_reasons")}


@pytest.mark.parametrize("reason", [row["reason"] for row in shipped.rows("upload_reasons")])
def test_words_are_whole_sentences(reason: str) -> None:
    """Given a reason, when it is told, then each language ends its sentence."""
    words = words_for(reason)

    assert (words.ja or "").endswith("。")
    assert (words.en or "").endswith(".")


def test_an_upload_that_did_not_end_early_says_nothing() -> None:
    """Given no reason, when it is asked for, then there are no words."""
    assert words_for(None) == Words()
