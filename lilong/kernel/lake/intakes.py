"""Which kinds of delivery there are: every block and service that takes a file says so in its `intake.py`."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from pathlib import Path

from lilong.kit.intake import Intake

_ROOT = Path(__file__).resolve().parents[2]


@cache
def every() -> dict[str, Intake]:
    """The intakes by name, in the order in which deliveries that arrive together are taken.

    Raises ValueError where two folders take the same kind.
    """
    found: dict[str, Intake] = {}
    for floor in ("kernel", "services"):
        for path in sorted((_ROOT / floor).glob("*/intake.py")):
            for intake in import_module(f"lilong.{floor}.{path.parent.name}.intake").KINDS:
                if intake.name in found:
                    raise ValueError(f"two folders take deliveries of kind {intake.name!r}, one of them {path.parent}")
                found[intake.name] = intake
    return dict(sorted(found.items(), key=lambda item: (item[1].order, item[0])))


def named(kind: str) -> Intake:
    """The intake of one kind. Raises ValueError with the kinds there are."""
    if kind not in every():
        raise ValueError(f"no folder takes deliveries of kind {kind!r}; there are {', '.join(every())}")
    return every()[kind]
