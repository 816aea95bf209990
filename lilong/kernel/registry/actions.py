"""Changing who is who: people are added set-wise, move, are corrected, die, are erased; each change with its fact."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from django.conf import settings
from django.db import transaction

from lilong.kernel.journal.actions import NewFact, write, write_many
from lilong.kernel.places import queries as places
from lilong.kit.clock import SHANGHAI

from . import devices, organisations, people
from .contacts import NewContact, put_contacts
from .devices import NewDevice
from .erasing import wipe
from .models import Absence, Person
from .organisations import NewOrganisation
from .owning import NewOwner, put_owners, tie
from .people import NewPerson
from .residing import Wanted, settle


@dataclass
class Added:
    """What became of a batch, by its positions: the person of each, those that were new or changed, the forgotten."""

    ids: dict[int, int] = field(default_factory=dict)
    changed: set[int] = field(default_factory=set)
    forgotten: set[int] = field(default_factory=set)


@transaction.atomic
def add_people(batch: Sequence[NewPerson], *, by: str, at: datetime) -> Added:
    """Add people or bring them up to date, with where they live and are registered.

    Known by identity number, else by name and birthday at the same home. Set-wise; doing it twice changes nothing.
    Facts `person.added`, `person.changed`, `person.died`, `residency.began`, `residency.ended`.
    """
    result = Added()
    gone = people.forgotten({new.national_id for new in batch})
    result.forgotten = {position for position, new in enumerate(batch) if new.national_id in gone}
    whom = {p: person for p, person in enumerate(people.known(batch)) if p not in result.forgotten}
    fresh = [p for p, person in whom.items() if person is None]
    made, facts = people.create([batch[p] for p in fresh], by=by, at=at)
    rows = {p: person for p, person in whom.items() if person is not None} | dict(zip(fresh, made, strict=True))
    result.ids = {p: person.id for p, person in rows.items()}
    facts += people.update([(rows[p], people.told(batch[p])) for p in rows if p not in fresh], by=by, at=at)
    day = _day(at)
    ends = {p: batch[p].ended_on or day for p in rows if batch[p].died or batch[p].ended_on}
    facts += _deaths({rows[p]: on for p, on in ends.items() if batch[p].died}, by=by, at=at)
    for on in sorted({day, *ends.values()}):
        wanted = [
            want
            for p, person in rows.items()
            if ends.get(p, day) == on
            for want in _wanted(batch[p], person, here=p not in ends and person.died_on is None)
        ]
        facts += settle(wanted, on=on, new={person.id for person in made}, by=by, at=at)
    tie({home for new in batch for home in (new.home_id, new.registered_id) if home is not None})
    write_many(facts)
    touched = {fact.subject[1] for fact in facts}
    result.changed = {p for p, person_id in result.ids.items() if person_id in touched}
    return result


def _wanted(new: NewPerson, person: Person, *, here: bool) -> list[Wanted]:
    """Where a source puts somebody; the dead and those struck off live nowhere, whatever an older list says."""
    return [
        Wanted(person.id, "living", new.home_id if here else None, new.relation),
        Wanted(person.id, "registered", new.registered_id if here else None, new.relation),
    ]


def _deaths(died: Mapping[Person, date], *, by: str, at: datetime) -> list[NewFact]:
    """Note deaths not known before; gives the facts `person.died`. The residencies are the caller's."""
    new = [person for person in died if person.died_on is None]
    for person in new:
        person.died_on = died[person]
    Person.objects.bulk_update(new, ["died_on"], batch_size=100)
    return [
        NewFact("person.died", ("person", person.id), by, at, person.path, {"on": died[person].isoformat()})
        for person in new
    ]


@transaction.atomic
def move_in(
    *,
    person_id: int,
    home_id: int,
    kind: str = "living",
    relation: str = "",
    on: date | None = None,
    by: str,
    at: datetime,
) -> None:
    """The person lives (or is `registered`) in a home from a day on, and no longer where it was before."""
    _living(person_id)
    write_many(settle([Wanted(person_id, kind, home_id, relation)], on=_past(on, at), by=by, at=at))


