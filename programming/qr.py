"""QR codes as pictures: one path for a viewBox, so that a template can draw them without script or style."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby

from qrcode.constants import ERROR_CORRECT_L, ERROR_CORRECT_Q
from qrcode.main import QRCode

# Modules of light around the code, which a camera needs to find it.
QUIET = 4


@dataclass(frozen=True, slots=True)
class Qr:
    """A code of `size` × `size` modules, quiet zone included. `path` fills its dark modules."""

    size: int
    path: str


@lru_cache(maxsize=64)
def qr(text: str, *, on_paper: bool = False) -> Qr:
    """The code of an address. Raises ValueError for a text of more than about two thousand letters."""
    # A screen is neither torn nor dirty, as paper in a gym bag is: with the least correction the modules are largest.
    code: QRCode = QRCode(error_correction=ERROR_CORRECT_Q if on_paper else ERROR_CORRECT_L, border=QUIET)
    code.add_data(text)
    rows: list[list[bool]] = code.get_matrix()
    return Qr(len(rows), "".join(_row(place, row) for place, row in enumerate(rows)))


def _row(place: int, row: list[bool]) -> str:
    """The dark stretches of a row as rectangles: "M4 7h3v1h-3z"."""
    drawn, left = [], 0
    for dark, modules in groupby(row):
        width = len(list(modules))
        if dark:
            drawn.append(f"M{left} {place}h{width}v1h-{width}z")
        left += width
    return "".join(drawn)
