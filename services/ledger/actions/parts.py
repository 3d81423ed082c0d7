"""A file is cut into parts that never share a policy, so that any worker can take any part.

A part holds whole policies because it is chosen by the policy number's hash. Parts lie beside
the file in the object store; judging one costs the same memory however long the file is.
"""

import io
import math
import struct
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import obstore
import polars as pl
from obstore.store import ObjectStore

from libs.common.files import read_file, remove_file

from ..domain.layout import Layout
from ..domain.partition import BUCKETS, POLICY, bucket_of, numbered
from ..domain.reading import Reading

ROWS_IN_A_PART = 25_000
# Beyond what chance makes of parts: only a file that repeats one policy number has such a part.
_MOST_ROWS_IN_A_PART = 4 * ROWS_IN_A_PART
_USUAL_ROW_BYTES = 250
_WORTH_SHARING_BYTES = 1 << 20  # two parts are worked on beside each other
_ROWS_HELD = 60_000
_LENGTH = struct.Struct(">Q")


@dataclass(frozen=True, slots=True)
class Cut:
    """What came of cutting a file: how many parts, those that have rows, and how many policies."""

    into: int
    rows_by_part: dict[int, int]
    policies: int

    @property
    def is_lopsided(self) -> bool:
        """Say whether a part is too long to be judged in the memory that one may take."""
        return max(self.rows_by_part.values(), default=0) > _MOST_ROWS_IN_A_PART


def cut(store: ObjectStore, key: str, reading: Reading, size_bytes: int) -> Cut:
    """Read a file once and put its parts away; what was wrong with it stands in `reading`.

    Blocking: runs in a thread. Raises nothing for a broken file.
    """
    parts = _parts_for(size_bytes)
    with tempfile.TemporaryDirectory() as folder:
        spool = _Spool(Path(folder), parts)
        for frame in _read_ahead(reading.frames(read_file(store, key))):
            spool.add(numbered(frame))
        spool.flush()
        for part in spool.rows_by_part:
            obstore.put(store, part_key(key, part), spool.path(part))
        return Cut(parts, spool.rows_by_part, spool.policies())


def read_part(store: ObjectStore, key: str, part: int, layout: Layout) -> pl.DataFrame:
    """Bring a part back, in order of row, every column of the layout in it."""
    content = bytes(obstore.get(store, part_key(key, part)).bytes())
    rows = pl.concat(_frames(io.BytesIO(content)), how="diagonal")
    blank = [name for name in layout.names if name not in rows.columns]
    rows = rows.with_columns(pl.lit(None, pl.String).alias(name) for name in blank)
    return rows.select("row", *layout.names, POLICY, "bucket")


def part_of(policy_number: str, cut_into: int) -> int:
    """Tell which part of a file that was cut into so many would hold a policy."""
    number = pl.DataFrame({POLICY: [policy_number]})
    bucket = number.with_columns(bucket_of(number[POLICY]))
    return int(bucket.select(_part(cut_into)).item())


def holds(store: ObjectStore, key: str, part: int, policy_number: str) -> bool:
    """Tell whether a part holds a policy; one that is gone holds nothing."""
    try:
        content = bytes(obstore.get(store, part_key(key, part)).bytes())
    except FileNotFoundError:
        return False
    return any(policy_number in it[POLICY] for it in _frames(io.BytesIO(content)))


async def remove(store: ObjectStore, key: str) -> None:
    """Remove the parts of a file; those that are gone already are no fault."""
    async for page in obstore.list(store, prefix=_folder(key)):
        for part in page:
            await remove_file(store, part["path"])


def part_key(key: str, part: int) -> str:
    """Name a part in the object store."""
    return f"{_folder(key)}/{part}"


def _folder(key: str) -> str:
    return f"{key}.parts"


def _parts_for(size_bytes: int) -> int:
    """Choose how many parts: as many as divide the buckets evenly, or as each bucket divides into.

    To judge a part costs the same again whatever is in it: few large ones are cheaper than many.
    """
    wanted = math.ceil(size_bytes / (_USUAL_ROW_BYTES * ROWS_IN_A_PART))
    if wanted > BUCKETS:
        return math.ceil(wanted / BUCKETS) * BUCKETS
    fewest = 2 if size_bytes > _WORTH_SHARING_BYTES else 1
    return max(fewest, 1 << (wanted - 1).bit_length())


def _read_ahead(frames: Iterator[pl.DataFrame]) -> Iterator[pl.DataFrame]:
    """Read the next frame, in a thread of its own, while the one before it is put away."""
    with ThreadPoolExecutor(1) as reader:
        coming = reader.submit(next, frames, None)
        while (frame := coming.result()) is not None:
            coming = reader.submit(next, frames, None)
            yield frame


@dataclass
class _Spool:
    """Rows on their way to their parts: held for a while, then written in larger pieces."""

    folder: Path
    parts: int
    held: list[pl.DataFrame] = field(default_factory=list)
    held_rows: int = 0
    rows_by_part: dict[int, int] = field(default_factory=dict)
    numbers: list[pl.Series] = field(default_factory=list)

    def path(self, part: int) -> Path:
        """Where a part is written until it is complete."""
        return self.folder / str(part)

    def add(self, frame: pl.DataFrame) -> None:
        """Take rows in."""
        self.held.append(frame)
        self.held_rows += frame.height
        if self.held_rows >= _ROWS_HELD:
            self.flush()

    def flush(self) -> None:
        """Write what is held to its parts."""
        if not self.held:
            return
        rows = pl.concat(self.held).with_columns(part=_part(self.parts))
        self.held, self.held_rows = [], 0
        self.numbers.append(rows[POLICY].unique())
        # Of a ledger's columns many are blank in every row: those need not be carried about.
        rows = rows.select(column for column in rows if column.null_count() < len(rows))
        for (part,), frame in rows.partition_by("part", as_dict=True, include_key=False).items():
            self._append(int(part), frame)

    def policies(self) -> int:
        """Count the policies of the whole file."""
        return pl.concat(self.numbers).n_unique() if self.numbers else 0

    def _append(self, part: int, frame: pl.DataFrame) -> None:
        buffer = io.BytesIO()
        frame.write_ipc(buffer, compression="lz4")
        with self.path(part).open("ab") as file:
            file.write(_LENGTH.pack(buffer.tell()))
            file.write(buffer.getbuffer())
        self.rows_by_part[part] = self.rows_by_part.get(part, 0) + frame.height


def _part(parts: int) -> pl.Expr:
    """Choose each row's part: buckets share one, or one bucket is split by policy."""
    bucket = pl.col("bucket").cast(pl.UInt64)
    if parts <= BUCKETS:
        return bucket % parts
    return bucket + BUCKETS * (pl.col(POLICY).hash(seed=0) % (parts // BUCKETS))


def _frames(file: io.BufferedIOBase) -> Iterator[pl.DataFrame]:
    while header := file.read(_LENGTH.size):
        (length,) = _LENGTH.unpack(header)
        yield pl.read_ipc(file.read(length))
