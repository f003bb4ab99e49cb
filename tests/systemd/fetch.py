"""Finds `systemd-analyze` for the test of the units, or brings it: `python -m tests.systemd.fetch`.

Where it cannot be had (no Debian, no root, no Linux) the units are still read strictly by the test itself.
"""

import os
import shutil
import subprocess
import sys

INSTALL = "apt-get update -qq && apt-get install -y -qq --no-install-recommends systemd"
PATIENCE = 600  # seconds


def analyze() -> str | None:
    """The path of the command; None if there is none."""
    return shutil.which("systemd-analyze")


def fetch() -> str | None:
    """The same, installed first where that is possible; a failure to install only means to go without."""
    if analyze() is None and shutil.which("apt-get") and os.geteuid() == 0:
        quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        try:
            subprocess.run(("sh", "-c", INSTALL), env=quiet, stdout=sys.stderr, timeout=PATIENCE, check=False)
        except subprocess.TimeoutExpired as error:
            print(f"That failed: {error}", file=sys.stderr)
    return analyze()


if __name__ == "__main__":
    print(f"systemd-analyze: {fetch() or 'none here; the units are only read by our own test'}")
