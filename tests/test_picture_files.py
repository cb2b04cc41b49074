"""Pictures drawn anew: nothing but the picture is kept, and what is none is refused with its reason."""

from __future__ import annotations

import os
import random
import struct
import subprocess
import sys
import time
import zlib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from io import BytesIO
from typing import Any

import pytest
from PIL import Image, ImageChops

from programming import picture_files
from programming.picture_files import LONGEST_SIDE, MOST_BYTES, Refused, kind_of, redrawn
from tests import photographs

PLANTED = photographs.PLANTED


def seen(content: bytes) -> Image.Image:
    image = Image.open(BytesIO(content))
    image.load()
    return image


# What it becomes ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_picture_of_each_kind_is_drawn_anew(kind: str) -> None:
    found = redrawn(photographs.photograph(kind, (1600, 1000)))
    image = seen(found.content)
    assert (image.format, image.mode, image.size) == ("WEBP", "RGB", (1200, 750))
    assert (found.width, found.height) == (1200, 750)
    assert len(found.content) <= MOST_BYTES and found.digest == sha256(found.content).hexdigest()
    # The same picture: blue above, sand below.
    above, below = image.getpixel((600, 100)), image.getpixel((600, 700))
    assert above[2] > above[0] + 60 and below[0] > below[2] + 60  # type: ignore[index]


def test_a_small_one_is_not_made_larger() -> None:
    found = redrawn(photographs.photograph("PNG", (300, 200)))
    assert (found.width, found.height) == (300, 200)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_nothing_that_came_with_it_is_kept(kind: str) -> None:
    sent = photographs.photograph(kind, (400, 300), planted=True)
    # What is looked for is there: a place, an author, a comment, a profile and what software wrote.
    assert PLANTED in sent and (b"Exif" in sent or b"eXIf" in sent or b"EXIF" in sent)
    found = redrawn(sent)
    for word in (PLANTED, b"Exif", b"EXIF", b"ICCP", b"XMP", b"xpacket", b"Canary"):
        assert word not in found.content, word
    image = seen(found.content)
    assert not image.getexif() and "icc_profile" not in image.info and "xmp" not in image.info
    # A WebP file is a list of chunks: there is the picture's, and no other.
    assert found.content[12:15] == b"VP8" and struct.unpack("<I", found.content[16:20])[0] >= len(found.content) - 21


@pytest.mark.parametrize("orientation", range(1, 9))
def test_it_stands_the_right_way_up(orientation: int) -> None:
    """A corner is red: wherever the camera put it, it comes back to the upper left."""
    upright = Image.new("RGB", (400, 200), "white")
    upright.paste((220, 0, 0), (0, 0, 100, 50))
    held = {2: "FLIP_LEFT_RIGHT", 3: "ROTATE_180", 4: "FLIP_TOP_BOTTOM", 5: "TRANSPOSE", 6: "ROTATE_90"}
    held |= {7: "TRANSVERSE", 8: "ROTATE_270"}
    turned = upright.transpose(Image.Transpose[held[orientation]]) if orientation in held else upright
    exif = Image.Exif()
    exif[0x0112] = orientation
    file = BytesIO()
    turned.save(file, "JPEG", exif=exif, quality=95)
    found = redrawn(file.getvalue())
    assert (found.width, found.height) == (400, 200)
    red, white = seen(found.content).getpixel((40, 20)), seen(found.content).getpixel((360, 180))
    assert red[0] > 180 and red[1] < 80 and min(white) > 230  # type: ignore[index,arg-type]


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGBA", "CMYK", "I;16"])
def test_pictures_of_every_mode_are_seen(mode: str) -> None:
    """Grey, few colours, see-through, for printing, 16 bits: what is dark stays dark, what is see-through is white."""
    if mode == "I;16":
        image = Image.frombytes("I;16", (128, 128), struct.pack("<H", 0xF000) * (128 * 128))
    elif mode in ("LA", "RGBA"):
        image = Image.new(mode, (128, 128), (0,) * len(mode))
    else:
        image = Image.new("RGB", (128, 128), "white").convert(mode)
    file = BytesIO()
    image.save(file, "JPEG" if mode == "CMYK" else "PNG")
    pixel: Any = seen(redrawn(file.getvalue()).content).getpixel((64, 64))
    assert min(pixel) > 225


