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
    """Replace the file, atomically; what it then holds is on disk."""
    path = file()
    part = path.with_name(f"{path.name}.{os.getpid()}.{threading.get_ident()}.part")
    with part.open("w") as out:
        json.dump({**asdict(head), "mac": digest.sign(_message(head)).hex()}, out)
        out.flush()
        os.fsync(out.fileno())
    part.replace(path)  # a power cut may leave the older file, which the database never contradicts


def load(path: Path | None = None) -> Head | None:
    """The head in the file; None when there is no file. Raises HeadForgedError when it is not ours."""
    path = path or file()
    try:
        held = json.loads(path.read_text())
        head = Head(held["seq"], held["fact"], held["chain"], held["at"])
        if not digest.signed(bytes.fromhex(held["mac"]), _message(head)):
            raise HeadForgedError(path.name)
    except FileNotFoundError:
        return None
    except (ValueError, KeyError, TypeError) as error:
        raise HeadForgedError(path.name) from error
    return head


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
