"""Static files as they are sent: without what only their readers need."""

from __future__ import annotations

import re
from typing import Any

from django.core.files.base import ContentFile
from whitenoise.storage import CompressedManifestStaticFilesStorage  # type: ignore[import-untyped]

# Ours: vendored files stay as they came, to the byte.
OURS = ("js/", "css/")
COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
# Spaces that say nothing in a stylesheet: around these, and behind the colon of a declaration (one of a selector has
# none). No text of ours holds such a thing.
AROUND, BEHIND = re.compile(r"\s*([{};,])\s*"), re.compile(r": +")


def trimmed(name: str, text: str) -> str:
    """The same script or stylesheet without indentation, empty lines and comments that have a line of their own.

    A stylesheet also loses the spaces that say nothing.

    No text of ours goes over several lines; tests/test_trimming.py holds that.
    """
    if name.endswith(".css"):
        return BEHIND.sub(":", AROUND.sub(r"\1", COMMENT.sub("", text))).replace(";}", "}").strip() + "\n"
    lines = [line.strip() for line in text.splitlines()]
    return "\n".join(line for line in lines if line and not line.startswith("//")) + "\n"


class TrimmedStorage(CompressedManifestStaticFilesStorage):
    """Trims our scripts and stylesheets before they get their names and are compressed."""

    def _save(self, name: str, content: Any) -> str:
        if name.startswith(OURS) and name.endswith((".js", ".css")):
            # It may have been read to its end, for its name.
            content.seek(0)
            content = ContentFile(trimmed(name, content.read().decode()).encode())
        saved: str = super()._save(name, content)
        return saved