def test_noise_is_made_to_fit() -> None:
    noise = Image.frombytes("RGB", (1400, 1400), random.Random(7).randbytes(1400 * 1400 * 3))  # noqa: S311
    file = BytesIO()
    noise.save(file, "JPEG", quality=60)
    found = redrawn(file.getvalue())
    assert len(found.content) <= MOST_BYTES and max(found.width, found.height) <= LONGEST_SIDE


def test_of_one_that_moves_the_first_is_taken() -> None:
    file = BytesIO()
    first, *more = (Image.new("RGB", (100, 100), colour) for colour in ("red", "blue", "green"))
    first.save(file, "WEBP", save_all=True, append_images=more, duration=100)
    found = seen(redrawn(file.getvalue()).content)
    assert getattr(found, "n_frames", 1) == 1 and found.getpixel((50, 50))[0] > 200  # type: ignore[index]


@pytest.mark.parametrize("mode", ["RGB", "RGBA", "P", "L"])
def test_a_large_one_looks_as_if_it_were_drawn_whole(mode: str) -> None:
    """It is worked out strip by strip, and no seam is seen."""
    slope = Image.linear_gradient("L").resize((2701, 4999))
    bands = (slope, slope.transpose(Image.Transpose.ROTATE_180), slope.resize((1, 1)).resize(slope.size))
    whole = Image.merge("RGBA", (*bands, slope)) if mode == "RGBA" else Image.merge("RGB", bands)
    file = BytesIO()
    (whole if mode == "RGBA" else whole.convert(mode)).save(file, "PNG", compress_level=1)
    found = seen(redrawn(file.getvalue()).content)
    at_once = seen(file.getvalue()).convert("RGBA")
    at_once.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    wanted = Image.new("RGB", at_once.size, "white")
    wanted.paste(at_once, mask=at_once)
    assert found.size == wanted.size
    # Each row in one colour: what differs is a file's loss, not a strip's.
    rows = [image.resize((1, image.height)) for image in (found, wanted)]
    extremes: Any = ImageChops.difference(*rows).getextrema()
    assert max(most for _least, most in extremes) <= 8


