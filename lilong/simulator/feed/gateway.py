"""The gateway's sign-in: its code, and the token that an installation wrote into a file for it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Gateway:
    code: str
    token: str


def read(path: Path, code: str = "") -> Gateway | None:
    """From a JSON file {"code", "token"}, or from a file with the bare token and the code given; None while missing."""
    try:
        text = path.read_text(encoding="utf-8").strip()
    except FileNotFoundError:
        return None
    if text.startswith("{"):
        told = json.loads(text)
        return Gateway(told["code"], told["token"])
    return Gateway(code, text) if text and code else None
