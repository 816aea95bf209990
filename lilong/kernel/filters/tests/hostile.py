"""Throws hostile text at the language for some seconds, on a small stack; says how many texts, and the slowest."""

from __future__ import annotations

import contextlib
import os
import random
import sys
import threading
import time
from collections.abc import Iterator

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lilong.settings")
django.setup()

from lilong.kernel.filters import FilterError, parse  # noqa: E402 - Django must be ready first

# fmt: off
WORDS = [
    "(", ")", "((", "))", "（", "age", "lives_alone", "独居", "=", "<", ">=", "'x'", "'", '"', '"a"', "1", "-", "+",
    ",", "^", "*", ".", "1e999", " NOT ", " AND ", " OR ", " IN (", " IS NULL", " BETWEEN ", " LIKE ", " DIV ", "TRUE",
    "NULL", "sex IN ('F','M')", "count(", "any(resident,", "exists(ticket)", "DATE('2020-01-01')", "DATE(", "POINT(",
    "POLYGON((", '{"op":', '{"op":"not","args":[', "[", "]}", "\\", "\x00", "\n", "\ud800",
]
# fmt: on
KNOWN = [
    "(" * 5000 + "age" + ")" * 5000,
    "(" * 5000,
    " AND ".join(["away"] * 20_000),
    "NOT " * 20_000 + "away",
    "NOT " * 2000 + "away",
    "age = " + "-" * 4000 + "1",
    "=".join(["age"] * 2000),
    "+".join(["1"] * 3000),
    "any(resident," * 600 + "away" + ")" * 600,
    "(" * 50 + "away $" + ")" * 50,
    "(" * 50 + "away away" + ")" * 50,
    "(" * 50 + "1," + ")" * 50,
    "(" * 49 + "away" + ")" * 48,
    "NOT (" * 25 + "away OR" + ")" * 25,
    "POLYGON" + "(" * 49 + ")" * 49,
    "age IN (" * 40 + ")" * 40,
    '{"op":"not","args":[' * 500,
    '{"op":"not","args":[' * 50 + '{"zzz":1}' + "]}" * 50,
    "[" * 8000,
    "'" * 8001,
    '"' * 8001,
]


def texts(draw: random.Random, seconds: float) -> Iterator[str]:
    """First what is known to hurt, then whatever comes."""
    yield from KNOWN
    ends = time.monotonic() + seconds
    while time.monotonic() < ends:
        match draw.randrange(3):
            case 0:
                yield "".join(draw.choices(WORDS, k=draw.randint(1, 80)))
            case 1:
                yield draw.choice(WORDS) * draw.randint(1, 2500) + draw.choice(WORDS) * draw.randint(0, 60)
            case _:
                times = draw.randint(1, 60)
                yield "".join(draw.choices(WORDS, k=draw.randint(2, 4))) * times + "away" + ")" * draw.randint(0, times)


def throw(seed: int, seconds: float) -> None:
    """Parse every text; only a FilterError is an answer."""
    tried, slowest = 0, 0.0
    for text in texts(random.Random(seed), seconds):
        begun = time.monotonic()
        with contextlib.suppress(FilterError):
            parse(text)
        slowest, tried = max(slowest, time.monotonic() - begun), tried + 1
    sys.stdout.write(f"{tried} {slowest:.3f}\n")


if __name__ == "__main__":
    threading.stack_size(512 * 1024)  # what a thread has on some platforms; here it would be 8 MB
    thread = threading.Thread(target=throw, args=(int(sys.argv[1]), float(sys.argv[2])))
    thread.start()
    thread.join()
