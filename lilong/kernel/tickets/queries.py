"""What a viewer may read of tickets: the desk's list, its counts, one card with its timeline; all masked."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext

from lilong.kernel.access.scope import limit
from lilong.kernel.access.viewer import Viewer
from lilong.kernel.places import queries as places
from lilong.kernel.tickets import moves
from lilong.kernel.tickets.models import Desk, State, Step, Ticket, Urgency
from lilong.kit.clock import SHANGHAI

PAGE = 50
RECENT = timedelta(days=7)  # how long a closed ticket stays on the desk
_RANK = {Urgency.URGENT: 0, Urgency.WATCH: 1, Urgency.NORMAL: 2}


@dataclass(frozen=True)
class TicketRow:
    """One line of a list. `place_label` goes down to the building; the home's number is not in it."""

    id: int
    number: str
    kind: str
    scenario: str
    field: str
    title: str
    place_label: str
    path: str
    state: str
    desk: str
    urgency: str
    opened_at: datetime
    due_at: datetime
    closed_at: datetime | None
    late_by: timedelta | None
    assignee_id: int | None
    outcome: str
    quiet: bool
    data_as_of: datetime | None
    finding_id: int | None
    person_id: int | None
    home_id: int


@dataclass(frozen=True)
class StepRow:
    """One line of the timeline."""

    at: datetime
    by: str
    kind: str
    result: str
    note: str
    facts: Mapping[str, Any]


@dataclass(frozen=True)
class TicketCard:
    """One ticket with its timeline (oldest first) and what the viewer may do with it now."""

    row: TicketRow
    steps: tuple[StepRow, ...]
    moves: frozenset[str]
    outcomes: tuple[str, ...]
    offers_absence: tuple[str, ...]
    quiet_outcomes: tuple[str, ...]  # those that end in silence: somebody died
    chain: tuple[tuple[str, datetime | None], ...]  # no-answer steps in order, with the time each was taken
    first_call: str
    contact_until: datetime | None
    accepted_at: datetime | None
    mine: bool
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Happening:
    """A ticket as an event: where (path), what field, how it stands; no home, no person, no title."""

    id: int
    finding_id: int | None
    scenario: str
    field: str
    path: str
    state: str
    urgency: str
    opened_at: datetime
    dispatched_at: datetime | None
    accepted_at: datetime | None
    due_at: datetime
    closed_at: datetime | None
    data_as_of: datetime | None
    handled: bool  # somebody took a step
    answered: bool  # somebody was reached, or it is closed


@dataclass(frozen=True)
class DeskPage:
    """A page of a list: the rows, how many there are in all, and the next page's number if there is one."""

    rows: tuple[TicketRow, ...]
    total: int
    page: int
    next_page: int | None


def visible(viewer: Viewer) -> QuerySet[Ticket]:
    """The tickets a viewer may know of: scope compiled in; a committee does not see what is still being called."""
    if viewer.case is not None:
        return Ticket.objects.filter(pk=viewer.case)
    if not viewer.may("tickets.read"):
        return Ticket.objects.none()
    tickets = limit(Ticket.objects.all(), viewer)
    if not viewer.may("tickets.dispatch"):
        tickets = tickets.exclude(state=State.CONTACTING).exclude(desk=Desk.OPERATIONS, state__in=moves.OPEN)
    return tickets


def desk(
    viewer: Viewer, *, at: datetime, state: str = "", desk: str = "", search: str = "", urgency: str = "",
    late: bool = False, mine: bool = False, scenario: str = "", field: str = "", page: int = 1,
) -> DeskPage:  # fmt: skip
    """Today's work first: open before closed, urgent before normal, soonest due first. 50 rows a page.

    `state` is a state, or "open", or "" for all; closed and void ones are shown for 7 days.
    `search` finds the ticket's number, its scenario's title and place names down to the building.
    """
    found = visible(viewer)
    if state == "open":
        found = found.filter(state__in=moves.OPEN)
    elif state in moves.OPEN:
        found = found.filter(state=state)
    else:
        recent = Q(closed_at__gte=at - RECENT)
        found = found.filter(recent & Q(state=state) if state else recent | Q(state__in=moves.OPEN))
    for column, value in (("desk", desk), ("urgency", urgency), ("scenario", scenario), ("field", field)):
        if value:
            found = found.filter(**{column: value})
    if late:
        found = found.filter(state__in=moves.OPEN, due_at__lt=at)
    if mine:
        found = found.filter(assignee_id=viewer.account_id or 0)
    if search := search.strip():
        found = found.filter(_search(viewer, search))
    keys = found.values_list("id", "state", "urgency", "due_at", "closed_at", "quiet")
    ordered = sorted(keys, key=_desk_order)
    page = max(1, page)
    chosen = [key[0] for key in ordered[(page - 1) * PAGE : page * PAGE]]
    by_id = Ticket.objects.in_bulk(chosen)
    rows = tuple(_rows([by_id[i] for i in chosen], at))
    return DeskPage(rows, len(ordered), page, page + 1 if page * PAGE < len(ordered) else None)


def _desk_order(key: tuple[Any, ...]) -> tuple[Any, ...]:
    ident, state, urgency, due_at, closed_at, _quiet = key
    if state in moves.OPEN:
        return (0, _RANK[urgency], due_at.timestamp(), ident)
    return (1, 0, -(closed_at.timestamp() if closed_at else 0), ident)


def _search(viewer: Viewer, words: str) -> Q:
    tail = words.rsplit("-", 1)[-1].lstrip("0")
    wanted = Q(title__icontains=words)
    for prefix in places.paths_like(viewer, words):
        wanted |= Q(path__startswith=prefix)
    if tail.isdigit() and len(tail) < 18:
        wanted |= Q(pk=int(tail))
    return wanted


