"""Where an account works, in words: the names of the places in its scope."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext as _

from lilong.kernel.access.viewer import Viewer
from lilong.kernel.places import queries as places


def whereabouts(viewers: Iterable[Viewer]) -> dict[str, str]:
    """For each viewer (by its `by`) the names of its places; one look-up for all of them."""
    scopes = {viewer.by: sorted(viewer.scope) for viewer in viewers}
    names = places.labels({_last(path) for paths in scopes.values() for path in paths if path != "/"})
    return {by: "、".join(filter(None, (_name(path, names) for path in paths))) for by, paths in scopes.items()}


def _name(path: str, names: dict[int, str]) -> str:
    return _("全部") if path == "/" else names.get(_last(path), "")


def _last(path: str) -> int:
    return int(path.rstrip("/").rpartition("/")[2])
