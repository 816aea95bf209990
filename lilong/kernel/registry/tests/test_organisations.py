from __future__ import annotations

import pytest

from lilong.kernel.journal import queries as journal
from lilong.kernel.places import queries as places
from lilong.kernel.places.tests.town import build, worker
from lilong.kernel.registry import queries
from lilong.kernel.registry.actions import NewOrganisation, add_organisations, relate
from lilong.kernel.registry.models import Organisation, Relation

from .neighbours import AT, BY, add, someone

pytestmark = pytest.mark.django_db


def test_organisations_are_known_by_code_else_by_name_at_their_place() -> None:
    ids = build()
    batch = [
        NewOrganisation("澄湾便利店", place_id=ids["A1-8"], kind="shop"),
        NewOrganisation("澄湾物业", code="TEST00000000000001", kind="property", place_id=ids["A"]),
        NewOrganisation("澄湾便利店", place_id=ids["B1-3"], kind="shop"),
    ]
    first = add_organisations(batch, by=BY, at=AT)
    assert len(set(first)) == 3
    assert add_organisations(batch, by=BY, at=AT) == first
    renamed = NewOrganisation("澄湾新物业", code="TEST00000000000001", place_id=ids["B"])
    assert add_organisations([renamed], by=BY, at=AT) == [first[1]]
    row = Organisation.objects.get(id=first[1])
    assert (row.name, row.kind, row.path) == ("澄湾新物业", "property", places.path_of(ids["B"]))
    facts = [(fact.kind, fact.data) for fact in journal.about(("organisation", first[1]), limit=9)]
    assert facts == [("organisation.changed", {"fields": ["name", "place_id"]}), ("organisation.added", {})]


def test_an_organisation_is_seen_within_the_scope_alone() -> None:
    ids = build()
    (shop,) = add_organisations([NewOrganisation("澄湾便利店", place_id=ids["A1-8"])], by=BY, at=AT)
    found = queries.organisation(worker(ids["A"]), shop)
    assert found is not None
    assert (found.name, found.code, found.path) == ("澄湾便利店", "", places.path_of(ids["A1-8"]))
    assert queries.organisation(worker(ids["B"]), shop) is None


def test_a_relation_is_noted_once_with_a_person_or_another_organisation() -> None:
    ids = build()
    shop, office = add_organisations([NewOrganisation("店"), NewOrganisation("社")], by=BY, at=AT)
    (person_id,) = add(someone(home_id=ids["h502"]))
    for _ in range(2):
        relate(organisation_id=shop, kind="landlord", person_id=person_id, by=BY, at=AT)
        relate(organisation_id=shop, kind="member", other_id=office, by=BY, at=AT)
    assert set(Relation.objects.values_list("kind", "person_id", "other_id")) == {
        ("landlord", person_id, None),
        ("member", None, office),
    }
    with pytest.raises(ValueError, match="person or with another"):
        relate(organisation_id=shop, kind="landlord", by=BY, at=AT)
