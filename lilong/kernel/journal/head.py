"""The head of the chain, kept in a file outside the database: whoever shortens the journal contradicts it."""

from __future__ import annotations

import json
import os
import threading
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from django.conf import settings

from lilong.kernel.journal import digest

_PLACE = 512  # bytes; a sector, so that a place is rarely torn at all


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


def save(new: Head) -> None:
    """Write the head so that it is on disk, whatever happens meanwhile.

    The file has two places of fixed length, written in turn and in place: a torn write leaves the one before, and the
    file system has no rename to record, which takes a third of the time of replacing the file.
    """
    path = file()
    line = json.dumps({**asdict(new), "mac": digest.sign(_message(new)).hex()}).encode().ljust(_PLACE - 1) + b"\n"
    if not path.exists():
        part = path.with_name(f"{path.name}.{os.getpid()}.{threading.get_ident()}.part")
        part.write_bytes(line * 2)
        part.replace(path)
    with path.open("r+b") as out:
        heads = _held(out.read())
        oldest = min(range(2), key=lambda place: known.seq if (known := heads[place]) else -1)
        out.seek(oldest * _PLACE)
        out.write(line)
        out.flush()
        os.fdatasync(out.fileno())


def load(path: Path | None = None) -> Head | None:
    """The head in the file; None when there is no file. Raises HeadForgedError when it is not ours."""
    path = path or file()
    try:
        heads = [head for head in _held(path.read_bytes()) if head]
    except FileNotFoundError:
        return None
    if not heads:
        raise HeadForgedError(path.name)
    return max(heads, key=lambda head: head.seq)


def _held(content: bytes) -> list[Head | None]:
    """What stands in the two places; None where it is torn, empty or not ours."""
    return [_read(content[start : start + _PLACE]) for start in (0, _PLACE)]


def _read(line: bytes) -> Head | None:
    try:
        held = json.loads(line)
        head = Head(held["seq"], held["fact"], held["chain"], held["at"])
        return head if digest.signed(bytes.fromhex(held["mac"]), _message(head)) else None
    except (ValueError, KeyError, TypeError):
        return None


def set_aside() -> Path:
    """Keep the present file under a name of its own, as evidence that the database once held more; gives that name.

    Where the file is gone, an empty one stands for it.
    """
    path = file()
    number = max((_number(found) for found in kept()), default=0) + 1
    aside = path.with_name(f"{path.name}.lost-{number}")
    if path.exists():
        path.replace(aside)
    else:
        aside.touch()
    return aside


def kept() -> list[Path]:
    """The files set aside, oldest first; each stays a problem until a person has looked into it and removed it."""
    path = file()
    return sorted(path.parent.glob(f"{path.name}.lost-*"), key=_number)


def _number(path: Path) -> int:
    return int(path.name.rpartition("-")[2])


def _message(head: Head) -> bytes:
    return b"head:" + json.dumps(asdict(head)).encode()