@transaction.atomic
def move_out(*, person_id: int, kind: str = "living", on: date | None = None, by: str, at: datetime) -> None:
    """The person no longer lives (or is `registered`) in any home here, from a day on."""
    write_many(settle([Wanted(person_id, kind, None)], on=_past(on, at), by=by, at=at))


@transaction.atomic
def correct(*, person_id: int, values: Mapping[str, str | date | None], by: str, at: datetime) -> None:
    """Correct fields of a person: name, sex, born_on, standing, phone, national_id; None or empty text clears one.

    Raises ValueError naming what is wrong. What was held before is kept, sealed under the person's key.
    """
    person = _standing(person_id)
    write_many(people.update([(person, people.checked(values, demo=settings.DEMO, on=_day(at)))], by=by, at=at))


@transaction.atomic
def record_death(*, person_id: int, on: date, by: str, at: datetime) -> None:
    """The person died on a day: every residency ends on it, and nobody is to contact them any more."""
    person = _standing(person_id)
    facts = _deaths({person: _past(on, at)}, by=by, at=at)
    facts += settle([Wanted(person_id, kind, None) for kind in ("living", "registered")], on=on, by=by, at=at)
    write_many(facts)


@transaction.atomic
def erase(*, person_id: int, by: str, at: datetime) -> None:
    """Erase a person: residencies end, the key is destroyed, the row is blanked. The chain of facts still verifies.

    Their identity number is remembered by hash alone, so that the next delivery does not bring them back. Raw rows
    that the lake keeps are struck by `lake.actions.forget`, on the fact `person.erased`.
    """
    person = Person.objects.select_for_update().get(id=person_id)
    if person.erased_at is not None:
        return
    facts = settle([Wanted(person_id, kind, None) for kind in ("living", "registered")], on=_day(at), by=by, at=at)
    wipe(person, at=at)
    write_many([*facts, NewFact("person.erased", ("person", person_id), by, at, person.path)])


@transaction.atomic
def set_absence(*, person_id: int, home_id: int, since: datetime, until: datetime, by: str, at: datetime) -> int:
    """The person is away from the home from a moment until a moment; what was said before about that time gives way.

    Gives the id of the absence; the same one twice is once. Fact `absence.set`.
    """
    if until <= since:
        raise ValueError("an absence ends after it began")
    same = Absence.objects.filter(person_id=person_id, home_id=home_id, since=since, until=until).first()
    if same is not None:
        return same.id
    _cut_short(person_id, since)
    absence = Absence.objects.create(person_id=person_id, home_id=home_id, since=since, until=until, by=by)
    _absence_fact("absence.set", person_id, home_id, until, by=by, at=at)
    return absence.id


@transaction.atomic
def end_absence(*, person_id: int, by: str, at: datetime) -> None:
    """The person is back: every absence that lasts beyond now ends now. Fact `absence.ended`."""
    homes = Absence.objects.filter(person_id=person_id, until__gt=at).values_list("home_id", flat=True)
    for home_id in sorted(set(homes)):
        _absence_fact("absence.ended", person_id, home_id, at, by=by, at=at)
    _cut_short(person_id, at)


def _cut_short(person_id: int, moment: datetime) -> None:
    later = Absence.objects.filter(person_id=person_id, until__gt=moment)
    later.filter(since__gte=moment).delete()  # said in advance, and did not come to be
    later.update(until=moment)


def _absence_fact(kind: str, person_id: int, home_id: int, until: datetime, *, by: str, at: datetime) -> None:
    path = places.paths_of([home_id]).get(home_id, "")
    data = {"home": home_id, "until": until.isoformat()}
    write(kind, subject=("person", person_id), by=by, at=at, path=path, data=data)


@transaction.atomic
def add_contacts(batch: Sequence[NewContact], *, by: str, at: datetime) -> set[int]:
    """Add people's contacts or bring them up to date; gives the positions in the batch that changed something."""
    changed, facts = put_contacts(batch, by=by, at=at)
    write_many(facts)
    return changed


@transaction.atomic
def set_owners(owners: Mapping[int, Sequence[NewOwner]], *, by: str, at: datetime) -> set[int]:
    """Make the owners of homes (by id) be as told; gives the homes where that changed something."""
    changed, facts = put_owners(owners, on=_day(at), by=by, at=at)
    write_many(facts)
    return changed


