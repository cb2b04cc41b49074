"""Moving: everything of a gym as one file, and from there into an empty installation. See decision 0044.

Unlike a backup it is of one gym, of either database, and holds nothing that opens anything.
"""

from __future__ import annotations

# Raised when an older Rung could not read the file any more.
FORMAT, VERSION = "everything of a gym, by Rung", 1
MANIFEST, README = "manifest.json", "README.txt"
# Bytes that are handed on at once.
PIECE = 256 * 1024


class MoveRefused(Exception):
    """Why a file is not brought in, in a sentence for the operator. Nothing was changed."""
