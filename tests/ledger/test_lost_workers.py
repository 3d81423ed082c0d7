"""Work that ends the processes that take it, and what an upload leaves behind when it ends."""

from itertools import count
from typing import Any
from uuid import uuid4

import obstore
import pytest
from sqlalchemy import func, select

from libs.common.database import PLATFORM
from services.ledger import tables
from services.ledger.actions.giving_up import MOST_WORKERS_LOST
from services.ledger.actions.processing import carry_out_next
from tests.kit import then
from tests.kit.running import Running
from tests.ledger import given
from tests.ledger.given import TOTO
from tests.ledger.hostile import NAME, row

pytestmark = pytest.mark.usefixtures("august_25", "nothing_waits")

_serials = count(930_001)


async def test_work_that_ends_every_process_is_given_up(ledger: Running) -> None:
    """Given a file that three workers did not survive, when a fourth takes it, then it fails."""
    upload_id = await _handed_in(ledger)
    await _begun(ledger, upload_id, MOST_WORKERS_LOST)

    upload = await given.worked_off(ledger, upload_id, TOTO)

    assert (upload["status"], upload["reason"]) == ("FAILED", "workers-lost")
    told = [name for name, _ in await then.told(ledger, upload_id, TOTO)]
    assert told[-1] == "ledger.upload.failed.v1"


async def test_work_that_ended_fewer_is_tried_again(ledger: Running) -> None:
    """Given a file that two workers did not survive, when a third takes it, then it is judged."""
    upload_id = await _handed_in(ledger)
    await _begun(ledger, upload_id, MOST_WORKERS_LOST - 1)

    upload = await given.worked_off(ledger, upload_id, TOTO)

    assert upload["status"] == "READY"
    assert await _takers(ledger) == 0


async def test_beside_other_work_only_fresh_work_is_taken(ledger: Running) -> None:
    """Given work somebody has begun, when another is busy beside it, then it is left alone."""
    upload_id = await _handed_in(ledger)
    await _begun(ledger, upload_id, 1)

    taken = await carry_out_next(ledger.databases, ledger.app.state.files, only_fresh=True)

    assert taken is False
    upload = await given.worked_off(ledger, upload_id, TOTO)
    assert upload["status"] == "READY"


async def test_an_upload_that_has_ended_leaves_no_parts(ledger: Running) -> None:
    """Given a file cut into parts, when it is taken back, then the file alone is left."""
    upload_id = await _handed_in(ledger)
    upload = await given.worked_off(ledger, upload_id, TOTO)
    parts_before = await _parts(ledger, upload_id)

    await _taken_back(ledger, upload)
    cancelled = await given.worked_off(ledger, upload_id, TOTO)

    assert cancelled["status"] == "CANCELLED"
    assert (len(parts_before), await _parts(ledger, upload_id)) == (1, [])


async def test_what_was_taken_back_stays_so(ledger: Running) -> None:
    """Given a file taken back as it was read, when its parts come up, then nobody judges them."""
    upload_id = await _handed_in(ledger)
    tried = await given.worked_off(ledger, upload_id, TOTO)
    await _taken_back(ledger, tried)
    async with ledger.databases.tenant(PLATFORM) as tx:
        left = {"policyholder_code": TOTO, "upload_id": upload_id, "kind": "JUDGE", "part": 0}
        tx.add(tables.UploadTask(**left, turn=None))

    upload = await given.worked_off(ledger, upload_id, TOTO)

    assert (upload["status"], upload["accepted_count"]) == ("CANCELLED", tried["accepted_count"])


async def _taken_back(ledger: Running, upload: dict[str, Any]) -> None:
    headers = ledger.caller("ledger-uploads:write", tenant=TOTO)
    headers |= {"If-Match": f'"{upload["version"]}"', "Idempotency-Key": uuid4().hex}
    path = f"/v1/ledger-uploads/{upload['id']}/cancel"
    answer = await ledger.client.post(path, headers=headers)
    assert answer.status_code == 200, answer.text


async def _handed_in(ledger: Running) -> str:
    # Of a policy nobody has, whatever else has been handed in before.
    content = row(c3=b"%06d" % next(_serials))
    sent = await given.handed_in(ledger, content, tenant=TOTO, file_name=NAME, declared_count="1")
    upload_id: str = sent.json()["id"]
    return upload_id


async def _begun(ledger: Running, upload_id: str, processes: int) -> None:
    async with ledger.databases.tenant(PLATFORM) as tx:
        task = tables.UploadTask
        [position] = await tx.scalars(select(task.position).where(task.upload_id == upload_id))
        takers = [uuid4().hex for _ in range(processes)]
        tx.add_all(tables.UploadTaskTaker(position=position, worker=worker) for worker in takers)


async def _takers(ledger: Running) -> int:
    async with ledger.databases.tenant(PLATFORM) as tx:
        return await tx.scalar(select(func.count()).select_from(tables.UploadTaskTaker)) or 0


async def _parts(ledger: Running, upload_id: str) -> list[str]:
    async with ledger.databases.tenant(TOTO) as tx:
        upload = await tx.get_one(tables.Upload, (TOTO, upload_id))
    store, prefix = ledger.app.state.files, f"{upload.file_key}.parts"
    return [it["path"] async for page in obstore.list(store, prefix=prefix) for it in page]