# The most memory that a process had so far, in kB.
MEASURED = """
import sys
from pathlib import Path
from programming.picture_files import redrawn
def most():
    return int(Path("/proc/self/status").read_text().split("VmHWM:")[1].split()[0])
content = sys.stdin.buffer.read()
before = most()
redrawn(content)
print(most() - before)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux says how much memory a process had")
def test_a_few_bytes_of_many_pixels_take_little_more_memory_than_the_pixels() -> None:
    file = BytesIO()
    Image.new("RGB", (6000, 5000), "navy").save(file, "PNG")
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "gym.settings", "DEMO": "true"}
    run = subprocess.run(
        [sys.executable, "-c", MEASURED], input=file.getvalue(), capture_output=True, check=True, env=environment
    )
    # 120 MB are what Pillow has of the picture itself; in kB.
    assert int(run.stdout) < 250_000


def test_one_is_drawn_after_the_other(monkeypatch: pytest.MonkeyPatch) -> None:
    drawn, under_way, most = picture_files._drawn, [], []

    def slowly(image: Image.Image) -> Image.Image:
        under_way.append(image)
        most.append(len(under_way))
        time.sleep(0.05)
        under_way.remove(image)
        return drawn(image)

    monkeypatch.setattr(picture_files, "_drawn", slowly)
    with ThreadPoolExecutor(3) as threads:
        list(threads.map(redrawn, [photographs.photograph("PNG", (80, 80))] * 3))
    assert most == [1, 1, 1]


# What is refused ------------------------------------------------------------------------------------------------------


def png_of(width: int, height: int, *chunks: bytes) -> bytes:
    """A file that says that it is so large, and holds next to nothing."""
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    parts = [(b"IHDR", head), *((b"IDAT", each) for each in chunks), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(held)) + kind + held + struct.pack(">I", zlib.crc32(kind + held)) for kind, held in parts
    )


WRONG: dict[str, tuple[str, Callable[[], bytes]]] = {
    "nothing": ("empty", lambda: b""),
    "SVG": ("no_picture", lambda: b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'),
    "HTML": ("no_picture", lambda: b"<!doctype html><script>alert(1)</script>"),
    "GIF": ("no_picture", lambda: b"GIF89a" + bytes(200)),
    "TIFF": ("no_picture", lambda: b"II*\x00" + bytes(200)),
    "EPS": ("no_picture", lambda: b"%!PS-Adobe-3.0 EPSF-3.0\n"),
    "sound in RIFF": ("no_picture", lambda: b"RIFF\x24\x00\x00\x00WAVEfmt " + bytes(40)),
    "half a JPEG": ("broken", lambda: photographs.photograph("JPEG", (400, 300))[:900]),
    "half a PNG": ("broken", lambda: photographs.photograph("PNG", (400, 300))[:400]),
    "half a WebP": ("broken", lambda: photographs.photograph("WEBP", (400, 300))[:200]),
    "only a beginning": ("broken", lambda: b"\xff\xd8\xff"),
    "a PNG with a page behind its beginning": ("broken", lambda: b"\x89PNG\r\n\x1a\n<script>alert(1)</script>"),
    "few bytes, a billion pixels": ("too_many_pixels", lambda: png_of(50_000, 50_000, zlib.compress(bytes(99)))),
    "few bytes, 100 million pixels": ("too_many_pixels", lambda: png_of(10_000, 10_000, zlib.compress(bytes(99)))),
    "few bytes, 31 million pixels": ("too_many_pixels", lambda: png_of(6_200, 5_000, zlib.compress(bytes(99)))),
    "no pixels": ("broken", lambda: png_of(0, 0)),
    "a dot": ("too_small", lambda: photographs.photograph("PNG", (20, 20))),
    "a line": ("too_small", lambda: photographs.photograph("PNG", (3000, 8))),
    "9 MB": ("too_large", lambda: b"\xff\xd8\xff" + bytes(9 * 1024 * 1024)),
}


@pytest.mark.parametrize("what", WRONG)
def test_what_is_no_picture_is_refused(what: str) -> None:
    code, content = WRONG[what]
    with pytest.raises(Refused) as refused:
        redrawn(content())
    assert refused.value.code == code


def test_a_name_says_nothing_about_a_file() -> None:
    assert [kind_of(photographs.photograph(kind, (80, 80))) for kind in ("JPEG", "PNG", "WEBP")] == [
        "JPEG",
        "PNG",
        "WEBP",
    ]


# Pillow warns of what it skips.
@pytest.mark.filterwarnings("ignore::UserWarning")
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_damaged_files_are_drawn_or_refused_and_nothing_else(kind: str) -> None:
    whole = bytearray(photographs.photograph(kind, (90, 70), planted=True))
    chance = random.Random(kind)  # noqa: S311
    outcomes = {"drawn": 0, "refused": 0}
    for _time in range(60):
        damaged = bytearray(whole)
        for _byte in range(chance.randint(1, 12)):
            damaged[chance.randrange(12, len(damaged))] = chance.randrange(256)
        try:
            assert PLANTED not in redrawn(bytes(damaged)).content
            outcomes["drawn"] += 1
        except Refused:
            outcomes["refused"] += 1
    assert sum(outcomes.values()) == 60 and outcomes["refused"] > 0
