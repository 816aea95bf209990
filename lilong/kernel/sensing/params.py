"""The numbers of a watch as scenario.toml writes them, made into what a detector takes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any, TypeVar

from lilong.kit.spans import parse_span, parse_volume

if TYPE_CHECKING:
    from lilong.analysis.detectors import Thresholds

MICROSECOND = timedelta(microseconds=1)
USUAL_MAX_STEP = timedelta(hours=2)
T = TypeVar("T")
NOT_OURS = {"stream", "audience"}  # who is watched, not when


@dataclass(frozen=True)
class Excess:
    """More than `over` litres within a span."""

    over: float
    within: timedelta


@dataclass(frozen=True)
class WatchParams:
    """The numbers of one watch; volumes in litres. A span that is None is not watched for."""

    silence_for: timedelta | None = None
    silence_under: float = 0.0
    max_step: timedelta = USUAL_MAX_STEP
    no_data: timedelta | None = None
    excess: tuple[Excess, ...] = ()
    as_written: Mapping[str, str] = field(default_factory=dict, compare=False, repr=False)

    @classmethod
    def from_toml(cls, watch_table: Mapping[str, Any]) -> WatchParams:
        """Read a [watch] table. Raises ValueError that names the key and the reason."""
        written = {key: text for key, text in _flat(watch_table) if key not in NOT_OURS}
        left = dict(written)

        def span(key: str) -> timedelta | None:
            return _read(key, parse_span, left.pop(key)) if key in left else None

        found = cls(
            silence_for=span("silence.for"),
            silence_under=_read("silence.under", parse_volume, left.pop("silence.under", "0")),
            max_step=span("silence.max_step") or USUAL_MAX_STEP,
            no_data=span("no_data"),
            excess=tuple(_rules(left)),
            as_written=written,
        )
        if left:
            raise ValueError(f"{min(left)}: a watch has no such number")
        return found

    def with_set(self, text: str) -> WatchParams:
        """The same numbers with one replaced, as `silence.under=0`. Raises ValueError that names key and reason."""
        key, equals, value = text.partition("=")
        if not equals:
            raise ValueError(f"{text!r}: write KEY=VALUE, such as silence.under=0")
        return WatchParams.from_toml({**self.as_written, key.strip(): value.strip()})

    def thresholds(self) -> Thresholds:
        """The same numbers in whole microseconds and thousandths of a litre."""
        from lilong.analysis.detectors import Thresholds  # here: numba is for the processes that detect

        return Thresholds(
            silence_for=(self.silence_for or timedelta(0)) // MICROSECOND,
            silence_under=round(self.silence_under * 1000),
            max_step=self.max_step // MICROSECOND,
            no_data=(self.no_data or timedelta(0)) // MICROSECOND,
            excess=tuple((round(e.over * 1000), e.within // MICROSECOND) for e in self.excess),
        )


def _flat(table: Mapping[str, Any], above: str = "") -> Iterator[tuple[str, str]]:
    """The table's values under dotted keys, `excess.0.over`; what is None is left out."""
    for key, value in table.items():
        if isinstance(value, Mapping):
            yield from _flat(value, f"{above}{key}.")
        elif isinstance(value, list | tuple):
            yield from _flat({str(place): one for place, one in enumerate(value)}, f"{above}{key}.")
        elif value is not None:
            yield f"{above}{key}", str(value)


def _read(key: str, parse: Callable[[str], T], text: str) -> T:
    try:
        return parse(text)
    except ValueError as error:
        raise ValueError(f"{key}: {error}") from None


def _rules(left: dict[str, str]) -> Iterator[Excess]:
    place = 0
    while {f"excess.{place}.over", f"excess.{place}.within"} & left.keys():
        for half in ("over", "within"):
            if f"excess.{place}.{half}" not in left:
                raise ValueError(f"excess.{place}.{half}: is missing; a rule says over how much and within how long")
        over, within = left.pop(f"excess.{place}.over"), left.pop(f"excess.{place}.within")
        yield Excess(
            _read(f"excess.{place}.over", parse_volume, over), _read(f"excess.{place}.within", parse_span, within)
        )
        place += 1
