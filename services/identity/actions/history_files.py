"""The access history as a file: JSON lines that prove by themselves that nothing was changed.

Shape: first `{"export": …}` with the part of the chain that follows; then each entry with both its
hashes, and after the entry it covers each `{"checkpoint": …}`. The last one covers the last entry.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from .history_chain import Chain, Flaw, Keys, genesis

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Verified:
    """A file that is as it was written: whose, from where to where."""

    tenant: str
    first_seq: int
    last_seq: int


def beginning(tenant: str, first_seq: int, last_seq: int, before: bytes) -> Json:
    """Say which part of a chain a file holds, and the hash it goes on from."""
    part = {"tenant": tenant, "first_seq": first_seq, "last_seq": last_seq}
    return {"export": part | {"prev_hash": before.hex()}}


def entry_line(fields: Json, prev_hash: bytes, entry_hash: bytes) -> Json:
    """Write an entry with what binds it."""
    return {"entry": fields, "prev_hash": prev_hash.hex(), "entry_hash": entry_hash.hex()}


def checkpoint_line(size: int, head_hash: bytes, signature: str) -> Json:
    """Write a checkpoint: that so many entries were there, and which was the last."""
    point = {"size": size, "head_hash": head_hash.hex(), "signature": signature}
    return {"checkpoint": point}


def verify(lines: Iterable[str], keys: Keys | None) -> Verified | Flaw:
    """Follow the chain in a file; without keys, signatures are not looked at.

    Gives its first flaw if it has one: an entry that was changed, deleted, inserted, moved, cut
    off, or is not the one a checkpoint was signed for.
    """
    try:
        return _verify([_object(line) for line in lines if line.strip()], keys)
    except (IndexError, KeyError, TypeError, ValueError):
        return Flaw("", 0, "not a history file")


def _verify(lines: Sequence[Json], keys: Keys | None) -> Verified | Flaw:
    part = lines[0]["export"]
    tenant, first, last = part["tenant"], part["first_seq"], part["last_seq"]
    before = bytes.fromhex(part["prev_hash"])
    chain = Chain(tenant, before, first, keys)
    if first == 1 and before != genesis(tenant):
        return chain.flaw("out of its chain")
    for line in lines[1:]:
        if (flaw := _take(chain, line)) is not None:
            return _moved(lines, flaw) if flaw.what == "missing" else flaw
    if chain.seq != last:
        return chain.flaw("missing")
    if chain.signed != last:
        return chain.flaw("not covered by a checkpoint", chain.signed + 1)
    return Verified(tenant, first, last)


def _take(chain: Chain, line: Json) -> Flaw | None:
    if "checkpoint" in line:
        return chain.checkpoint(line["checkpoint"]["signature"])
    hashes = (bytes.fromhex(line[name]) for name in ("prev_hash", "entry_hash"))
    return chain.entry(line["entry"], *hashes)


def _moved(lines: Sequence[Json], flaw: Flaw) -> Flaw:
    """Say of an entry that is not in its place whether it stands in another."""
    there = any(line["entry"]["seq"] == flaw.seq for line in lines if "entry" in line)
    return replace(flaw, what="moved") if there else flaw


def _object(line: str) -> Json:
    read = json.loads(line)
    if not isinstance(read, dict):
        raise TypeError("a line is an object")
    return read
