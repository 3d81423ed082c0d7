"""Code tables count from their first day: what is published for tomorrow changes nothing today."""

from datetime import date

import pytest

from services.ledger import consumers
from services.ledger.domain.states import NO_STATES
from services.ledger.queries.register import register_of
from tests.kit.running import Running
from tests.kit.stand_in_identity import TENANT

_VERSIONS = {1: "2020-01-01", 2: "2030-04-01", 3: "2030-04-01"}
"""The third corrects the second before it has ever counted."""


def _told(version: int) -> consumers.CodeTableState:
    return consumers.CodeTableState(
        name="test_terms",
        version=version,
        valid_from=date.fromisoformat(_VERSIONS[version]),
        rows=[{"code": str(version), "attributes": {}}],
    )


@pytest.mark.parametrize(
    ("on", "codes"), [("2019-12-31", None), ("2030-03-31", ["1"]), ("2030-04-01", ["3"])]
)
async def test_a_version_counts_from_its_first_day(
    ledger: Running, on: str, codes: list[str] | None
) -> None:
    """Given three versions, heard in any order, when a file comes in, then its day's one counts."""
    async with ledger.databases.platform() as tx:
        for version in (2, 3, 1, 2):
            await consumers.copy_code_table(tx, _told(version))

    async with ledger.databases.tenant(TENANT) as tx:
        register = await register_of(tx, NO_STATES, date.fromisoformat(on))

    table = register.tables.get("test_terms")
    assert (list(table.codes()) if table else None) == codes
