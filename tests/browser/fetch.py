"""Finds a Chromium for the browser tests, or brings one: `python -m tests.browser.fetch`."""

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from functools import cache
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome")
PATIENCE = 900  # seconds for one attempt to install


@cache
def chromium() -> str | None:
    """The path of a Chromium that starts on this machine; None if there is none."""
    found = [shutil.which(name) for name in NAMES]
    return next((path for path in (*found, _playwrights_own()) if path and _starts(path)), None)


def fetch() -> str | None:
    """A Chromium, installed first where none is found: by apt as root, else by Playwright."""
    for attempt in _attempts():
        if (path := chromium()) is not None:
            return path
        print(f"No Chromium yet; trying: {' '.join(attempt)}", file=sys.stderr)
        _run(attempt)
        chromium.cache_clear()
    return chromium()


def _attempts() -> list[Sequence[str]]:
    playwright = (sys.executable, "-m", "playwright", "install")
    attempts: list[Sequence[str]] = [(*playwright, "--with-deps", "chromium"), (*playwright, "chromium")]
    if hasattr(os, "geteuid") and os.geteuid() == 0 and shutil.which("apt-get"):
        install = "apt-get update -qq && apt-get install -y -qq --no-install-recommends chromium"
        attempts.insert(0, ("sh", "-c", install))
    return attempts


def _run(command: Sequence[str]) -> None:
    """Run one attempt; what it says goes to standard error, and its failure only means to try the next."""
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    try:
        subprocess.run(command, env=quiet, stdout=sys.stderr, timeout=PATIENCE, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        print(f"That failed: {error}", file=sys.stderr)


def _playwrights_own() -> str | None:
    try:
        from playwright.sync_api import sync_playwright

        with sync_playwright() as playwright:
            path = playwright.chromium.executable_path
    except Exception:
        return None
    return path if Path(path).exists() else None


def _starts(path: str) -> bool:
    try:
        return (
            subprocess.run((path, "--version"), capture_output=True, timeout=60, check=False).returncode == 0
        )
    except (OSError, subprocess.TimeoutExpired):
        return False


if __name__ == "__main__":
    path = fetch()
    if path is None:
        sys.exit("The browser tests need Chromium: none was found, and none could be installed.")
    print(f"Chromium: {path}")
