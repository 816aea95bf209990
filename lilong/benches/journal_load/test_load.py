"""The bench of the journal measures what it says, on a database of its own."""

from __future__ import annotations

from pathlib import Path

from lilong.benches import journal


def test_a_ratio_above_one_is_ours_being_better_whichever_way_the_figures_run() -> None:
    cheaper = journal._row("facts", 80.0, 100.0, "rows without", "us/row", "lower")
    faster = journal._row("sealer", 300.0, 100.0, "chaining", "facts/s", "higher")
    assert (cheaper["ratio"], faster["ratio"]) == (1.25, 3.0)
    assert cheaper.keys() >= {"bench", "case", "ours", "theirs", "who", "unit", "ratio", "better"}


def test_both_sides_are_timed_in_an_installation_that_is_removed_behind() -> None:
    with journal._installation() as environment:
        with journal._child(environment, "seal"), journal._child(environment, "cost") as cost:
            ours, theirs = map(float, journal._ask(cost, "1").split())
        assert min(ours, theirs) > 0
        assert Path(environment["LILONG_HOME"]).exists()
    assert not Path(environment["LILONG_HOME"]).exists()
