"""Which Chromium the journeys use: Debian's where it is installed, else Playwright's own."""

from pathlib import Path

from playwright.sync_api import sync_playwright

DEBIAN = Path("/usr/bin/chromium")

# What Playwright switches off, which a list of our own replaces; and the drop-down of the address bar, for which every
# window starts a renderer of its own: half of what a journey cost.
PLAYWRIGHTS_OWN = (
    "AvoidUnnecessaryBeforeUnloadCheckSync,DestroyProfileOnBrowserClose,HttpsUpgrades,HttpsFirstBalancedModeAutoEnable,"
    "LensOverlay,MediaRouter,PaintHolding,ThirdPartyStoragePartitioning,AvoidCorsURLLoaderRestartOnRedirect,"
    "TcpPortRandomizationWin,OptimizationHints,NetworkTimeServiceQuerying,AimEnabled,PreconnectToSearch"
)
ADDRESS_BAR = "WebUIOmniboxPopup,WebUIOmniboxAimPopup,WebUIOmniboxFullPopup"

# Quiet, without a sandbox (which root has none of), and with nothing that phones home.
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    f"--disable-features={PLAYWRIGHTS_OWN},{ADDRESS_BAR}",
]


def has_chromium() -> bool:
    """Whether the journeys can run on this machine."""
    if DEBIAN.exists():
        return True
    with sync_playwright() as playwright:
        return Path(playwright.chromium.executable_path).exists()
