"""Taking deliveries: any file of a known kind, row by row or not at all, once only; and settling the rows that wait."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path

from django.db import transaction
from django.db.models import F

from lilong.kernel.journal.actions import write
from lilong.kit.clock import SHANGHAI

from . import raw, reading
from .intakes import named
from .mapping import doubles, mapped, names_of
from .models import Delivery, Origin, Quarantine
from .refusing import FileRefused
from .taking import UNFIT, Source, add_origins, raw_of, refuse_one, take

__all__ = ["FileRefused", "Receipt", "deliver", "drop", "forget", "release"]

CHUNK = 500
SMALLEST_CHUNK = 50
PAUSE_S = 0.002  # between chunks, so that the other writers get their turn
LOCK_S = 0.04  # a chunk shrinks until it holds the write lock no longer: readings and desks wait 50 ms at the most
COUNTS = ("rows", "changed", "unchanged", "refused")

Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Receipt:
    """What became of a file: rows in it, those that changed something, that were there already, that wait."""

    id: int
    rows: int
    changed: int
    unchanged: int
    refused: int
    again: bool = False


def deliver(
    kind: str,
    path: Path,
    *,
    by: str,
    at: datetime,
    progress: Progress | None = None,
    headers: Mapping[str, str] | None = None,
) -> Receipt:
    """Take a CSV (UTF-8, GB18030) or GeoJSON file of one kind, in chunks, each once only.

    The same file again changes nothing; one that was broken off goes on where it stopped. `headers` maps the file's
    own headers to ours where they differ; `progress` is called with rows done and rows in all. Raises FileRefused,
    with what was in force untouched, where the file cannot be read or lacks a required column.
    """
    intake = named(kind)
    content = path.read_bytes()
    digest = sha256(content).hexdigest()
    defaults = {"file_name": path.name[-200:], "at": at, "by": by}
    delivery, _ = Delivery.objects.get_or_create(kind=kind, digest=digest, defaults=defaults)
    if delivery.state == "complete":
        return Receipt(delivery.id, delivery.rows, 0, delivery.rows - delivery.refused, delivery.refused, again=True)
    try:
        wanted = [names_of(column, headers or {}) for column in intake.columns if column.required]
        table = reading.read(path.name, content, wanted)
        found = mapped(intake, table, headers or {})
    except FileRefused as why:
        _refuse(delivery, str(why), by=by, at=at)
        raise
    unfinished = Delivery.objects.filter(id=delivery.id).exclude(state="complete")  # by another, since we looked
    unfinished.update(state="taking", reason="", rows=len(table.rows))
    _take_all(Source(delivery.id, intake, table, found, doubles(found, table)), by=by, at=at, progress=progress)
    if Delivery.objects.filter(id=delivery.id, state="complete").exists():
        return _receipt(delivery.id)  # somebody else took the same file meanwhile
    erased = Origin.objects.filter(delivery=delivery, subject_kind="forgotten").values_list("row", flat=True)
    raw.keep(_raw_path(delivery), table, found, without=set(erased))
    _complete(delivery.id, by=by, at=at)
    return _receipt(delivery.id)


def _take_all(source: Source, *, by: str, at: datetime, progress: Progress | None) -> None:
    rows = len(source.table.rows)
    size, one_by_one_until = CHUNK // 4, 0
    while (start := Delivery.objects.values_list("rows_done", flat=True).get(id=source.delivery_id)) < rows:
        count = min(1 if start < one_by_one_until else size, rows - start)
        began = time.monotonic()
        try:
            take(source, start, count, by=by, at=at)
        except UNFIT:
            if count == 1:
                refuse_one(source, start)
            else:
                one_by_one_until = start + count
            continue
        if count == size:
            size = fitting(size, time.monotonic() - began)
        if progress is not None:
            progress(start + count, rows)
        time.sleep(PAUSE_S)


def fitting(size: int, took_s: float) -> int:
    """The next chunk's rows, after one of `size` rows took so many seconds: as many as hold the lock for LOCK_S."""
    fits = int(size * LOCK_S / max(took_s, 0.001))
    return max(SMALLEST_CHUNK, min(CHUNK, fits, size * 2))


@transaction.atomic
def _complete(delivery_id: int, *, by: str, at: datetime) -> None:
    delivery = Delivery.objects.select_for_update().get(id=delivery_id)
    if delivery.state != "complete":
        delivery.state = "complete"
        delivery.save(update_fields=["state"])
        data = {name: getattr(delivery, name) for name in ("kind", *COUNTS)}
        write("delivery.taken", subject=("delivery", delivery.id), by=by, at=at, data=data)