def counts(viewer: Viewer, *, at: datetime) -> dict[str, int]:
    """How many: by state, plus open, urgent, late, mine and closed_7d; each is the length of the list behind it."""
    seen = visible(viewer)
    now_open = Q(state__in=moves.OPEN)
    return seen.aggregate(
        open=Count("id", filter=now_open),
        contacting=Count("id", filter=Q(state=State.CONTACTING)),
        waiting=Count("id", filter=Q(state=State.WAITING)),
        accepted=Count("id", filter=Q(state=State.ACCEPTED)),
        urgent=Count("id", filter=now_open & Q(urgency=Urgency.URGENT)),
        late=Count("id", filter=now_open & Q(due_at__lt=at)),
        mine=Count("id", filter=now_open & Q(assignee_id=viewer.account_id or 0)),
        closed_7d=Count("id", filter=Q(state=State.CLOSED, closed_at__gte=at - RECENT)),
    )


def ticket(viewer: Viewer, ticket_id: int, *, at: datetime) -> TicketCard | None:
    """One ticket with its timeline, or None when there is none by this id in the viewer's scope."""
    found = visible(viewer).filter(pk=ticket_id).first()
    if found is None:
        return None
    steps = tuple(_step(s) for s in Step.objects.filter(ticket=found).order_by("id"))
    taken = {s.result: s.at for s in steps if s.kind == "no_answer"}
    plan = found.plan
    may = frozenset(move for move in moves.possible(found.state) if viewer.may(moves.VERBS.get(move, "tickets.work")))
    return TicketCard(
        row=_rows([found], at)[0],
        steps=steps,
        moves=may,
        outcomes=tuple(plan.get("outcomes", ())),
        offers_absence=tuple(plan.get("absence", ())),
        quiet_outcomes=tuple(plan.get("quiet", ())),
        chain=tuple((name, taken.get(name)) for name in plan.get("no_answer", ())),
        first_call=str(plan.get("first_call", "")),
        contact_until=found.contact_until,
        accepted_at=found.accepted_at,
        mine=found.assignee_id is not None and found.assignee_id == viewer.account_id,
        facts=found.facts,
    )


def contact_waits(at: datetime) -> list[int]:
    """Tickets whose time for the first call is over at `at`: they are due to be dispatched."""
    return list(
        Ticket.objects.filter(state=State.CONTACTING, contact_until__lte=at).order_by("id").values_list("id", flat=True)
    )


def by_findings(finding_ids: Collection[int]) -> dict[int, tuple[int, str]]:
    """Finding id → (ticket id, state), for those findings that have a ticket."""
    found = Ticket.objects.filter(finding_id__in=finding_ids).values_list("finding_id", "id", "state")
    return {finding: (ticket_id, state) for finding, ticket_id, state in found if finding is not None}


def happenings(viewer: Viewer, *, since: datetime) -> list[Happening]:
    """For the wall: open tickets and those opened or closed since, scope compiled in, without a word about anybody.

    Void ones are left out, and so are the quietly closed.
    """
    recent = Q(state__in=moves.OPEN) | Q(opened_at__gte=since) | Q(closed_at__gte=since)
    seen = limit(Ticket.objects.filter(recent), viewer).exclude(state=State.VOID).exclude(quiet=True)
    by_person = Step.objects.filter(ticket=OuterRef("pk"), by__startswith="account:")
    reached = Step.objects.filter(ticket=OuterRef("pk"), kind="call", result="answered")
    seen = seen.annotate(handled=Exists(by_person), reached=Exists(reached)).order_by("id")
    names = [n for n in Happening.__dataclass_fields__ if n != "answered"]
    return [Happening(**{n: getattr(t, n) for n in names}, answered=t.reached or t.state == State.CLOSED) for t in seen]


def _rows(tickets: Sequence[Ticket], at: datetime) -> list[TicketRow]:
    homes = {t.home_id for t in tickets}
    masked = places.labels(homes, upto="building")
    return [_row(t, masked.get(t.home_id, ""), at) for t in tickets]


def _row(found: Ticket, place_label: str, at: datetime) -> TicketRow:
    is_open = found.state in moves.OPEN
    return TicketRow(
        id=found.pk,
        number=number(found.pk, found.opened_at),
        kind=found.kind,
        scenario=found.scenario,
        field=found.field,
        title=_title(found, place_label),
        place_label=place_label,
        path=found.path,
        state=found.state,
        desk=found.desk,
        urgency=found.urgency,
        opened_at=found.opened_at,
        due_at=found.due_at,
        closed_at=found.closed_at,
        late_by=at - found.due_at if is_open and at > found.due_at else None,
        assignee_id=found.assignee_id,
        outcome=found.outcome,
        quiet=found.quiet,
        data_as_of=found.data_as_of,
        finding_id=found.finding_id,
        person_id=found.person_id,
        home_id=found.home_id,
    )


def number(ticket_id: int, opened_at: datetime) -> str:
    """The number people say aloud: day of opening and a running number, such as 261122-0017."""
    return f"{opened_at.astimezone(SHANGHAI):%y%m%d}-{ticket_id:04d}"


def _title(found: Ticket, place_label: str) -> str:
    """The scenario's template in the reader's language, with the address no finer than the building."""
    words = {k: v for k, v in found.facts.items() if isinstance(v, int | float | str)}
    return gettext(found.title).format(home=SimpleNamespace(address=place_label), **words)


def _step(step: Step) -> StepRow:
    return StepRow(step.at, step.by, step.kind, step.result, step.note, step.facts)
