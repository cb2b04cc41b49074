"""What others wrote is exactly what they published."""

import hashlib
from pathlib import Path

import pytest
from django.conf import settings

VENDOR = Path(settings.BASE_DIR) / "static" / "vendor"


def sums() -> list[tuple[Path, str]]:
    """Each file that a SHA256SUMS names, with the hash it should have."""
    found = []
    for listing in sorted(VENDOR.rglob("SHA256SUMS")):
        for line in listing.read_text().splitlines():
            digest, name = line.split()
            found.append((listing.parent / name, digest))
    return found


@pytest.mark.parametrize(("file", "digest"), sums(), ids=lambda value: getattr(value, "name", ""))
def test_file_is_as_published(file: Path, digest: str) -> None:
    assert hashlib.sha256(file.read_bytes()).hexdigest() == digest


def test_every_file_is_listed_and_licensed() -> None:
    listed = {file for file, _ in sums()}
    present = {file for file in VENDOR.rglob("*") if file.is_file() and file.name != "SHA256SUMS"}
    assert listed == present
    assert listed, "nothing is vendored"
    assert {folder / "LICENSE" for folder in {file.parent for file in listed}} <= listed
