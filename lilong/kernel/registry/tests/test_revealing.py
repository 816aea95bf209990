from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied

from lilong.kernel.access.viewer import ANONYMOUS, SYSTEM, Viewer
from lilong.kernel.journal import queries as journal
from lilong.kernel.places.tests.town import build, worker
from lilong.kernel.registry import queries
from lilong.kernel.registry.actions import NewContact, NewOwner, add_contacts, set_absence, set_owners

from .neighbours import AT, BY, add, someone

pytestmark = pytest.mark.django_db


def test_a_card_is_masked_and_tells_age_company_and_absence() -> None:
    ids = build()
    one, other = add(someone(2, home_id=ids["h502"]), someone(3, home_id=ids["h501"], name="李伯"))
    set_absence(person_id=other, home_id=ids["h501"], since=AT, until=AT + timedelta(days=2), by=BY, at=AT)
    viewer = worker(ids["A"])
    card = queries.person(viewer, one, AT)
    assert card == queries.PersonCard(
        id=one,
        name="王**",
        sex="F",
        age=85,
        phone="140****0002",
        address="澄湾路120弄8号",
        home_id=ids["h502"],
        registered_id=None,
        path=card.path if card else "",
        lives_alone=True,
        away_until=None,
        died_on=None,
    )
    cards = queries.cards(viewer, [one, other, 999_999], AT)
    assert set(cards) == {one, other}
    assert (cards[other].name, cards[other].away_until) == ("李*", AT + timedelta(days=2))


def test_two_who_share_a_home_do_not_live_alone() -> None:
    ids = build()
    one, _ = add(someone(2, home_id=ids["h502"]), someone(3, home_id=ids["h502"]))
    card = queries.person(SYSTEM, one, AT)
    assert card is not None
    assert not card.lives_alone


def test_people_of_another_committee_are_not_there_at_all() -> None:
    ids = build()
    (person_id,) = add(someone(home_id=ids["hx"]))
    add_contacts([NewContact(person_id, "王思彤", "+8614000007737")], by=BY, at=AT)
    set_owners({ids["hx"]: [NewOwner("王秀珍")]}, by=BY, at=AT)
    inside, outside = worker(ids["B"]), worker(ids["A"])
    assert queries.person(inside, person_id, AT) is not None
    assert queries.contacts(inside, person_id)
    assert queries.owners(inside, ids["hx"])
    for viewer in (outside, ANONYMOUS, Viewer(by="link:1", case=1), replace(inside, individuals=False)):
        assert queries.person(viewer, person_id, AT) is None
        assert queries.contacts(viewer, person_id) == []
        assert queries.owners(viewer, ids["hx"]) == []


def test_clear_values_are_told_for_a_purpose_and_the_read_log_says_so() -> None:
    ids = build()
    new = someone(home_id=ids["h502"])
    (person_id,) = add(new)
    add_contacts([NewContact(person_id, "王思彤", "+8614000007737", "女儿", key_holder=True)], by=BY, at=AT)
    viewer = worker(ids["A"])
    told = queries.reveal(
        viewer,
        person_id,
        fields=["contacts", "phone", "name", "national_id", "address", "born_on"],
        purpose="visit",
        at=AT,
        route="/desk/tickets/1",
    )
    assert told == {
        "name": "王秀珍",
        "phone": "+8614000000002",
        "national_id": new.national_id,
        "born_on": "1941-03-08",
        "address": "澄湾路120弄8号502室",
        "contacts": [{"name": "王思彤", "relation": "女儿", "phone": "+8614000007737", "key_holder": True}],
    }
    (entry,) = journal.reads_of(("person", person_id))
    assert (entry.by, entry.purpose, entry.route) == ("account:7", "visit", "/desk/tickets/1")
    fact = next(iter(journal.about(("person", person_id), limit=1)))
    assert fact.kind == "read.revealed"
    assert "王" not in str(fact.data)


def test_without_scope_role_or_purpose_nothing_is_told_and_nothing_is_logged() -> None:
    ids = build()
    (person_id,) = add(someone(home_id=ids["h502"]))
    own = worker(ids["A"])
    refused = [
        (worker(ids["B"]), "visit"),
        (own, "curiosity"),
        (replace(own, roles=frozenset({"wall"})), "visit"),
        (replace(own, individuals=False), "visit"),
        (Viewer(by="link:1", case=1), "visit"),
        (SYSTEM, "visit"),
        (ANONYMOUS, "visit"),
    ]
    for viewer, purpose in refused:
        with pytest.raises(PermissionDenied):
            queries.reveal(viewer, person_id, fields=["phone"], purpose=purpose, at=AT)
    with pytest.raises(PermissionDenied):
        queries.reveal(own, 999_999, fields=["phone"], purpose="visit", at=AT)
    with pytest.raises(ValueError, match="no field"):
        queries.reveal(own, person_id, fields=["ethnicity"], purpose="visit", at=AT)
    assert list(journal.reads_of(("person", person_id))) == []
    assert queries.reveal(own, person_id, fields=["phone"], purpose="visit", at=AT) == {"phone": "+8614000000002"}


def test_contacts_are_kept_in_order_brought_up_to_date_and_shown_masked() -> None:
    ids = build()
    (person_id,) = add(someone(home_id=ids["h502"]))
    batch = [
        NewContact(person_id, "王思彤", "+8614000007737", "女儿"),
        NewContact(person_id, "王家文", "+8614000008310", "儿子", key_holder=True),
    ]
    assert add_contacts(batch, by=BY, at=AT) == {0, 1}
    assert add_contacts(batch, by=BY, at=AT) == set()
    assert add_contacts([replace(batch[0], phone="+8614000000001")], by=BY, at=AT) == {0}
    assert [(c.name, c.relation, c.phone, c.key_holder) for c in queries.contacts(worker(ids["A"]), person_id)] == [
        ("王**", "女儿", "140****0001", False),
        ("王**", "儿子", "140****8310", True),
    ]


def test_owners_are_apart_from_residents_and_tied_to_the_one_of_that_name() -> None:
    ids = build()
    (person_id,) = add(someone(home_id=ids["h502"]))
    owners = {ids["h502"]: [NewOwner("王秀珍", (1, 2)), NewOwner("李伯", (1, 2))], ids["h501"]: [NewOwner("王秀珍")]}
    assert set_owners(owners, by=BY, at=AT) == set(owners)
    assert set_owners(owners, by=BY, at=AT) == set()
    viewer = worker(ids["A"])
    assert queries.owners(viewer, ids["h502"]) == [
        queries.OwnerCard("王**", (1, 2), person_id),
        queries.OwnerCard("李*", (1, 2), None),
    ]
    assert queries.owners(viewer, ids["h501"]) == [queries.OwnerCard("王**", None, None)]
    set_owners({ids["h502"]: [NewOwner("赵姐")]}, by=BY, at=AT)
    assert [card.name for card in queries.owners(viewer, ids["h502"])] == ["赵*"]


def test_people_who_come_after_the_housing_list_are_tied_to_what_they_own() -> None:
    ids = build()
    set_owners({ids["h502"]: [NewOwner("王秀珍")]}, by=BY, at=AT)
    (person_id,) = add(someone(home_id=ids["h502"]))
    assert queries.owners(worker(ids["A"]), ids["h502"]) == [queries.OwnerCard("王**", None, person_id)]
