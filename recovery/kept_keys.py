"""Keys that nobody gave: made once, and kept in files beside the embedded database."""

import base64
import os
import secrets
import tempfile
from contextlib import suppress
from pathlib import Path


def kept(folder: Path, name: str) -> str:
    """The key of that name, made at the first call: 32 random bytes in base64.

    The folder must stand. Of two processes at once both get the same key. Raises OSError.
    """
    path = folder / name
    if not path.exists():
        _write_once(path, base64.b64encode(secrets.token_bytes(32)).decode())
    return path.read_text().strip()


def _write_once(path: Path, value: str) -> None:
    """Write a file, for its owner only, that appears whole or not at all; whoever is first wins."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}-")
    try:
        with os.fdopen(handle, "w") as file:
            file.write(value)
            file.flush()
            os.fsync(file.fileno())
        with suppress(FileExistsError):
            os.link(name, path)
    finally:
        os.unlink(name)
