"""Ledger files: rows per second and peak memory, beside the floor of parsing and copying alone.

The floor does what no ledger can do without: decode CP932, split the columns, COPY them into a
table with a key. The platform also judges every row by all rules, keeps contracts and histories,
and tells of them. Each figure is taken in a process of its own, of a worker that has been at work
before: its connections are open, and so is the floor's.
"""

import asyncio
import hashlib
import io
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from datetime import datetime
from pathlib import Path
from statistics import median
from uuid import uuid4

import asyncpg
import obstore
import polars as pl
import uvloop

from bench.engines import database
from deploy.postgres import DatabaseUrls
from libs.common import clock
from libs.common.files import ReceivedFile
from services.ledger import tables
from services.ledger.actions.uploads import HandingIn, receive
from services.ledger.actions.waiting import wait_for_change
from services.ledger.domain.allowances import Allowance
from services.ledger.domain.layout import NEW_APPLICATIONS
from services.ledger.jobs import process_uploads
from tests.kit.running import Running, running
from tests.ledger import given

_TENANT = "045012300"
_ROW = (
    "10,200100357,26,{number:06d},,045012300,,,{department},260825,11,2607{day:02d},,"
    "TKT-2026-{number},{amount}.50,,,{currency},,{hs_code},{terms},,{country},{country},{payer},"
    ",,,,,,,2610{day:02d},{amount}.50,{amount}.50,41,,2,{usance},,{amount}.50,,,,,,,,\r\n"
)
# What differs from contract to contract, each in a cycle of its own.
_VARIES = {
    "department": ("機械第一部", "機械第二部", "プラント部"),
    "day": range(1, 31),
    "amount": range(250_000, 259_000),
    "currency": ("001", "001", "002"),
    "hs_code": ("847989", "841370"),
    "terms": ("1", "2", "3"),
    "usance": ("30", "60", "90", "120"),
}
_PAYERS = (("304", "3344550"), ("111", "1234560"), ("113", "2233440"), ("213", "4455660"))
_NAME = "東都機械貿易(260825).csv"
_PIECE = 4 << 20
_ROWS_BEFORE = 100
_MOST_NUMBERS = 999_999  # of an agreement, in a year
_WHAT, _TURNS = ("floor", "platform"), 3
_NO_END = Allowance(files_of_a_sender=sys.maxsize, bytes_of_a_company=sys.maxsize)


def write_file(path: Path, rows: int, first: int = 1) -> None:
    """Write a ledger file of so many good contracts, numbered from the first on."""
    with path.open("wb") as file:
        for number in range(first, first + rows):
            file.write(_contract(number).encode("cp932"))


def _contract(number: int) -> str:
    country, payer = _PAYERS[number % len(_PAYERS)]
    said = {name: values[number % len(values)] for name, values in _VARIES.items()}
    return _ROW.format(number=number, country=country, payer=payer, **said)


async def floor(path: Path, url: str) -> float:
    """Parse and copy a file without any rule; gives the seconds it took."""
    connection = await asyncpg.connect(url)
    columns = ", ".join(f"c{n} text" for n in range(1, len(NEW_APPLICATIONS.columns) + 1))
    await connection.execute(f"CREATE TABLE floor ({columns}, PRIMARY KEY (c2, c3, c4))")
    began = time.perf_counter()
    async with connection.transaction():
        for frame in _parsed(path):
            await connection.copy_to_table("floor", source=_slices(frame), format="csv")
    seconds = time.perf_counter() - began
    await connection.close()
    return seconds


def _parsed(path: Path) -> list[pl.DataFrame]:
    frames, rest = [], b""
    with path.open("rb") as file:
        while piece := file.read(_PIECE):
            whole, newline, rest = (rest + piece).rpartition(b"\n")
            text = (whole + newline).decode("cp932").encode()
            frames.append(pl.read_csv(io.BytesIO(text), has_header=False, infer_schema=False))
    return frames


async def _slices(frame: pl.DataFrame) -> AsyncIterator[bytes]:
    for part in frame.iter_slices(2_000):
        yield part.write_csv(include_header=False).encode()


