"""Codes that a camera reads."""

from __future__ import annotations

import segno


def qr_image(text: str) -> str:
    """A QR code as the address of a picture (an SVG inside the address itself)."""
    return segno.make(text, error="m", micro=False).svg_data_uri(scale=4, border=1)
