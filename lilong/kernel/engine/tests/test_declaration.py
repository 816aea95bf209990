"""scenario.toml is strict: what it cannot mean is an error that names file, key and reason."""

from __future__ import annotations

from pathlib import Path

import pytest

from lilong.kernel.engine import new, scenarios
from lilong.kernel.engine.declaration import DeclarationError, lookup, read, replaced

WATER = scenarios.ROOT / "elder_water_silence" / "scenario.toml"


def changed(folder: Path, old: str, by: str) -> Path:
    """The water scenario with one thing changed, in a folder of its own."""
    text = WATER.read_text(encoding="utf-8")
    assert old in text
    path = folder / "scenario.toml"
    path.write_text(text.replace(old, by, 1), encoding="utf-8")
    (folder / "assessment.md").write_text("x")
    return path


def test_the_water_scenario_is_read_whole() -> None:
    declared = scenarios.get("elder_water_silence")
    assert declared.running
    assert declared.by == "scenario:elder_water_silence"
    table = declared.declaration.watch_table()
    assert table["silence"] == {"for": "24h", "under": "10 L", "max_step": "2h"}
    assert lookup(table, "silence.under") == "10 L"
    assert lookup(replaced(table, "silence.under", "0 L"), "silence.under") == "0 L"
    assert lookup(table, "silence.under") == "10 L"


@pytest.mark.parametrize(
    ("old", "by", "named"),
    [
        ("silence  =", "silense  =", "watch.silense"),
        ('for = "24h"', 'for = "a day"', "watch.silence.for"),
        ('under = "10 L"', 'under = "10 kg"', "watch.silence.under"),
        ('field      = "risk_warning"', 'field      = "risks"', "scenario.field"),
        ('max      = "72h"', 'max      = "12h"', "silence.for"),
        ("review     = 2027-06-01", "", "scenario.review"),
        ('absence  = ["taken_by_family"', 'absence  = ["on_holiday"', "on_holiday"),
        ('[settings."silence.under"]', '[settings."silence.unter"]', "silence.unter"),
        ("[watch]", "[watch", "scenario.toml"),
        ('status     = "live" ', 'status     = "trial" ', "scenario.pilot"),
    ],
)
def test_what_it_cannot_mean_is_named(tmp_path: Path, old: str, by: str, named: str) -> None:
    with pytest.raises(DeclarationError) as refused:
        read(changed(tmp_path, old, by))
    assert named in str(refused.value)
    assert tmp_path.name in str(refused.value)


def test_a_live_watch_without_its_impact_record_is_refused(tmp_path: Path) -> None:
    path = changed(tmp_path, "basis", "basis")
    (tmp_path / "assessment.md").unlink()
    with pytest.raises(DeclarationError, match="assessment"):
        read(path)


def test_an_unknown_scenario_names_those_there_are() -> None:
    with pytest.raises(DeclarationError, match="elder_water_silence"):
        scenarios.get("elder_water_silense")


def test_a_new_folder_is_a_draft_that_can_be_read(tmp_path: Path) -> None:
    folder = new.make("night_noise", kind="watch", review="2027-11-01", root=tmp_path)
    assert read(folder / "scenario.toml").scenario.status == "draft"
    with pytest.raises(FileExistsError):
        new.make("night_noise", kind="watch", review="2027-11-01", root=tmp_path)


@pytest.mark.parametrize(("slug", "kind"), [("Night Noise", "watch"), ("../x", "watch"), ("night_noise", "dance")])
def test_a_name_or_kind_that_will_not_do_is_refused(tmp_path: Path, slug: str, kind: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        new.make(slug, kind=kind, review="2027-11-01", root=tmp_path)
    assert list(tmp_path.iterdir()) == []
