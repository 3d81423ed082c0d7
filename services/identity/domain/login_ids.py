"""Login ids (ログインID): issued by us, typed by people."""

import unicodedata

PATTERN = "^u[0-9a-hjkmnp-tv-z]{9}$"
"""As we issue them: Crockford's letters and digits, which nobody mistakes for each other."""


def folded(typed: str) -> str:
    """Bring what was typed to the form login ids are compared, and counted, in.

    Source: security notes §3.1 (NFKC and casefold).
    """
    return unicodedata.normalize("NFKC", typed).strip().casefold()