@transaction.atomic
def put_devices(batch: Sequence[NewDevice], *, by: str, at: datetime) -> tuple[dict[str, int], set[str]]:
    """Add devices or bring them up to date, known by code: ids by code, and the codes that changed. No tokens yet."""
    ids, changed, facts = devices.put(batch, by=by, at=at)
    write_many(facts)
    return ids, changed


@transaction.atomic
def add_devices(batch: Sequence[NewDevice], *, by: str, at: datetime) -> dict[str, str]:
    """Add devices and give the token of each new one, by code; this is the one time the tokens are seen."""
    there = {row.code for row in devices.by_codes([new.code for new in batch])}
    put_devices(batch, by=by, at=at)
    return issue_tokens([new.code for new in batch if new.code not in there], by=by, at=at)


@transaction.atomic
def issue_tokens(codes: Collection[str], *, by: str, at: datetime) -> dict[str, str]:
    """A fresh token for each device of these codes; the old ones open nothing. Raises ValueError if unknown."""
    rows = [row for row in devices.by_codes(codes) if row.removed_on is None]
    if unknown := set(codes) - {row.code for row in rows}:
        raise ValueError(f"no device in use has the code {sorted(unknown)[0]!r}")
    tokens, facts = devices.give_tokens(rows, by=by, at=at)
    write_many(facts)
    return tokens


def new_token(code: str, *, by: str, at: datetime) -> str:
    """A fresh token for one device; see `issue_tokens`."""
    return issue_tokens([code], by=by, at=at)[code]


@transaction.atomic
def remove_device(code: str, *, on: date | None = None, by: str, at: datetime) -> None:
    """The device is gone from a day on. Twice is once."""
    for row in devices.by_codes([code]):
        if row.removed_on is None:
            write_many([devices.remove(row, on=_past(on, at), by=by, at=at)])


@transaction.atomic
def replace_meter(code: str, *, new_code: str, on: date | None = None, by: str, at: datetime) -> str:
    """A new meter takes the place of another, which is kept as removed; gives the new one's token.

    Raises ValueError where the old one is not in use or the new code is taken.
    """
    found = {row.code: row for row in devices.by_codes([code, new_code])}
    if code not in found or found[code].removed_on is not None or new_code in found:
        raise ValueError(f"{code!r} cannot be replaced by {new_code!r}: not in use, or the new code is taken")
    row, facts = devices.replace(found[code], new_code, on=_past(on, at), by=by, at=at)
    write_many(facts)
    return new_token(row.code, by=by, at=at)


@transaction.atomic
def add_organisations(batch: Sequence[NewOrganisation], *, by: str, at: datetime) -> list[int]:
    """Add organisations or bring them up to date, by credit code, else by name and place; gives their ids in order."""
    ids, facts = organisations.put(batch, on=_day(at), by=by, at=at)
    write_many(facts)
    return ids


@transaction.atomic
def relate(
    *, organisation_id: int, kind: str, person_id: int | None = None, other_id: int | None = None, by: str, at: datetime
) -> None:
    """Note what a person or another organisation is to one (`legal_person`, `landlord`, …). Twice is once."""
    if (person_id is None) == (other_id is None):
        raise ValueError("a relation is with a person or with another organisation")
    if organisations.tie(organisation_id, person_id=person_id, other_id=other_id, kind=kind, since=_day(at)):
        subject = ("organisation", organisation_id)
        data = {"kind": kind, "person": person_id, "other": other_id}
        write("organisation.related", subject=subject, by=by, at=at, data=data)


def _day(at: datetime) -> date:
    return at.astimezone(SHANGHAI).date()


def _past(on: date | None, at: datetime) -> date:
    day = _day(at)
    if on is not None and on > day:
        raise ValueError("what has not happened yet is not recorded as if it had")
    return on or day


def _standing(person_id: int) -> Person:
    return Person.objects.select_for_update().get(id=person_id, erased_at=None)


def _living(person_id: int) -> None:
    if _standing(person_id).died_on is not None:
        raise ValueError("the dead move nowhere")
