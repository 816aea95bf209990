"""When a place moves, everything below it moves along: one statement for each table that keeps a place's path."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.db.models import Value
from django.db.models.functions import Concat, Substr

from .models import Place


def followers() -> Iterator[Any]:
    """Every table whose rows hold the path of a place: the model says so with `path_follows_place = True`."""
    return (model for model in apps.get_models() if getattr(model, "path_follows_place", False))


def repath(old: str, new: str) -> None:
    """Put every path strictly below `old` below `new`, and in the following tables the rows at `old` itself too.

    Both are whole paths (`/1/4/17/`). Within the caller's transaction, whatever the number of rows.
    """
    moved = Concat(Value(new), Substr("path", len(old) + 1))
    Place.objects.filter(path__startswith=old).exclude(path=old).update(path=moved)
    for model in followers():
        model._default_manager.filter(path__startswith=old).update(path=moved)
