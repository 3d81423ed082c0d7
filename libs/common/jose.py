"""Signed compact tokens (JWS), read more strictly than libraries read them."""

import json
from dataclasses import dataclass
from typing import Any

from jwt import InvalidTokenError
from jwt.api_jws import PyJWS
from jwt.utils import base64url_decode

_LONGEST = 8192
_jws = PyJWS(algorithms=["ES256", "PS256"])


class Malformed(ValueError):
    """The text is no signed token we care to look at."""


@dataclass(frozen=True, slots=True)
class SignedToken:
    """A token taken apart; nothing in it is believed before `is_signed_by`."""

    header: dict[str, object]
    payload: dict[str, object]
    text: str

    def is_signed_by(self, public_key: Any, algorithm: str) -> bool:
        """Check the signature, with the algorithm the *caller* chose."""
        try:
            _jws.decode(self.text, public_key, algorithms=[algorithm])
        except InvalidTokenError:
            return False
        return True


def read(text: str) -> SignedToken:
    """Take a compact token apart.

    Refuses duplicate members, NaN and Infinity: two readers of one token must
    never see two different tokens.

    Raises: Malformed.
    Source: RFC 8725 §2.4 and §3.10, security notes §3.5.
    """
    if len(text) > _LONGEST or not text.isascii() or text.count(".") != 2:
        raise Malformed
    header, payload, _ = text.split(".")
    return SignedToken(_object(header), _object(payload), text)


def _object(segment: str) -> dict[str, object]:
    try:
        value = json.loads(
            base64url_decode(segment), object_pairs_hook=_once, parse_constant=_no_constant
        )
    except (ValueError, RecursionError) as why:
        raise Malformed from why
    if not isinstance(value, dict):
        raise Malformed
    return value


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise Malformed
    return members


def _no_constant(_: str) -> object:
    raise Malformed
