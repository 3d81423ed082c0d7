"""An exported access history proves by itself that nothing in it was changed."""

import json
from collections.abc import Callable
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from services.identity.actions.history_chain import CHECKPOINT_TYPE, Flaw, chained, claims, genesis
from services.identity.actions.history_files import (
    Verified,
    beginning,
    checkpoint_line,
    entry_line,
    verify,
)

_KEY = ec.generate_private_key(ec.SECP256R1())
_KEYS = {"1": _KEY.public_key()}
_TENANT = "045012300"
_SIGNED = {4, 8}

Lines = list[dict[str, Any]]


def _point(size: int, head: bytes, key: Any = _KEY, kid: str = "1") -> dict[str, Any]:
    said = claims("https://moyai.test", _TENANT, size, head, 1_795_000_000)
    signature = jwt.encode(said, key, "ES256", headers={"typ": CHECKPOINT_TYPE, "kid": kid})
    return checkpoint_line(size, head, signature)


def _written(first: int = 1, signed: set[int] = _SIGNED) -> Lines:
    """Eight entries of a chain, from one on, with a checkpoint in the middle and at the end."""
    last = genesis(_TENANT)
    lines: Lines = []
    for seq in range(1, 9):
        fields = {"tenant": _TENANT, "seq": seq, "action": f"act-{seq}"}
        entry_hash = chained(last, fields)
        if seq == first:
            lines.append(beginning(_TENANT, first, 8, last))
        if seq >= first:
            lines.append(entry_line(fields, last, entry_hash))
            lines += [_point(seq, entry_hash)] if seq in signed else []
        last = entry_hash
    return lines


def _rehashed(lines: Lines) -> None:
    """Make every hash fit what it is said to bind, as one with the code could."""
    last = bytes.fromhex(lines[0]["export"]["prev_hash"])
    for line in lines:
        if "entry" in line:
            line["prev_hash"] = last.hex()
            last = chained(last, line["entry"])
            line["entry_hash"] = last.hex()


def _judged(lines: Lines, keys: Any = _KEYS) -> Verified | Flaw:
    return verify([json.dumps(line, ensure_ascii=False) for line in lines], keys)


@pytest.mark.parametrize("first", [1, 3, 5, 8])
def test_what_nobody_touched_is_as_it_was_written(first: int) -> None:
    """Given a whole chain or its end, when verified, then it is as it was written."""
    assert _judged(_written(first)) == Verified(_TENANT, first, 8)
    assert _judged(_written(first), None) == Verified(_TENANT, first, 8)


def _edit(lines: Lines) -> None:
    lines[3]["entry"]["action"] = "nothing"


def _edit_and_hash(lines: Lines) -> None:
    _edit(lines)
    _rehashed(lines)


def _edit_after_a_checkpoint(lines: Lines) -> None:
    lines[7]["entry"]["action"] = "nothing"
    _rehashed(lines)


def _delete(lines: Lines) -> None:
    del lines[6]


def _delete_the_first(lines: Lines) -> None:
    del lines[1]


def _delete_and_number_anew(lines: Lines) -> None:
    del lines[6]
    for seq, line in enumerate((it for it in lines if "entry" in it), 1):
        line["entry"]["seq"] = seq
    lines[0]["export"]["last_seq"] = 7
    _rehashed(lines)


def _insert(lines: Lines) -> None:
    lines.insert(3, lines[2])


def _insert_a_forged(lines: Lines) -> None:
    lines.insert(3, lines[2] | {"entry": lines[2]["entry"] | {"seq": 3, "action": "forged"}})


def _swap(lines: Lines) -> None:
    lines[2], lines[3] = lines[3], lines[2]


def _swap_over_a_checkpoint(lines: Lines) -> None:
    lines[4], lines[6] = lines[6], lines[4]


def _cut_off(lines: Lines) -> None:
    del lines[7:]


def _cut_off_with_its_word(lines: Lines) -> None:
    del lines[7:]
    lines[0]["export"]["last_seq"] = 5


def _leave_out_checkpoints(lines: Lines) -> None:
    lines[:] = [it for it in lines if "checkpoint" not in it]


def _begin_elsewhere(lines: Lines) -> None:
    lines[0]["export"]["prev_hash"] = "00" * 32
    _rehashed(lines)


@pytest.mark.attack("S58")
@pytest.mark.parametrize(
    ("change", "seq", "what"),
    [
        (_edit, 3, "changed"),
        (_edit_and_hash, 1, "not as it was signed"),
        (_edit_after_a_checkpoint, 5, "not as it was signed"),
        (_delete, 5, "missing"),
        (_delete_the_first, 1, "missing"),
        (_delete_and_number_anew, 5, "not as it was signed"),
        (_insert, 3, "inserted"),
        (_insert_a_forged, 3, "out of its chain"),
        (_swap, 2, "moved"),
        (_swap_over_a_checkpoint, 4, "moved"),
        (_cut_off, 6, "missing"),
        (_cut_off_with_its_word, 5, "not covered by a checkpoint"),
        (_leave_out_checkpoints, 1, "not covered by a checkpoint"),
        (_begin_elsewhere, 1, "out of its chain"),
    ],
)
def test_the_first_bad_entry_is_named(change: Callable[[Lines], None], seq: int, what: str) -> None:
    """Given a file somebody changed, when verified, then its first bad entry is named."""
    lines = _written()
    change(lines)

    assert _judged(lines) == Flaw(_TENANT, seq, what)


@pytest.mark.attack("S58")
def test_a_word_signed_by_another_is_not_ours() -> None:
    """Given a rewritten chain, signed anew with another key, when verified, then it shows."""
    stranger = ec.generate_private_key(ec.SECP256R1())
    lines = _written()
    _edit_and_hash(lines)
    lines[5] = _point(4, bytes.fromhex(lines[4]["entry_hash"]), stranger)

    with_keys, without = _judged(lines), _judged(lines, None)

    assert with_keys == Flaw(_TENANT, 1, "signed by somebody else")
    assert without == Flaw(_TENANT, 5, "not as it was signed")


@pytest.mark.parametrize("text", ["", "[]", "{}", "no json", '{"export": {}}', '{"entry": 1}'])
def test_what_is_no_history_is_not_called_one(text: str) -> None:
    """Given any other file, when verified, then it is said to be none."""
    assert verify(text.splitlines(), None) == Flaw("", 0, "not a history file")
