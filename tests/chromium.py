"""The browser of journeys and pictures."""

import shutil

CHROMIUM = shutil.which("chromium-headless-shell") or shutil.which("chromium")
"""Without its own windows Chromium asks for half the processor."""
WHOLE_CHROMIUM = shutil.which("chromium")
"""The shell keeps no pages in memory to go back to; the whole browser does, with `--headless=new`."""
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--process-per-site",
    "--disable-background-networking",
]
SIZES = {"phone": {"width": 390, "height": 844}, "desktop": {"width": 1280, "height": 900}}
