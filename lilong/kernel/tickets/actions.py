"""What may be done to a ticket: each verb checks scope and right, moves once, and writes its step and its fact."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction

from lilong.kernel.access import actions as access
from lilong.kernel.access.viewer import Viewer
from lilong.kernel.journal import actions as journal
from lilong.kernel.tickets import moves
from lilong.kernel.tickets.duty import desk_for
from lilong.kernel.tickets.models import Desk, Shift, State, Step, Ticket

NOTE_LENGTH = 2000


@dataclass(frozen=True)
class NewTicket:
    """What a scenario knows when it opens a ticket. `plan` is its declaration: outcomes, no_answer, finish, wait."""

    kind: str
    scenario: str
    field: str
    title: str
    finding_id: int | None
    home_id: int
    person_id: int | None
    path: str
    to: str
    urgency: str
    finish: timedelta
    wait: timedelta | None
    data_as_of: datetime | None
    facts: Mapping[str, Any] = dataclasses.field(default_factory=dict)
    plan: Mapping[str, Any] = dataclasses.field(default_factory=dict)


def open_ticket(new: NewTicket, *, by: str, at: datetime) -> int:
    """Open a ticket and return its id; the same finding again returns the ticket it already has.

    With `wait` it starts in *contacting* at the operations centre; without, it goes straight to the desk on duty.
    """
    with transaction.atomic():
        if new.finding_id is not None:
            known = Ticket.objects.filter(finding_id=new.finding_id).values_list("id", flat=True).first()
            if known is not None:
                return int(known)
        contacting = new.wait is not None
        ticket = Ticket.objects.create(
            kind=new.kind,
            scenario=new.scenario,
            field=new.field,
            title=new.title,
            facts=dict(new.facts),
            plan=dict(new.plan),
            finding_id=new.finding_id,
            home_id=new.home_id,
            person_id=new.person_id,
            path=new.path,
            state=State.CONTACTING if contacting else State.WAITING,
            desk=Desk.OPERATIONS if contacting else desk_for(to=new.to, path=new.path, at=at),
            to=new.to,
            urgency=new.urgency,
            opened_at=at,
            contact_until=at + new.wait if new.wait is not None else None,
            dispatched_at=None if contacting else at,
            due_at=at + new.finish,
            data_as_of=new.data_as_of,
        )
        _record(ticket, kind="opened", by=by, at=at, key="opened", facts=dict(new.facts))
        _fact(ticket, "ticket.opened", by=by, at=at, data={})
    return int(ticket.pk)


def record_call(
    ticket_id: int, *, whom: str, answered: bool, viewer: Viewer, at: datetime, note: str = "", key: str = ""
) -> None:
    """Note a telephone call: `whom` is a role (emergency_contact, resident …), never a name or number."""
    with transaction.atomic():
        ticket = _move(ticket_id, "call", viewer)
        result = "answered" if answered else "no_answer"
        if _record(
            ticket, kind="call", by=viewer.by, at=at, result=result, note=note, facts={"whom": whom},
            key=key or f"call:{whom}:{at.isoformat()}",
        ):  # fmt: skip
            _fact(ticket, "ticket.step", by=viewer.by, at=at, data={"step": "call", "whom": whom, "result": result})


def no_answer(ticket_id: int, *, step: str, viewer: Viewer, at: datetime, note: str = "") -> None:
    """Nobody opened: note which step of the scenario's chain was taken now (family, neighbour, key_holder …)."""
    with transaction.atomic():
        ticket = _move(ticket_id, "no_answer", viewer)
        chain = ticket.plan.get("no_answer", [])
        if step not in chain:
            raise ValueError(f"no_answer: {step!r} is not a step of this ticket's chain ({', '.join(chain)})")
        if _record(ticket, kind="no_answer", by=viewer.by, at=at, result=step, note=note, key=f"no_answer:{step}"):
            _fact(ticket, "ticket.step", by=viewer.by, at=at, data={"step": "no_answer", "result": step})


def note(ticket_id: int, *, words: str, viewer: Viewer, at: datetime, key: str = "") -> None:
    """Add somebody's words to the ticket. An empty note is refused."""
    if not words.strip():
        raise ValueError("note: it is empty; write what was seen or said")
    with transaction.atomic():
        ticket = _move(ticket_id, "note", viewer)
        if _record(ticket, kind="note", by=viewer.by, at=at, note=words, key=key or f"note:{at.isoformat()}"):
            _fact(ticket, "ticket.noted", by=viewer.by, at=at, data={})


