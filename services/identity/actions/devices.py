"""Browsers that have signed in before: strangers' failures do not lock their users out."""

from datetime import timedelta
from secrets import token_hex

from itsdangerous import BadData, URLSafeTimedSerializer

from .sealing import KeyEncryptionKey

LIFE = timedelta(days=90)
"""How long a browser is remembered. Source: security notes §3.2."""


def known_device(kek: KeyEncryptionKey, cookie: str | None, login_id: str) -> str | None:
    """Give a browser's id, if it has once signed in under this login id."""
    try:
        device, owner = _seal(kek).loads(cookie or "", max_age=int(LIFE.total_seconds()))
    except (BadData, ValueError):
        return None
    return str(device) if owner == login_id else None


def new_device(kek: KeyEncryptionKey, login_id: str) -> str:
    """Write the cookie of a browser that has just signed in."""
    return str(_seal(kek).dumps([token_hex(16), login_id]))


def _seal(kek: KeyEncryptionKey) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(kek.mac("device-cookie"), salt="device")
