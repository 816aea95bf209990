"""Reads anybody's CSV of stream, time and cumulative value by a small mapping; bad rows are named, good ones go on."""

from __future__ import annotations

import csv
import gzip
import io
import tomllib
from array import array
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, tzinfo
from pathlib import Path
from typing import IO, Literal
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, ValidationError, field_validator

MICROSECOND = timedelta(microseconds=1)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC).replace(tzinfo=None)
THOUSANDTHS = {"L": 1_000, "m3": 1_000_000, "m³": 1_000_000}
LARGEST = 1e12  # thousandths beyond it would no longer be exact
EVERY = 20_000  # rows between two calls of `progress`


class Columns(BaseModel):
    """The headers of the three columns we need."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    stream: str = "stream"
    time: str = "time"
    value: str = "value"


class Mapping(BaseModel):
    """How a file is written. Without a `zone`, times that carry no offset stay without one."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    columns: Columns = Columns()
    delimiter: str = ","
    encoding: str = "utf-8-sig"
    time: str = "iso8601"  # or as datetime.strptime takes it
    zone: str | None = None
    unit: Literal["L", "m3", "m³"] = "L"

    @field_validator("zone")
    @classmethod
    def _known(cls, zone: str | None) -> str | None:
        if zone is not None:
            try:
                ZoneInfo(zone)
            except (KeyError, ValueError, OSError) as error:
                raise ValueError(f"{zone!r} is no time zone; write one such as Asia/Shanghai") from error
        return zone


def read_mapping(path: Path) -> Mapping:
    """The mapping in a TOML file. Raises ValueError naming file, key and reason."""
    try:
        return Mapping.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise ValueError(f"{path}: {error}") from error
    except ValidationError as error:
        lines = [f"{path}: {'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors()]
        raise ValueError("\n".join(lines)) from error


@dataclass(frozen=True)
class BadRow:
    """A row that could not be used: its line in the file, and why."""

    line: int
    reason: str


@dataclass
class Series:
    """The readings of one stream in the order of the file: microseconds since 1970, thousandths of a litre."""

    times: array[int] = field(default_factory=lambda: array("q"))
    values: array[int] = field(default_factory=lambda: array("q"))


@dataclass
class File:
    """What a file held: a series for each stream in order of appearance; whether its times know their offset."""

    series: dict[str, Series] = field(default_factory=dict)
    aware: bool = False


def read(
    path: Path, mapping: Mapping, bad: Callable[[BadRow], None], progress: Callable[[int], None] = lambda _: None
) -> File:
    """Read a CSV or CSV.gz whole. `progress` hears the bytes of the file on disk that are done.

    Raises ValueError when the file cannot be read at all or a column is missing; the message names it.
    """
    parse, aware = _time_reader(mapping), mapping.zone is not None
    found, scale, said = File(aware=aware), THOUSANDTHS[mapping.unit], False
    for line, (stream, time, value) in _rows(path, mapping, bad, progress):
        try:
            moment, number = parse(time), float(value)
            if said and (moment.tzinfo is not None) != found.aware:
                raise ValueError(
                    f"{time!r}: this file's times have {'an' if found.aware else 'no'} offset, this one not"
                )
            if not 0 <= number <= LARGEST:
                raise ValueError(f"{value!r} is no reading of a counter")
        except ValueError as error:
            bad(BadRow(line, str(error)))
            continue
        if not said:
            found.aware, said = moment.tzinfo is not None, True
        series = found.series.setdefault(stream, Series())
        series.times.append(microseconds(moment))
        series.values.append(round(number * scale))
    return found


def microseconds(moment: datetime) -> int:
    """Microseconds since 1970, of UTC for an aware moment, of its own wall clock for a naive one."""
    naive = moment if moment.tzinfo is None else moment.astimezone(UTC).replace(tzinfo=None)
    return (naive - EPOCH) // MICROSECOND


def moment(time: int, zone: tzinfo | None) -> datetime:
    """The reverse: aware in `zone`, or naive when there is none."""
    naive = EPOCH + timedelta(microseconds=time)
    return naive if zone is None else naive.replace(tzinfo=UTC).astimezone(zone)


def _time_reader(mapping: Mapping) -> Callable[[str], datetime]:
    def as_written(text: str) -> datetime:
        return datetime.strptime(text, mapping.time)  # noqa: DTZ007 - naive where the file is naive

    parse = datetime.fromisoformat if mapping.time == "iso8601" else as_written
    if mapping.zone is None:
        return parse
    zone = ZoneInfo(mapping.zone)

    def placed(text: str) -> datetime:
        read = parse(text)
        return read.replace(tzinfo=zone) if read.tzinfo is None else read

    return placed


def _rows(
    path: Path, mapping: Mapping, bad: Callable[[BadRow], None], progress: Callable[[int], None]
) -> Iterator[tuple[int, tuple[str, str, str]]]:
    """Line number and the three cells of every row that has them."""
    with path.open("rb") as raw:
        text = io.TextIOWrapper(_plain(raw), encoding=mapping.encoding, errors="replace", newline="")
        rows = csv.reader(text, delimiter=mapping.delimiter)
        header = [cell.strip() for cell in next(rows, [])]
        places = [
            _place(header, name, path) for name in (mapping.columns.stream, mapping.columns.time, mapping.columns.value)
        ]
        try:
            for count, row in enumerate(rows):
                if len(row) > max(places):
                    stream, time, value = (row[place].strip() for place in places)
                    yield rows.line_num, (stream, time, value)
                elif row:
                    bad(BadRow(rows.line_num, f"has {len(row)} cells, {len(header)} are needed"))
                if count % EVERY == 0:
                    progress(raw.tell())
        except (csv.Error, EOFError, OSError) as error:
            bad(BadRow(rows.line_num + 1, f"the file cannot be read any further: {error}"))
        progress(raw.tell())


def _plain(raw: IO[bytes]) -> IO[bytes]:
    magic = raw.read(2)
    raw.seek(0)
    return gzip.open(raw) if magic == b"\x1f\x8b" else raw  # type: ignore[return-value]  # GzipFile reads as any file does


def _place(header: list[str], name: str, path: Path) -> int:
    if name not in header:
        raise ValueError(f"{path}: there is no column {name!r}; it has {', '.join(header) or 'none'}")
    return header.index(name)
