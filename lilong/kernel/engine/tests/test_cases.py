"""Every scenario's cases pass, a new folder's too, and a case that is wrong is found."""

from __future__ import annotations

from pathlib import Path

import pytest

from lilong.kernel.engine import cases, new, scenarios
from lilong.kernel.engine.declaration import DeclarationError, read
from lilong.kernel.engine.rehearsal import rehearse
from lilong.kernel.engine.scenarios import Declared
from lilong.kernel.journal.models import Fact
from lilong.kernel.registry.models import Person


@pytest.mark.django_db
@pytest.mark.parametrize("slug", sorted(scenarios.every()))
def test_every_case_of_every_scenario_is_as_expected(slug: str) -> None:
    results = rehearse(scenarios.get(slug))
    assert results
    assert [r for r in results if not r.passed] == []


@pytest.mark.django_db
def test_a_rehearsal_leaves_no_trace() -> None:
    assert rehearse(scenarios.get("elder_water_silence"))
    assert (Person.objects.count(), Fact.objects.count()) == (0, 0)


@pytest.mark.django_db
def test_the_cases_of_a_new_folder_pass_before_a_line_is_changed(tmp_path: Path) -> None:
    folder = new.make("night_water", kind="watch", review="2027-11-01", root=tmp_path)
    results = rehearse(Declared("night_water", folder, read(folder / "scenario.toml")))
    assert len(results) == 2
    assert all(r.passed for r in results)


@pytest.mark.django_db
def test_a_case_that_expects_what_does_not_happen_fails_and_says_what_did(tmp_path: Path) -> None:
    folder = new.make("night_water", kind="watch", review="2027-11-01", root=tmp_path)
    text = (folder / "cases.toml").read_text().replace('kind = "silence", hours = 25', 'kind = "excess"')
    (folder / "cases.toml").write_text(text)
    first, second = rehearse(Declared("night_water", folder, read(folder / "scenario.toml")))
    assert (first.passed, first.expected, first.found) == (False, ("excess",), ("silence 25 h",))
    assert second.passed


@pytest.mark.parametrize(
    ("old", "by", "named"),
    [
        ("hours = 72, litres", "hours = 72, liters", "water.0.liters"),
        ('kind = "silence"', 'kind = "quiet"', "expect.0.kind"),
        ("expect = []", 'expect = [{ kind = "silence" }]', "one stay silent"),
        ("[[case]]", "[[case", "cases.toml"),
    ],
)
def test_a_file_of_cases_is_as_strict_as_the_scenario(tmp_path: Path, old: str, by: str, named: str) -> None:
    folder = new.make("night_water", kind="watch", review="2027-11-01", root=tmp_path)
    path = folder / "cases.toml"
    assert old in path.read_text()
    path.write_text(path.read_text().replace(old, by))
    with pytest.raises(DeclarationError) as refused:
        cases.read(folder)
    assert named in str(refused.value)
