"""The head of the chain, kept in a file outside the database: whoever shortens the journal contradicts it."""

from __future__ import annotations

import hmac
import json
import os
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from django.conf import settings

from . import digest


@dataclass(frozen=True, slots=True)
class Head:
    """The last seal when the file was written: its number, its fact, the chain there (hex), real time (ISO, UTC)."""

    seq: int
    fact: int
    chain: str
    at: str


class HeadForgedError(Exception):
    """The file exists and was not written by this installation: cut short, edited, or made under another key."""


def file() -> Path:
    """Where the head is kept."""
    return Path(settings.LILONG_HOME) / "journal.head"


def at_last(seq: int, fact: int, chain: bytes) -> Head:
    """A head for the seal just committed."""
    return Head(seq, fact, chain.hex(), datetime.now(UTC).isoformat(timespec="milliseconds"))


def save(head: Head) -> None:
    """Replace the file, atomically and durably."""
    path = file()
    part = path.with_name(f"{path.name}.{os.getpid()}.part")
    with part.open("w") as out:
        json.dump({**asdict(head), "mac": _mac(head)}, out)
        out.flush()
        os.fsync(out.fileno())
    part.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def load(path: Path | None = None) -> Head | None:
    """The head in the file; None when there is no file. Raises HeadForgedError when it is not ours."""
    path = path or file()
    try:
        held = json.loads(path.read_text())
        head = Head(held["seq"], held["fact"], held["chain"], held["at"])
        if not hmac.compare_digest(str(held["mac"]), _mac(head)):
            raise HeadForgedError(path.name)
    except FileNotFoundError:
        return None
    except (ValueError, KeyError, TypeError) as error:
        raise HeadForgedError(path.name) from error
    return head


def set_aside() -> Path:
    """Keep the present file under a name of its own, as evidence that the database once held more; gives that name."""
    path = file()
    for number in range(1, 1_000_000):
        kept = path.with_name(f"{path.name}.lost-{number}")
        if not kept.exists():
            path.replace(kept)
            return kept
    raise FileExistsError(path)


def kept() -> list[Path]:
    """The files set aside, oldest first; each stays a problem until a person has looked into it and removed it."""
    path = file()
    return sorted(path.parent.glob(f"{path.name}.lost-*"), key=lambda found: int(found.name.rpartition("-")[2]))


def _mac(head: Head) -> str:
    return digest.mac(b"head:" + json.dumps(asdict(head)).encode()).hex()
