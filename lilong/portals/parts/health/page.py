"""/healthz for whoever watches the installation from outside: is everything alive? It holds nothing about anybody."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import DatabaseError, connection
from django.http import HttpRequest, JsonResponse
from django.urls import path
from django.views.decorators.cache import never_cache

from lilong.kernel.journal import queries as journal

PROCESSES = ("web", "intake", "worker")
SILENT_AFTER = 10.0  # real seconds without a heartbeat
UNSEALED_MOST = 1000  # facts waiting for their seal; a sealer that works leaves a handful


@never_cache
def healthz(_request: HttpRequest) -> JsonResponse:
    """200 when all is well, 503 when any part is not; each part says how it stands."""
    parts = {"database": _safely(_database), "sealer": _safely(_sealer), "processes": _processes(settings.LILONG_HOME)}
    well = all(part["ok"] for part in (parts["database"], parts["sealer"], *parts["processes"].values()))
    return JsonResponse({"ok": well, **parts}, status=200 if well else 503)


def _database() -> dict[str, Any]:
    started = time.perf_counter()
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return {"ok": True, "engine": connection.vendor, "ms": round((time.perf_counter() - started) * 1000, 1)}


def _sealer() -> dict[str, Any]:
    waiting, _oldest = journal.unsealed()
    return {"ok": waiting < UNSEALED_MOST, "waiting": waiting, "sealed": journal.head()}


def _safely(look: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    try:
        return look()
    except DatabaseError:
        return {"ok": False}


def _processes(home: Path) -> dict[str, dict[str, Any]]:
    return {name: _process(home / "run" / f"{name}.json") for name in PROCESSES}


def _process(file: Path) -> dict[str, Any]:
    try:
        age = time.time() - float(json.loads(file.read_text())["real"])
    except (OSError, ValueError, KeyError):
        return {"ok": False, "age_s": None}
    return {"ok": age < SILENT_AFTER, "age_s": round(age, 1)}


urlpatterns = [path("healthz", healthz, name="healthz")]
