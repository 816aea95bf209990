"""The first start makes the demonstration, whatever was tried before; a second start goes on where it stopped."""

from __future__ import annotations

from pathlib import Path

from tests.installation import Installation

WHO = """
from lilong.kernel.access.models import Account
from lilong.kernel.registry.models import Person
from lilong.kit import clock
answer = {"accounts": Account.objects.count(), "people": Person.objects.count(), "now": clock.now().timestamp()}
"""


def test_a_rehearsal_before_the_first_start_costs_nobody_the_demonstration(tmp_path: Path) -> None:
    there = Installation(tmp_path / "home", sensors=False, LILONG_DEMO_SCALE="small")
    tried = there.lilong("try", "elder_water_silence")
    assert tried.returncode == 0, tried.stdout
    there.start()
    try:
        _, page = there.visitor().get("/sign-in")
        assert 'value="zhongxin"' in page
        first = there.ask(WHO)
    finally:
        assert there.stop() == 0
    there.start()
    try:
        again = there.ask(WHO)
    finally:
        assert there.stop() == 0
    assert first["accounts"] == again["accounts"] > 0
    assert first["people"] == again["people"] > 100
    assert 0 < again["now"] - first["now"] < 3600 * 6  # the clock stood still while nothing ran
