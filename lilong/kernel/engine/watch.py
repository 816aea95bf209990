"""The kind `watch`: binds the streams of an audience, opens a ticket for a finding, and follows both to their end."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta

from lilong.kernel.audiences import actions as audiences
from lilong.kernel.audiences import queries as audience_queries
from lilong.kernel.engine import numbers, scenarios
from lilong.kernel.engine.decisions import Decision, Finding
from lilong.kernel.engine.scenarios import Declared
from lilong.kernel.journal.queries import SealedFact
from lilong.kernel.places import queries as places
from lilong.kernel.registry import actions as registry
from lilong.kernel.registry import queries as people
from lilong.kernel.sensing import actions as sensing
from lilong.kernel.sensing import queries as streams
from lilong.kernel.tickets import actions as tickets
from lilong.kernel.tickets import queries as ticket_queries
from lilong.kit.spans import parse_span

STALE = timedelta(hours=72)
"""A finding over for longer than the lateness of nightly meters (DESIGN §1, sensing) is history: no ticket."""

FOR_EVER = timedelta(days=36500)


def audience_name(declared: Declared) -> str:
    """The name under which a scenario's audience is kept."""
    return f"scenario:{declared.slug}"


def running() -> list[Declared]:
    """The scenarios that act: live ones and those on trial."""
    return [declared for declared in scenarios.every().values() if declared.running]


def settle(declared: Declared, *, at: datetime) -> int:
    """Derive the scenario's whole audience and bind all its streams; returns how many people are bound."""
    text = declared.declaration.watch.audience
    audience = audiences.ensure(audience_name(declared), text, by=declared.by, at=at)
    audiences.refresh(audience, subjects=None, by=declared.by, at=at)
    members = audience_queries.members(audience)
    if gone := streams.bound_subjects(declared.slug) - members:
        sensing.unbind(declared.slug, gone, by=declared.by, at=at)
    bind(declared, members, at=at)
    return len(members)


def begin(at: datetime) -> None:
    """Bring standing bindings in line with a changed scenario.toml: numbers, audience, or the end of the watch."""
    for declared in scenarios.every().values():
        if declared.running:
            settle(declared, at=at)
        else:
            sensing.unbind(declared.slug, None, by=declared.by, at=at, why=declared.declaration.scenario.status)


def bind(declared: Declared, persons: Collection[int], *, at: datetime) -> None:
    """Bind the streams of these people's homes, with the numbers of their committee; the rest of theirs is unbound."""
    homes = people.homes_of(persons, at)
    kind = declared.declaration.watch.stream
    by_home = streams.streams_of(set(homes.values()), kind)
    set_numbers = numbers.set_at(declared.slug)
    rows = [
        sensing.BindingRow(
            stream_id=stream.id,
            subject_id=person,
            params=numbers.params(declared, stream.path, set_numbers),
        )
        for person, home in homes.items()
        for stream in by_home.get(home, ())
        if _in_pilot(declared, stream.path)
    ]
    sensing.bind(declared.slug, rows, replace_subjects=set(persons), by=declared.by, at=at)
    for home, until in people.away(set(homes.values()), at).items():
        sensing.quiet(declared.slug, [home], until=until, by=declared.by, at=at)


def _in_pilot(declared: Declared, path: str) -> bool:
    about = declared.declaration.scenario
    if about.status != "trial":
        return True
    pilots = places.paths_of(places.ids_by_code(about.pilot).values()).values()
    return any(path.startswith(pilot) for pilot in pilots)


def records_changed(facts: Sequence[SealedFact], at: datetime) -> None:
    """People, residencies or devices changed: re-derive those people and the others of their homes, and no one else."""
    persons = {fact.subject_id for fact in facts if fact.subject_kind == "person"}
    persons |= {int(p) for fact in facts for p in fact.data.get("persons", ())}
    homes = {int(h) for fact in facts for h in _homes(fact)}
    homes |= set(people.homes_of(persons, at).values())
    devices = any(fact.kind.startswith("device.") for fact in facts)
    if devices:
        sensing.sync_streams(by="system:engine", at=at)
    touched = persons | {p for living in people.living_in(homes, at).values() for p in living}
    for declared in running():
        audience = audiences.ensure(audience_name(declared), declared.declaration.watch.audience, by=declared.by, at=at)
        change = audiences.refresh(audience, subjects=touched, by=declared.by, at=at)
        # a member who moved, or whose meter was replaced, is no change of the audience and yet a new binding
        stay = (touched & audience_queries.members(audience)) - change.entered
        if stay:
            bind(declared, stay, at=at)


def _homes(fact: SealedFact) -> Iterable[int]:
    return [h for key in ("home", "from", "to") if isinstance(h := fact.data.get(key), int)]


def audience_changed(fact: SealedFact, at: datetime) -> None:
    """Somebody entered or left a scenario's audience: bind or unbind."""
    for declared in running():
        if fact.data.get("name") == audience_name(declared):
            bind(declared, fact.data.get("entered", ()), at=at)
            if left := fact.data.get("left"):
                sensing.unbind(declared.slug, left, by=declared.by, at=at)


