"""Reading the lake: what was delivered, which rows wait and why, and which rows spoke of whom."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.db import transaction

from lilong.kernel.access import masking
from lilong.kernel.access.viewer import Viewer
from lilong.kernel.journal.actions import record_read

from .intakes import named
from .models import Delivery, Origin, Quarantine
from .raw import opened_cell


@dataclass(frozen=True)
class DeliveryRow:
    """One delivered file and what became of it."""

    id: int
    kind: str
    title: str
    file_name: str
    state: str
    reason: str
    rows: int
    rows_done: int
    changed: int
    unchanged: int
    refused: int
    at: datetime
    by: str


@dataclass(frozen=True)
class WaitingRow:
    """One row in quarantine; `cells` by header, masked where they could name somebody."""

    id: int
    delivery_id: int
    kind: str
    file_name: str
    row: int
    field: str
    reason: str
    cells: dict[str, str]


@dataclass(frozen=True)
class OriginRow:
    """One delivered row that spoke of a subject."""

    kind: str
    file_name: str
    row: int
    at: datetime


def deliveries(viewer: Viewer, *, limit: int = 100) -> list[DeliveryRow]:
    """The files delivered, newest first, for viewers who may import."""
    if not viewer.may("import.files"):
        return []
    return [
        DeliveryRow(
            title=named(row.kind).title,
            **{name: getattr(row, name) for name in DeliveryRow.__dataclass_fields__ if name != "title"},
        )
        for row in Delivery.objects.order_by("-id")[:limit]
    ]


def quarantine(viewer: Viewer, *, delivery_id: int | None = None, limit: int = 500) -> list[WaitingRow]:
    """The rows that wait to be corrected, oldest first, masked, for viewers who may import."""
    if not viewer.may("import.files"):
        return []
    rows = Quarantine.objects.filter(state="waiting").select_related("delivery").order_by("id")
    if delivery_id is not None:
        rows = rows.filter(delivery_id=delivery_id)
    return [
        WaitingRow(
            id=row.id,
            delivery_id=row.delivery_id,
            kind=row.delivery.kind,
            file_name=row.delivery.file_name,
            row=row.row,
            field=row.field,
            reason=row.reason,
            cells=_cells(row, masked=True),
        )
        for row in rows[:limit]
    ]


def reveal_row(viewer: Viewer, quarantine_id: int, *, purpose: str, at: datetime, route: str = "") -> dict[str, str]:
    """The clear cells of a waiting row by header; written to the read log.

    Raises PermissionDenied where role or purpose lacks.
    """
    if not (viewer.may("import.files") and viewer.may("people.reveal") and purpose in viewer.purposes):
        raise PermissionDenied("this row is not for this viewer and purpose")
    row = Quarantine.objects.select_related("delivery").get(id=quarantine_id)
    cells = _cells(row, masked=False)
    with transaction.atomic():
        fields = [column.name for column in named(row.delivery.kind).columns if column.kept == "sealed"]
        subject = ("quarantine", row.id)
        record_read(by=viewer.by, at=at, subject=subject, fields=fields, purpose=purpose, route=route)
    return cells


def origins(viewer: Viewer, subject: tuple[str, int]) -> list[OriginRow]:
    """Which delivered rows spoke of a subject, newest first, for viewers who may import."""
    if not viewer.may("import.files"):
        return []
    rows = Origin.objects.filter(subject_kind=subject[0], subject_id=subject[1]).select_related("delivery")
    return [
        OriginRow(row.delivery.kind, row.delivery.file_name, row.row, row.delivery.at) for row in rows.order_by("-id")
    ]


def _cells(row: Quarantine, *, masked: bool) -> dict[str, str]:
    held = json.loads(opened_cell(row.raw_cipher) or "{}")
    return {
        column.header: masking.name(held[column.name]) if masked and column.kept != "clear" else held[column.name]
        for column in named(row.delivery.kind).columns
        if column.name in held
    }
