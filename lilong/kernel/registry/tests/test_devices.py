from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from lilong.kernel.journal import queries as journal
from lilong.kernel.places import queries as places
from lilong.kernel.places.tests.town import build
from lilong.kernel.registry import queries
from lilong.kernel.registry.actions import (
    NewDevice,
    add_devices,
    issue_tokens,
    new_token,
    put_devices,
    remove_device,
    replace_meter,
)
from lilong.kernel.registry.models import Device

from .neighbours import AT, BY

pytestmark = pytest.mark.django_db


def batch(ids: dict[str, int]) -> list[NewDevice]:
    return [
        NewDevice("m1", "water_meter", ids["h502"], "gw", "water_volume", "nightly", 3600, date(2025, 5, 3)),
        NewDevice("gw", "gateway", ids["A1-8"]),
        NewDevice("m2", "water_meter", ids["h501"], "", "water_volume", "live", 300),
    ]


def test_each_new_device_gets_a_token_of_which_only_a_hash_is_kept() -> None:
    ids = build()
    tokens = add_devices(batch(ids), by=BY, at=AT)
    assert sorted(tokens) == ["gw", "m1", "m2"]
    found = queries.device_by_token(tokens["m1"])
    assert found == queries.DeviceRow(
        id=found.id if found else 0,
        code="m1",
        kind="water_meter",
        home_id=ids["h502"],
        path=places.path_of(ids["h502"]),
        parent_code="gw",
        stream="water_volume",
        delivery="nightly",
        every_s=3600,
        removed_on=None,
    )
    assert queries.device_by_token("guess") is None
    held = str(list(Device.objects.values()))
    assert not any(token in held for token in tokens.values())
    assert add_devices(batch(ids), by=BY, at=AT) == {}


def test_a_later_list_changes_what_it_tells_and_nothing_twice() -> None:
    ids = build()
    first, changed = put_devices(batch(ids), by=BY, at=AT)
    assert changed == {"gw", "m1", "m2"}
    new = [replace(one, home_id=ids["hx"]) if one.code == "m2" else one for one in batch(ids)]
    again, changed = put_devices(new, by=BY, at=AT)
    assert (again, changed) == (first, {"m2"})
    assert queries.devices_by_code(["m2"])["m2"].path == places.path_of(ids["hx"])
    fact = next(iter(journal.about(("device", first["m2"]), limit=1)))
    assert (fact.kind, fact.data) == ("device.changed", {"home": ids["hx"], "fields": ["home_id"]})


def test_a_fresh_token_closes_the_old_one() -> None:
    ids = build()
    old = add_devices(batch(ids), by=BY, at=AT)["m2"]
    new = new_token("m2", by=BY, at=AT)
    assert queries.device_by_token(old) is None
    assert (found := queries.device_by_token(new)) is not None
    assert found.code == "m2"
    with pytest.raises(ValueError, match="m9"):
        issue_tokens(["m1", "m9"], by=BY, at=AT)


def test_a_new_meter_takes_the_place_of_the_old_which_is_kept() -> None:
    ids = build()
    old = add_devices(batch(ids), by=BY, at=AT)["m1"]
    token = replace_meter("m1", new_code="m1b", by=BY, at=AT)
    assert queries.device_by_token(old) is None
    new = queries.device_by_token(token)
    assert new is not None
    assert (new.code, new.home_id, new.parent_code, new.stream, new.every_s) == (
        "m1b",
        ids["h502"],
        "gw",
        "water_volume",
        3600,
    )
    gone = Device.objects.get(code="m1")
    assert gone.removed_on == date(2026, 11, 22)
    assert Device.objects.get(code="m1b").replaces_id == gone.id
    facts = [*journal.about(("device", gone.id), limit=1), *journal.about(("device", new.id), limit=2)]
    assert [(fact.kind, fact.data) for fact in facts] == [
        ("device.removed", {"home": ids["h502"], "replaced_by": new.id}),
        ("device.token_given", {"home": ids["h502"]}),
        ("device.added", {"home": ids["h502"], "kind": "water_meter", "replaces": gone.id}),
    ]
    for code, other in (("m1", "m1c"), ("m2", "gw"), ("none", "m9")):
        with pytest.raises(ValueError, match="cannot be replaced"):
            replace_meter(code, new_code=other, by=BY, at=AT)


def test_a_removed_device_stays_removed_whatever_the_next_list_says() -> None:
    ids = build()
    add_devices(batch(ids), by=BY, at=AT)
    remove_device("m2", by=BY, at=AT)
    remove_device("m2", by=BY, at=AT)
    _, changed = put_devices([replace(one, every_s=60) for one in batch(ids) if one.code == "m2"], by=BY, at=AT)
    assert changed == set()
    assert queries.devices_by_code(["m2"])["m2"].removed_on == date(2026, 11, 22)
    facts = [fact.kind for fact in journal.about(("device", Device.objects.get(code="m2").id), limit=9)]
    assert facts.count("device.removed") == 1


def test_devices_are_listed_all_or_by_id() -> None:
    ids = build()
    codes, _ = put_devices(batch(ids), by=BY, at=AT)
    assert {row.code for row in queries.devices()} == {"gw", "m1", "m2"}
    assert [row.code for row in queries.devices([codes["m2"]])] == ["m2"]
    assert queries.devices([]) == []