def number_changed(fact: SealedFact, at: datetime) -> None:
    """A committee set its own number: bind the people below that place again."""
    declared = scenarios.get(str(fact.data["scenario"]))
    if not declared.running:
        return
    audience = audiences.ensure(audience_name(declared), declared.declaration.watch.audience, by=declared.by, at=at)
    members = audience_queries.members(audience)
    homes = people.homes_of(members, at)
    below = {home for home, path in places.paths_of(set(homes.values())).items() if path.startswith(fact.path)}
    bind(declared, [person for person, home in homes.items() if home in below], at=at)


def finding_opened(fact: SealedFact, at: datetime) -> None:
    """A finding of a scenario: decide, and open its ticket (once). No data is a chore of the meter's keeper."""
    declared = _of(fact)
    if declared is None:
        return
    plan = declared.declaration.ticket
    finding = _finding(fact)
    title = plan.title.get(finding.kind)
    if title is None or (finding.past and finding.end < at - STALE):
        return
    decision = Decision(urgency=plan.urgency.get(finding.kind, "normal"))
    if decide := declared.rule():
        decision = decide(finding)
    if not decision.ticket:
        return
    tickets.open_ticket(
        tickets.NewTicket(
            kind=plan.kind,
            scenario=declared.slug,
            field=declared.declaration.scenario.field,
            title=title,
            finding_id=finding.id,
            home_id=finding.home_id,
            person_id=finding.person_id,
            path=fact.path,
            to=plan.to,
            urgency="normal" if finding.past else decision.urgency,
            finish=parse_span(plan.finish),
            wait=parse_span(plan.first.wait) if plan.first else None,
            data_as_of=finding.data_as_of,
            facts=_measured(finding),
            plan={
                "outcomes": plan.outcomes,
                "no_answer": plan.no_answer,
                "absence": plan.absence,
                "quiet": plan.quiet,
                "first_call": plan.first.call if plan.first else "",
            },
        ),
        by=declared.by,
        at=at,
    )


def finding_changed(fact: SealedFact, at: datetime) -> None:
    """Later data moved or ended an episode: its ticket gets a note; it is never closed by data."""
    known = ticket_queries.by_findings([fact.subject_id])
    declared = _of(fact)
    if declared is None or fact.subject_id not in known:
        return
    finding = _finding(fact)
    what = fact.kind.partition(".")[2]
    tickets.data_changed(
        known[fact.subject_id][0], what=what, facts=_measured(finding), as_of=finding.data_as_of, by=declared.by, at=at
    )


def ticket_closed(fact: SealedFact, at: datetime) -> None:
    """An outcome that says nobody is at home is kept as an absence; after a death the watch over the home ends."""
    declared = scenarios.every().get(str(fact.data.get("scenario")))
    person, home = fact.data.get("person"), fact.data.get("home")
    if declared is None or not isinstance(home, int):
        return
    if fact.data.get("quiet"):
        sensing.quiet(declared.slug, [home], until=at + FOR_EVER, by=declared.by, at=at)
    if isinstance(person, int) and (until := fact.data.get("away_until")):
        registry.set_absence(
            person_id=person, home_id=home, since=at, until=datetime.fromisoformat(str(until)), by=fact.by, at=at
        )


def absence_set(fact: SealedFact, at: datetime) -> None:
    """Somebody said until when nobody is at home: every watch over that home keeps quiet until then."""
    home, until = fact.data.get("home"), fact.data.get("until")
    if isinstance(home, int) and until:
        for declared in running():
            until_at = datetime.fromisoformat(str(until))
            sensing.quiet(declared.slug, [home], until=until_at, by=declared.by, at=at)


def absence_ended(fact: SealedFact, at: datetime) -> None:
    """Somebody is back earlier than said: the watch speaks again from now on."""
    home = fact.data.get("home")
    if isinstance(home, int):
        for declared in running():
            sensing.quiet(declared.slug, [home], until=None, by=declared.by, at=at)


def contacts_over(at: datetime) -> int:
    """First calls that waited long enough without an answer: dispatch their tickets."""
    due = ticket_queries.contact_waits(at)
    for ticket_id in due:
        tickets.dispatch(ticket_id, by="system:engine", at=at)
    return len(due)


def day_passed(at: datetime) -> None:
    """A new Shanghai day: people have birthdays, absences end; audiences follow by their facts."""
    for declared in running():
        audience = audiences.ensure(audience_name(declared), declared.declaration.watch.audience, by=declared.by, at=at)
        audiences.refresh(audience, subjects=None, by=declared.by, at=at)


def _of(fact: SealedFact) -> Declared | None:
    declared = scenarios.every().get(str(fact.data.get("watch")))
    return declared if declared is not None and declared.running else None


def _finding(fact: SealedFact) -> Finding:
    data = fact.data
    return Finding(
        id=fact.subject_id,
        kind=str(data["kind"]),
        person_id=data.get("person"),
        home_id=int(data["home"]),
        start=datetime.fromisoformat(str(data["start"])),
        end=datetime.fromisoformat(str(data["end"])),
        hours=float(data["hours"]),
        litres=float(data.get("litres") or 0),
        data_as_of=datetime.fromisoformat(str(data["as_of"])),
        past=bool(data.get("past")),
    )


def _measured(finding: Finding) -> dict[str, float]:
    return {"hours": round(finding.hours), "litres": round(finding.litres)}
