"""Which Chromium the journeys use: Debian's where it is installed, else Playwright's own."""

from pathlib import Path
from typing import Any

from playwright.sync_api import sync_playwright

DEBIAN = Path("/usr/bin/chromium")
# The same without windows, which nobody looks at here: a journey costs two thirds of what it costs with them.
WITHOUT_WINDOWS = Path("/usr/bin/chromium-headless-shell")

# Quiet, without a sandbox (which root has none of), and with nothing that phones home.
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def chosen() -> dict[str, Any]:
    """What Playwright is told to launch; nothing where it has its own."""
    found = next((path for path in (WITHOUT_WINDOWS, DEBIAN) if path.exists()), None)
    return {"executable_path": str(found)} if found else {}


def has_chromium() -> bool:
    """Whether the journeys can run on this machine."""
    if chosen():
        return True
    with sync_playwright() as playwright:
        return Path(playwright.chromium.executable_path).exists()
