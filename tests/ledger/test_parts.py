"""Parts of a file: whichever way it is cut, a policy lies where it is looked for."""

import obstore
import pytest
from obstore.store import MemoryStore

from services.ledger.actions import parts
from services.ledger.domain.blocks import Charset
from services.ledger.domain.reading import Form, Reading
from tests.ledger.hostile import rows

_KEY = "a-file"


@pytest.mark.parametrize("size_bytes", [1, 8_000_000, 256_000_000])
def test_a_policy_lies_in_the_part_that_is_named_for_it(size_bytes: int) -> None:
    """Given a file cut into one, a few or many parts, when policies are sought, each is found."""
    store, reading = MemoryStore(), Reading(Form.CSV, Charset.CP932)
    obstore.put(store, _KEY, rows(60))

    cut = parts.cut(store, _KEY, reading, size_bytes)

    for serial in range(1, 61):
        number = f"1020010035726{serial:06}"
        part = parts.part_of(number, cut.into)
        found = {it for it in cut.rows_by_part if parts.holds(store, _KEY, it, number)}
        assert found == {part}
    assert not parts.holds(store, _KEY, 1_000_000, number)
