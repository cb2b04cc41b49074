"""A picture as somebody's camera or software wrote it → the same drawn anew, small, and with nothing else in it.

Nothing of the file itself is ever stored or served: neither where it was taken, nor what else it holds.
"""

from __future__ import annotations

import struct
import zlib
from dataclasses import dataclass
from hashlib import sha256
from io import BytesIO
from threading import Lock
from typing import Final

from django.conf import settings
from PIL import Image

# How each kind of file begins; what it is called says nothing.
BEGINS: Final = {"JPEG": b"\xff\xd8\xff", "PNG": b"\x89PNG\r\n\x1a\n", "WEBP": b"RIFF"}
# More than a telephone takes. Known before anything is decoded: a few bytes can unfold into gigabytes.
MOST_PIXELS: Final = 30_000_000
# Smaller than this it shows nothing.
LEAST_SIDE: Final = 64
# One is drawn after the other in each process: a few bytes of PNG unfold into 120 MB, and several would do so at once.
DRAWING: Final = Lock()
# What is stored: pixels of the longer side, bytes, and what is tried until it fits.
LONGEST_SIDE: Final = 1200
MOST_BYTES: Final = 150_000
TRIED: Final = [(side, quality) for side in (LONGEST_SIDE, 900, 640, 400) for quality in (80, 65, 50, 35)]

# Rows of what is drawn that are worked out at once.
STRIP: Final = 128

# Orientation that a camera notes → how the picture is turned.
ORIENTATION: Final = 0x0112
TURNS: Final = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
# What a file that is no picture, or half of one, makes the decoder raise.
BROKEN: Final = (
    *(OSError, SyntaxError, ValueError, EOFError, struct.error, zlib.error, IndexError, KeyError, TypeError),
    *(OverflowError, AttributeError, MemoryError),
)


class Refused(ValueError):
    """The file becomes no picture. `code` says why."""

    def __init__(self, code: str) -> None:
        self.code = code
        super().__init__(code)


@dataclass(frozen=True, slots=True)
class Redrawn:
    """A WebP file, and its size in pixels."""

    content: bytes
    width: int
    height: int

    @property
    def digest(self) -> str:
        """The word for these bytes and no others: 64 hexadecimal digits."""
        return sha256(self.content).hexdigest()


def redrawn(content: bytes) -> Redrawn:
    """The picture in a file, drawn anew. Raises Refused."""
    kind = kind_of(content)
    if len(content) > settings.LARGEST_FILE:
        raise Refused("too_large")
    try:
        image = Image.open(BytesIO(content), formats=[kind])
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as problem:
        raise Refused("too_many_pixels") from problem
    except BROKEN as problem:
        raise Refused("broken") from problem
    if image.width * image.height > MOST_PIXELS:
        raise Refused("too_many_pixels")
    if min(image.size) < LEAST_SIDE:
        raise Refused("too_small")
    try:
        with DRAWING:
            alone = _drawn(image)
        return _fitted(alone)
    except BROKEN as problem:
        raise Refused("broken") from problem


def kind_of(content: bytes) -> str:
    """What kind of picture the bytes are. Raises Refused for any other, such as SVG, which is a program."""
    for kind, begin in BEGINS.items():
        if content.startswith(begin) and (kind != "WEBP" or content[8:12] == b"WEBP"):
            return kind
    raise Refused("empty" if not content else "no_picture")


def _drawn(image: Image.Image) -> Image.Image:
    """The picture alone, the right way up, on white; of one that moves the first."""
    turn = _turn(image)
    # A JPEG is decoded at the size that is needed and no larger.
    image.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))
    image.load()
    seen = _seen(image)
    seen.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    # A new one, so that nothing that came with the file comes along.
    alone = Image.new("RGB", seen.size, "white")
    alone.paste(seen, mask=seen)
    return alone.transpose(turn) if turn is not None else alone


def _seen(image: Image.Image) -> Image.Image:
    """All of it in colours that may be see-through, as large as it is, or at least twice as large as it is stored.

    Strip by strip: each conversion of the whole would be another 4 bytes for each pixel.
    """
    less = max(1, max(image.size) // (2 * LONGEST_SIDE))
    width, height = (-(-side // less) for side in image.size)
    seen = Image.new("RGBA", (width, height))
    for top in range(0, image.height, STRIP * less):
        strip = image.crop((0, top, image.width, min(top + STRIP * less, image.height)))
        if strip.mode.startswith("I"):
            # 16 bits of grey: the upper half of them.
            strip = strip.convert("I").point(lambda grey: grey / 256).convert("L")
        seen.paste(strip.convert("RGBA").reduce(less), (0, top // less))
    return seen


def _turn(image: Image.Image) -> Image.Transpose | None:
    """How the camera was held; what it noted of itself may be broken while the picture is not."""
    try:
        return TURNS.get(image.getexif().get(ORIENTATION, 1))
    except BROKEN:
        return None


def _fitted(image: Image.Image) -> Redrawn:
    """As a file that is no larger than what is stored."""
    for side, quality in TRIED:
        smaller = image.copy()
        smaller.thumbnail((side, side))
        file = BytesIO()
        smaller.save(file, "WEBP", quality=quality, method=4)
        if file.tell() <= MOST_BYTES:
            return Redrawn(file.getvalue(), *smaller.size)
    raise Refused("too_large")
