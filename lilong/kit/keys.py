"""Secret keys of an installation: made once, kept outside the database, readable by their owner alone."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

LENGTH = 32


def load_or_make(path: Path) -> bytes:
    """The key in `path`; 32 random bytes written there (mode 0600) when there is none. ValueError if cut."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    if not path.exists():
        part = path.with_name(f"{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
        handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            os.write(handle, secrets.token_bytes(LENGTH))
            os.fsync(handle)
        finally:
            os.close(handle)
        try:
            os.link(part, path)  # the first of several processes wins, and nobody reads a half-written key
        except FileExistsError:
            pass
        finally:
            part.unlink()
    key = path.read_bytes()
    if len(key) != LENGTH:
        raise ValueError(f"{path}: a key has {LENGTH} bytes, this file {len(key)}; restore it from the backup")
    return key
