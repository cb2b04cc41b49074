"""Pictures as cameras and software write them, made when they are asked for."""

from __future__ import annotations

from io import BytesIO
from typing import Any

from PIL import Image, ImageCms
from PIL.PngImagePlugin import PngInfo

# Stands in every place of a file that can hold words, and must be nowhere afterwards.
PLANTED = b"Canary-57.1497N-2.0943W"


def photograph(kind: str, size: tuple[int, int], *, planted: bool = False) -> bytes:
    """Blue above, sand below; `planted`: with a place, an author, comments, a colour profile and more."""
    image = Image.new("RGB", size, (40, 90, 200))
    image.paste((220, 190, 120), (0, size[1] // 2, *size))
    file = BytesIO()
    image.save(file, kind, **(_planted(kind) if planted else {}))
    # Whatever follows a picture is no part of it.
    return file.getvalue() + (PLANTED if planted and kind != "WEBP" else b"")


def _planted(kind: str) -> dict[str, Any]:
    words = PLANTED.decode()
    exif = Image.Exif()
    # Its author, what it shows, and where it was taken: degrees, minutes, seconds.
    exif[0x013B], exif[0x010E] = words, words
    exif.get_ifd(0x8825).update({1: "N", 2: (57.0, 8.0, 58.9), 3: "W", 4: (2.0, 5.0, 39.5), 29: words})
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    more: dict[str, Any] = {"exif": exif, "icc_profile": profile}
    xmp = f'<?xpacket begin=""?><x:xmpmeta xmlns:x="adobe:ns:meta/">{words}</x:xmpmeta><?xpacket end="w"?>'.encode()
    if kind == "PNG":
        texts = PngInfo()
        texts.add_text("Comment", words)
        texts.add_text("Author", words, zip=True)
        texts.add_itxt("XML:com.adobe.xmp", xmp.decode())
        return {**more, "pnginfo": texts}
    return {**more, "xmp": xmp, **({"comment": PLANTED} if kind == "JPEG" else {})}
