"""A watch's numbers, from the words of scenario.toml to those of the detector."""

from datetime import timedelta

import pytest

from lilong.analysis.detectors import Thresholds
from lilong.kernel.sensing.params import Excess, WatchParams

HOUR = 3_600_000_000
TABLE = {
    "stream": "water_volume",
    "silence": {"for": "24h", "under": "10 L", "max_step": "2h"},
    "no_data": "24h",
    "excess": [{"over": "500 L", "within": "2h"}, {"over": "2 m³", "within": "24h"}],
}


def test_the_table_is_read_into_spans_and_litres() -> None:
    assert WatchParams.from_toml(TABLE) == WatchParams(
        silence_for=timedelta(hours=24),
        silence_under=10,
        max_step=timedelta(hours=2),
        no_data=timedelta(hours=24),
        excess=(Excess(500, timedelta(hours=2)), Excess(2000, timedelta(hours=24))),
    )


def test_the_detector_takes_whole_microseconds_and_thousandths_of_a_litre() -> None:
    assert WatchParams.from_toml(TABLE).thresholds() == Thresholds(
        24 * HOUR, 10_000, 2 * HOUR, 24 * HOUR, ((500_000, 2 * HOUR), (2_000_000, 24 * HOUR))
    )


def test_what_is_not_there_is_not_watched_for() -> None:
    assert WatchParams.from_toml({"silence": None, "excess": []}).thresholds() == Thresholds()


def test_one_number_is_replaced_and_the_others_stand() -> None:
    table = WatchParams.from_toml(TABLE)
    changed = table.with_set("silence.under=0").with_set("no_data = 12h").with_set("excess.1.over=3 m3")
    assert changed == WatchParams(
        silence_for=table.silence_for,
        max_step=table.max_step,
        no_data=timedelta(hours=12),
        excess=(table.excess[0], Excess(3000, timedelta(hours=24))),
    )


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("silence.under", "KEY=VALUE"),
        ("silence.under=ten", "silence.under: 'ten' is no volume"),
        ("silence.fro=1h", "silence.fro: a watch has no such number"),
        ("no_data=soon", "no_data: 'soon' is no span"),
        ("excess.2.over=1 L", "excess.2.within: is missing"),
        ("excess.5.over=1 L", "excess.5.over: a watch has no such number"),
    ],
)
def test_a_number_that_cannot_be_set_is_named_with_the_reason(text: str, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        WatchParams.from_toml(TABLE).with_set(text)
