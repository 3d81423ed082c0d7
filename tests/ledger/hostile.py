"""Ledger files made to break something, and how the ledger answers them."""

from typing import Any

import obstore

from tests.kit.running import Running
from tests.ledger import given

TOTO = "045012300"
NAME = "東都機械貿易(260825).csv"
UPLOADS = "/v1/ledger-uploads"

GOOD = (given.FIXTURES / "new_valid" / "submit.cp932.csv").read_bytes()
# Of a policy that nobody applies for, whatever else is handed in.
ROW = GOOD.partition(b"\r\n")[0].replace(b"000001", b"999001", 1)
CELLS = ROW.split(b",")


def row(**changed: bytes) -> bytes:
    """A good row with some cells changed, by their place: `c14=b"NaN"`."""
    cells = list(CELLS)
    for place, cell in changed.items():
        cells[int(place[1:])] = cell
    return b",".join(cells) + b"\r\n"


def rows(count: int) -> bytes:
    """Good rows, each of a policy of its own."""
    return b"".join(row(c3=b"%06d" % serial) for serial in range(1, count + 1))


async def judged(
    ledger: Running, content: bytes, count: int = 1, **fields: str
) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Hand a file in and have it judged; gives the upload and what was found."""
    answer = await given.handed_in(
        ledger, content, tenant=TOTO, file_name=NAME, declared_count=str(count), **fields
    )
    assert answer.status_code == 202, answer.text
    upload = await given.worked_off(ledger, answer.json()["id"], TOTO)
    return upload, await given.findings(ledger, upload["id"], TOTO)


def errors(found: list[dict[str, Any]]) -> list[tuple[str, int | None, str | None]]:
    """The errors among findings: rule, row, column."""
    return [(it["rule"], it["row"], it["column"]) for it in found if it["severity"] == "ERROR"]


async def kept(ledger: Running) -> set[str]:
    """The files in the store, without the parts cut from them."""
    found = [it["path"] async for page in obstore.list(ledger.app.state.files) for it in page]
    return {path for path in found if ".parts/" not in path}
