"""The strict shape of cases.toml, and a case's series of readings written out."""

from __future__ import annotations

import tomllib
from datetime import datetime, timedelta
from pathlib import Path
from typing import Literal, Self

import numpy as np
import numpy.typing as npt
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from lilong.kernel.engine.declaration import DeclarationError

Ints = npt.NDArray[np.int64]
MICROSECONDS = 1_000_000
THOUSANDTHS = 1000
STEP = timedelta(hours=1)
BEFORE = 40_000.0  # litres the meter shows when a case begins; a case must not depend on it


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Resident(_Strict):
    """Somebody who lives in the case's home; `age` in whole years on the day the case ends (birthday that very day)."""

    age: int = Field(ge=0, le=120)


class Stretch(_Strict):
    """Hours of hourly readings: so many litres each; or none delivered; or by a new meter that starts at 0."""

    hours: int = Field(gt=0, le=24 * 90)
    litres: float = 0.0
    missing: bool = False
    new_meter: bool = False


class Expected(_Strict):
    """A finding the case must make; `hours` to the nearest hour, where it matters."""

    kind: Literal["silence", "excess", "no_data", "meter_reset"]
    hours: int | None = None


class Case(_Strict):
    """One case: who lives there, what the meter shows, what is to be found."""

    name: str
    people: tuple[Resident, ...] = Field(min_length=1)
    water: tuple[Stretch, ...] = Field(min_length=1)
    expect: tuple[Expected, ...]
    away: bool = False
    numbers: dict[str, str] = Field(default_factory=dict)

    def readings(self, ends: datetime) -> tuple[Ints, Ints]:
        """Times (microseconds since 1970 UTC) and cumulative values (thousandths of a litre) that end at `ends`."""
        hours = sum(part.hours for part in self.water)
        at, value = ends - STEP * hours, BEFORE
        times, values = [_micros(at)], [round(value * THOUSANDTHS)]
        for part in self.water:
            if part.new_meter:
                value = 0.0
            for _ in range(part.hours):
                at, value = at + STEP, value + part.litres
                if not part.missing:
                    times.append(_micros(at))
                    values.append(round(value * THOUSANDTHS))
        return np.array(times, dtype=np.int64), np.array(values, dtype=np.int64)


class _File(_Strict):
    case: tuple[Case, ...]

    @model_validator(mode="after")
    def _both_ways(self) -> Self:
        speaks = [bool(case.expect) for case in self.case]
        if not (any(speaks) and not all(speaks)):
            raise ValueError("at least one case must speak and one stay silent")
        return self


def read(folder: Path) -> tuple[Case, ...]:
    """The cases of a scenario's folder. Raises DeclarationError naming file, key and reason."""
    path = folder / "cases.toml"
    try:
        return _File.model_validate(tomllib.loads(path.read_text(encoding="utf-8"))).case
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise DeclarationError(f"{folder.name}/cases.toml: {error}") from error
    except ValidationError as error:
        lines = [f"{'.'.join(str(p) for p in e['loc']) or '(file)'}: {e['msg']}" for e in error.errors()]
        raise DeclarationError("\n".join(f"{folder.name}/cases.toml: {line}" for line in lines)) from error


def _micros(at: datetime) -> int:
    return round(at.timestamp() * MICROSECONDS)