def data_changed(
    ticket_id: int, *, what: str, facts: Mapping[str, Any], as_of: datetime, by: str, at: datetime
) -> None:
    """Later data moved the episode (`what`: extended, shortened, withdrawn, cleared): a note, never a closing."""
    with transaction.atomic():
        ticket = Ticket.objects.select_for_update().get(pk=ticket_id)
        if ticket.state in moves.OPEN:
            ticket.data_as_of = max(filter(None, (ticket.data_as_of, as_of)))
            ticket.facts = {**ticket.facts, **facts}
            ticket.save(update_fields=["data_as_of", "facts"])
        key = f"data:{what}:{as_of.isoformat()}"
        if _record(ticket, kind="data", by=by, at=at, result=what, facts=dict(facts), key=key):
            _fact(ticket, "ticket.noted", by=by, at=at, data={"data": what})


def dispatch(ticket_id: int, *, by: str, at: datetime, viewer: Viewer | None = None) -> None:
    """Hand a ticket in *contacting* to the desk on duty; a second call does nothing."""
    with transaction.atomic():
        ticket = Ticket.objects.select_for_update().get(pk=ticket_id)
        if viewer is not None:
            _visible(ticket_id, viewer)
            _may(viewer, "dispatch")
        if ticket.state != State.CONTACTING:
            return
        ticket.state = moves.after(ticket.state, "dispatch")
        ticket.desk = desk_for(to=ticket.to, path=ticket.path, at=at)
        ticket.dispatched_at = at
        ticket.contact_until = None
        ticket.save(update_fields=["state", "desk", "dispatched_at", "contact_until"])
        _record(ticket, kind="dispatched", by=by, at=at, key="dispatched", facts={"desk": ticket.desk})
        _fact(ticket, "ticket.dispatched", by=by, at=at, data={})


def accept(ticket_id: int, *, viewer: Viewer, at: datetime) -> None:
    """Take the ticket: it is the viewer's from now on. Taking one's own again does nothing; another's is refused."""
    with transaction.atomic():
        ticket = _visible(ticket_id, viewer)
        _may(viewer, "accept")
        if ticket.state == State.ACCEPTED and ticket.assignee_id == viewer.account_id:
            return
        ticket.state = moves.after(ticket.state, "accept")
        ticket.assignee_id = viewer.account_id
        ticket.accepted_at = at
        ticket.save(update_fields=["state", "assignee_id", "accepted_at"])
        _record(ticket, kind="accepted", by=viewer.by, at=at, key=f"accepted:{at.isoformat()}")
        _fact(ticket, "ticket.accepted", by=viewer.by, at=at, data={})


def hand_back(ticket_id: int, *, viewer: Viewer, at: datetime, note: str = "") -> None:
    """Undo an acceptance: the ticket waits on its desk again."""
    with transaction.atomic():
        ticket = _visible(ticket_id, viewer)
        _may(viewer, "hand_back")
        ticket.state = moves.after(ticket.state, "hand_back")
        ticket.assignee_id = None
        ticket.accepted_at = None
        ticket.save(update_fields=["state", "assignee_id", "accepted_at"])
        _record(ticket, kind="handed_back", by=viewer.by, at=at, note=note, key=f"handed_back:{at.isoformat()}")
        _fact(ticket, "ticket.handed_back", by=viewer.by, at=at, data={})


def close(
    ticket_id: int, *, outcome: str, viewer: Viewer, at: datetime, note: str = "", away_until: datetime | None = None
) -> None:
    """Close with one of the scenario's outcomes. `away_until` (future) is kept for the outcomes that offer it.

    Closing again with the same outcome does nothing; raises ValueError for an unknown outcome or a past `away_until`.
    """
    with transaction.atomic():
        ticket = _visible(ticket_id, viewer)
        _may(viewer, "close")
        if ticket.state == State.CLOSED and ticket.outcome == outcome:
            return
        outcomes = ticket.plan.get("outcomes", [])
        if outcome not in outcomes:
            raise ValueError(f"close: {outcome!r} is not an outcome of this ticket ({', '.join(outcomes)})")
        if away_until is not None and away_until <= at:
            raise ValueError("close: away_until lies in the past; give the day the resident comes back")
        ticket.state = moves.after(ticket.state, "close")
        ticket.outcome = outcome
        ticket.quiet = outcome in ticket.plan.get("quiet", [])
        ticket.closed_at = at
        ticket.contact_until = None
        ticket.save(update_fields=["state", "outcome", "quiet", "closed_at", "contact_until"])
        _record(ticket, kind="closed", by=viewer.by, at=at, result=outcome, note=note, key="closed")
        data = {"outcome": outcome, "person": ticket.person_id, "home": ticket.home_id}
        if away_until is not None:
            data["away_until"] = away_until.isoformat()
        _fact(ticket, "ticket.closed", by=viewer.by, at=at, data=data)
        access.revoke_task_links(case=ticket.pk, by=viewer.by, at=at)


