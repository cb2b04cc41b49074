"""Which Chromium the journeys use: Debian's where it is installed, else Playwright's own."""

from pathlib import Path

from playwright.sync_api import sync_playwright

DEBIAN = Path("/usr/bin/chromium")

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


def has_chromium() -> bool:
    """Whether the journeys can run on this machine."""
    if DEBIAN.exists():
        return True
    with sync_playwright() as playwright:
        return Path(playwright.chromium.executable_path).exists()
