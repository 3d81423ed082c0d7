"""QR codes, for a telephone to read."""

from io import BytesIO

import segno

_SCALE = 4


def svg_of(text: str) -> str:
    """Draw a text as a QR code: one SVG element, to be shown as it is."""
    drawn = BytesIO()
    segno.make(text, micro=False).save(drawn, kind="svg", scale=_SCALE, xmldecl=False)
    return drawn.getvalue().decode()