def void(ticket_id: int, *, reason: str, viewer: Viewer, at: datetime) -> None:
    """Void with a reason (a test, a mistake of the sensor's binding …); it stays on record."""
    if not reason.strip():
        raise ValueError("void: give the reason")
    with transaction.atomic():
        ticket = _visible(ticket_id, viewer)
        _may(viewer, "void")
        ticket.state = moves.after(ticket.state, "void")
        ticket.closed_at = at
        ticket.contact_until = None
        ticket.save(update_fields=["state", "closed_at", "contact_until"])
        _record(ticket, kind="void", by=viewer.by, at=at, note=reason, key="void")
        _fact(ticket, "ticket.voided", by=viewer.by, at=at, data={})
        access.revoke_task_links(case=ticket.pk, by=viewer.by, at=at)


def set_shifts(path: str, hours: Sequence[tuple[int, time, time]], *, by: str, at: datetime) -> None:
    """Replace the weekly duty hours of the committee at `path` by (weekday, begins, ends) in local time."""
    with transaction.atomic():
        Shift.objects.filter(path=path).delete()
        Shift.objects.bulk_create(Shift(path=path, weekday=d, begins=b, ends=e) for d, b, e in hours)
        place = int(path.rstrip("/").rsplit("/", 1)[-1])
        journal.write("shift.set", subject=("place", place), by=by, at=at, path=path, data={"hours": len(hours)})


def _visible(ticket_id: int, viewer: Viewer) -> Ticket:
    """The ticket, locked, if it is within the viewer's scope or is the very case of the viewer's link."""
    ticket = Ticket.objects.select_for_update().filter(pk=ticket_id).first()
    seen = ticket is not None and (viewer.case == ticket.pk if viewer.case is not None else viewer.sees(ticket.path))
    if ticket is None or not seen:
        raise PermissionDenied("ticket: there is none by this number in your scope")
    return ticket


def _may(viewer: Viewer, move: str) -> None:
    verb = moves.VERBS.get(move, "tickets.work")
    if not viewer.may(verb):
        raise PermissionDenied(f"ticket: {move} needs the right {verb}")


def _move(ticket_id: int, move: str, viewer: Viewer) -> Ticket:
    """The visible ticket, checked that `viewer` may make `move` and that the table allows it now."""
    ticket = _visible(ticket_id, viewer)
    _may(viewer, move)
    moves.after(ticket.state, move)
    return ticket


def _record(
    ticket: Ticket, *, kind: str, by: str, at: datetime, key: str, result: str = "", note: str = "",
    facts: Mapping[str, Any] | None = None,
) -> bool:  # fmt: skip
    """Add the step; False when this very step is on record already."""
    try:
        with transaction.atomic():
            Step.objects.create(
                ticket=ticket,
                at=at,
                by=by,
                kind=kind,
                result=result,
                note=note[:NOTE_LENGTH],
                facts=facts or {},
                key=key,
            )
    except IntegrityError:
        return False
    return True


def _fact(ticket: Ticket, kind: str, *, by: str, at: datetime, data: Mapping[str, Any]) -> None:
    """Every fact of a ticket says how it stands now, so that a live page needs no query to show it."""
    standing = {
        "state": ticket.state,
        "desk": ticket.desk,
        "scenario": ticket.scenario,
        "field": ticket.field,
        "urgency": ticket.urgency,
        "finding": ticket.finding_id,
        "due": ticket.due_at.isoformat(),
        "quiet": ticket.quiet,
    }
    journal.write(kind, subject=("ticket", ticket.pk), by=by, at=at, path=ticket.path, data={**standing, **data})
