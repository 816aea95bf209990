"""The viewer's scope as a condition with the named parameters that filters use."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from lilong.kernel.access import scope
from lilong.kernel.access.viewer import Viewer


def condition(viewer: Viewer, column: str) -> tuple[str, dict[str, Any]]:
    """SQL that holds for rows whose place path in `column` the viewer sees, and its parameters."""
    text, values = scope.sql(viewer, column)
    params = {f"scope{number}": value for number, value in enumerate(values)}
    for name in params:
        text = text.replace("%s", f"%({name})s", 1)
    return text, params


def everyone_in(viewer: Viewer, path: str) -> Viewer:
    """A viewer of exactly one place: for numbers about it that are then shown no finer than the rules allow."""
    return replace(viewer, scope=frozenset({path}), case=None)