def _receipt(delivery_id: int) -> Receipt:
    return Receipt(delivery_id, *Delivery.objects.values_list(*COUNTS).get(id=delivery_id))


@transaction.atomic
def _refuse(delivery: Delivery, why: str, *, by: str, at: datetime) -> None:
    Delivery.objects.filter(id=delivery.id).update(state="refused", reason=why[:400])
    write("delivery.refused", subject=("delivery", delivery.id), by=by, at=at, data={"kind": delivery.kind})


@transaction.atomic
def release(quarantine_id: int, *, values: Mapping[str, str], by: str, at: datetime) -> str:
    """Try a waiting row again with corrected cells (by header or our column name); gives why it still waits, or "".

    Twice does no harm. Fact `quarantine.released` with the names of the corrected columns.
    """
    waiting = Quarantine.objects.select_for_update().select_related("delivery").get(id=quarantine_id)
    if waiting.state != "waiting":
        return ""
    intake = named(waiting.delivery.kind)
    ours = {name: column.name for column in intake.columns for name in (column.header, column.name)}
    if unknown := values.keys() - ours.keys():
        raise ValueError(f"no column {sorted(unknown)[0]!r} in deliveries of kind {intake.name!r}")
    corrected = {ours[name]: reading.cleaned(cell) for name, cell in values.items()}
    known = {column.name: "" for column in intake.columns} | json.loads(raw.opened_cell(waiting.raw_cipher))
    row = {**known, **corrected, "row": str(waiting.row)}
    try:
        with transaction.atomic():
            taken = intake.take([row], by=by, at=at)
    except UNFIT:
        return "数据库不接受这一行"
    if taken.errors:
        error = taken.errors[0]
        waiting.field = next((c.header for c in intake.columns if c.name == error.field), error.field)
        waiting.reason, waiting.raw_cipher = error.reason[:400], raw_of(row, intake)
        waiting.save(update_fields=["field", "reason", "raw_cipher"])
        return waiting.reason
    add_origins(waiting.delivery_id, taken.subjects)
    Delivery.objects.filter(id=waiting.delivery_id).update(
        changed=F("changed") + taken.changed, unchanged=F("unchanged") + taken.unchanged, refused=F("refused") - 1
    )
    _settle(waiting, "released", {"fields": sorted(corrected)}, by=by, at=at)
    return ""


@transaction.atomic
def drop(quarantine_id: int, *, by: str, at: datetime) -> None:
    """Give up a waiting row: a test entry, a double. Its raw cells stay in the delivery's own Parquet."""
    waiting = Quarantine.objects.select_for_update().get(id=quarantine_id)
    if waiting.state == "waiting":
        _settle(waiting, "dropped", {}, by=by, at=at)


def _settle(waiting: Quarantine, state: str, data: dict[str, object], *, by: str, at: datetime) -> None:
    waiting.state, waiting.raw_cipher, waiting.settled_at, waiting.settled_by = state, None, at, by
    waiting.save(update_fields=["state", "raw_cipher", "settled_at", "settled_by"])
    data = {"delivery": waiting.delivery_id, "row": waiting.row, **data}
    write(f"quarantine.{state}", subject=("quarantine", waiting.id), by=by, at=at, data=data)


def forget(person_id: int, *, by: str, at: datetime) -> int:
    """Strike an erased person's cells out of every raw row that spoke of them; gives how many rows. Twice is once.

    For the fact `person.erased`. Files are rewritten before the database forgets where they were.
    """
    origins = list(Origin.objects.filter(subject_kind="person", subject_id=person_id).select_related("delivery"))
    for delivery in {origin.delivery for origin in origins}:
        raw.strike(_raw_path(delivery), {origin.row for origin in origins if origin.delivery_id == delivery.id})
    with transaction.atomic():
        for origin in origins:
            Quarantine.objects.filter(delivery=origin.delivery_id, row=origin.row).update(raw_cipher=None)
        rows = Origin.objects.filter(id__in=[origin.id for origin in origins], subject_kind="person")
        struck = rows.update(subject_kind="forgotten", subject_id=0)
        if struck:
            write("delivery.struck", subject=("person", person_id), by=by, at=at, data={"rows": struck})
    return struck


def _raw_path(delivery: Delivery) -> Path:
    return raw.path_of(delivery.kind, delivery.at.astimezone(SHANGHAI).date(), delivery.digest)