async def platform(path: Path, rows: int, service: Running) -> float:
    """Work a file off as a worker does; gives the seconds since it was received."""
    upload_id = await _received(path, rows, service)
    began = time.perf_counter()
    while (upload := await _waited(service, upload_id)).finished_at is None:
        pass
    seconds = time.perf_counter() - began
    if upload.accepted_count != rows:
        raise RuntimeError(f"not all applied: {upload.status}")
    return seconds


async def _received(path: Path, rows: int, service: Running) -> str:
    """Receive a file that lies in the store already: whoever sends it needs memory of his own."""
    key = f"{_TENANT}/{uuid4()}"
    obstore.put(service.app.state.files, key, path)
    file = ReceivedFile(key, _NAME, *_measured(path), {})
    handing_in = HandingIn(file, "SUBMIT", "PER_POLICY", None, str(rows), "cp932", (), "bench")
    async with service.databases.tenant(_TENANT) as tx:
        return (await receive(tx, handing_in, _NO_END, clock.now())).id


def _measured(path: Path) -> tuple[int, str]:
    with path.open("rb") as content:
        return path.stat().st_size, hashlib.file_digest(content, "sha256").hexdigest()


async def _waited(service: Running, upload_id: str) -> tables.Upload:
    return await wait_for_change(service.databases, _TENANT, upload_id, seconds=30)


async def measure(rows: int, what: str) -> dict[str, float]:
    """Take one figure in this process."""
    with tempfile.TemporaryDirectory() as folder, database("ledger") as urls:
        path = Path(folder) / _NAME
        rows = min(rows, _MOST_NUMBERS - _ROWS_BEFORE)
        if what == "floor":
            write_file(path, rows)
            seconds = await floor(path, urls.owner)
        else:
            seconds = await _of_platform(path, rows, urls)
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        return {"seconds": seconds, "rows_per_second": rows / seconds, "peak_mib": peak}


async def _of_platform(path: Path, rows: int, urls: DatabaseUrls) -> float:
    clock_file = path.with_name("clock.json")
    os.environ["MOYAI_CLOCK_FILE"] = str(clock_file)
    clock.move(clock_file, datetime.fromisoformat("2026-08-25T10:15:00+09:00"))
    files = path.with_name("files").as_uri()
    async with running("ledger", urls, files_url=files) as service, asyncio.TaskGroup() as group:
        await given.register(service)
        worker = group.create_task(process_uploads(service.databases, service.settings))
        for first, count in ((1, _ROWS_BEFORE), (1 + _ROWS_BEFORE, rows)):
            write_file(path, count, first)
            seconds = await platform(path, count, service)
        worker.cancel()
        return seconds


def main(sizes: tuple[int, ...] = (1_000, 20_000, 100_000)) -> None:
    """Print rows per second, their ratio to the floor, and peak memory, for each size.

    Floor and platform take turns, and the middle one of each counts: on a machine that others
    use, one run may be half of the next.
    """
    for rows in sizes:
        turns = [{what: _apart(rows, what) for what in _WHAT} for _ in range(_TURNS)]
        least, ours = (median(turn[what]["rows_per_second"] for turn in turns) for what in _WHAT)
        peak = max(turn["platform"]["peak_mib"] for turn in turns)
        print(
            f"{rows:>9,} rows: floor {least:>8,.0f}/s  platform {ours:>8,.0f}/s"
            f"  ratio {ours / least:.2f}  peak {peak:.0f} MiB"
        )


def _apart(rows: int, what: str) -> dict[str, float]:
    done = subprocess.run(
        [sys.executable, "-m", "bench.ledger", str(rows), what],
        check=True,
        capture_output=True,
        text=True,
    )
    figures: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return figures


if __name__ == "__main__":
    if sys.argv[2:] in (["floor"], ["platform"]):
        # The loop that a worker has in earnest.
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            print(json.dumps(runner.run(measure(int(sys.argv[1]), sys.argv[2]))))
    else:
        main(tuple(map(int, sys.argv[1:])) or (1_000, 20_000, 100_000))
