"""Reads a QR code as it is drawn on a page, as a camera does once it has found it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import zip_longest

from qrcode.base import rs_blocks
from qrcode.util import ALPHA_NUM, MODE_8BIT_BYTE, MODE_ALPHA_NUM, MODE_NUMBER, length_in_bits, mask_func
from qrcode.util import pattern_position as alignment

from programming.qr import QUIET

Matrix = list[list[bool]]
# What covers the mask and the level of correction.
FORMAT = 0b101010000010010


def read_qr(path: str, size: int) -> str:
    """The text of the code whose dark modules this path fills, in a picture of `size` × `size`."""
    dark = matrix(path, size - 2 * QUIET)
    side = len(dark)
    version = (side - 17) // 4
    places = [(8, column) for column in (0, 1, 2, 3, 4, 5, 7, 8)] + [(row, 8) for row in (7, 5, 4, 3, 2, 1, 0)]
    told = number(dark[row][column] for row, column in places) ^ FORMAT
    masked = mask_func(told >> 10 & 7)
    bits = [dark[row][column] != masked(row, column) for row, column in path_of_the_bits(version)]
    words = [number(bits[start : start + 8]) for start in range(0, len(bits) - 7, 8)]
    return text(data_of(words, version, told >> 13), version)


def matrix(path: str, side: int) -> Matrix:
    """The modules, without the light around them."""
    dark = [[False] * side for _row in range(side)]
    for left, top, width in (map(int, found) for found in re.findall(r"M(\d+) (\d+)h(\d+)", path)):
        dark[top - QUIET][left - QUIET : left - QUIET + width] = [True] * width
    return dark


def number(bits: Iterator[bool] | list[bool]) -> int:
    """Bits as a number, the first one highest."""
    return int("".join("01"[bit] for bit in bits), 2)


def path_of_the_bits(version: int) -> Iterator[tuple[int, int]]:
    """Row and column of each bit of data: two columns at a time, up and down, from the right."""
    side = version * 4 + 17
    taken = {(row, column) for row in range(side) for column in range(side) if is_pattern(row, column, version)}
    for turn, right in enumerate([*range(side - 1, 6, -2), *range(5, 0, -2)]):
        for row in range(side) if turn % 2 else reversed(range(side)):
            yield from ((row, column) for column in (right, right - 1) if (row, column) not in taken)


def is_pattern(row: int, column: int, version: int) -> bool:
    """Whether a module serves to find and read the code, and holds no data."""
    last = version * 4 + 16
    near, far = (row < 9, column < 9), (row > last - 8, column > last - 8)
    if all(near) or (near[0] and far[1]) or (far[0] and near[1]) or 6 in (row, column):
        return True
    if version >= 7 and ((row < 6 and column > last - 11) or (column < 6 and row > last - 11)):
        return True
    centres = alignment(version)
    corners = {(6, 6), (6, last - 6), (last - 6, 6)}
    around = ((y, x) for y in centres for x in centres if (y, x) not in corners)
    return any(abs(row - y) <= 2 and abs(column - x) <= 2 for y, x in around)


def data_of(words: list[int], version: int, correction: int) -> list[int]:
    """The words of data in their order: they are dealt out to blocks, and what corrects them comes after."""
    blocks: list[list[int]] = [[] for _block in rs_blocks(version, correction)]
    counts = [block.data_count for block in rs_blocks(version, correction)]
    dealt = [place for turn in zip_longest(*map(range, counts)) for place, each in enumerate(turn) if each is not None]
    for place, word in zip(dealt, words, strict=False):
        blocks[place].append(word)
    return [word for block in blocks for word in block]


def text(words: list[int], version: int) -> str:
    """What the data say: stretches of figures, of capitals and figures, of bytes."""
    bits, said = "".join(f"{word:08b}" for word in words), bytearray()

    def take(count: int) -> int:
        nonlocal bits
        taken, bits = bits[:count], bits[count:]
        return int(taken or "0", 2)

    while mode := take(4):
        length = take(length_in_bits(mode, version))
        if mode == MODE_8BIT_BYTE:
            said += bytes(take(8) for _byte in range(length))
        elif mode == MODE_ALPHA_NUM:
            pairs = [divmod(take(11), 45) for _pair in range(length // 2)]
            said += bytes(ALPHA_NUM[each] for pair in pairs for each in pair)
            said += bytes([ALPHA_NUM[take(6)]] * (length % 2))
        else:
            assert mode == MODE_NUMBER
            said += "".join(f"{take(10):03d}" for _three in range(length // 3)).encode()
            said += (f"{take(length % 3 * 3 + 1):0{length % 3}d}" if length % 3 else "").encode()
    return said.decode()
