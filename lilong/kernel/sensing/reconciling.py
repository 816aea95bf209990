"""Compares what the detectors see with what the database holds, and says which changes make them equal. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from lilong.analysis.episodes import Episode

HOUR: Final = 3_600_000_000
GROWTH: Final = 24  # an episode that goes on is told again after an hour, or a 24th of its length where that is longer
ABSENCE_EXPLAINS = frozenset({"silence", "no_data"})  # water that flows in an empty home is told all the same
GOING_ON = frozenset({"open", "quiet"})


@dataclass(frozen=True)
class Row:
    """One finding as the database holds it. `cut`: an absence ended it, and what follows is another finding."""

    id: int
    kind: str
    state: str
    start: int
    end: int
    cut: bool = False


@dataclass(frozen=True)
class Bounds:
    """How far the comparison reaches. Times in microseconds; `patience` is how long each kind lasts before it is told.

    `settled`: rows that ended by then stay as they are. `judged_from`: what had ended by then is not looked for.
    `known_from`: an episode that starts there may have begun before. `newest`: the newest reading that came.
    """

    settled: int
    judged_from: int | None = None
    known_from: int | None = None
    quiet_until: int | None = None
    newest: int | None = None
    patience: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True)
class Change:
    """What to do: `what` is opened, quiet, extended, shortened, cleared or withdrawn; a row of None is a new one."""

    what: str
    row: Row | None
    episode: Episode
    state: str
    cut: bool = False


def grown(old: tuple[Episode, ...] | None, new: tuple[Episode, ...]) -> bool:
    """Whether `new` differs from `old` by more than an episode's growth that is not worth telling yet."""
    if old is None or len(old) != len(new):
        return True
    return any(
        (a.kind, a.start, a.ended) != (b.kind, b.start, b.ended)
        or b.end < a.end
        or (b.end != a.end and (b.ended or b.end - a.end >= _worth_telling(a.end - a.start)))
        for a, b in zip(old, new, strict=True)
    )


def changes(rows: Iterable[Row], episodes: Iterable[Episode], bounds: Bounds) -> list[Change]:
    """The changes that make `rows` (of one stream and watch) equal to `episodes`, those that end something first."""
    kinds: dict[str, tuple[list[Row], list[Episode]]] = {}
    for row in rows:
        if row.state != "withdrawn":
            kinds.setdefault(row.kind, ([], []))[0].append(row)
    for episode in episodes:
        kinds.setdefault(episode.kind, ([], []))[1].append(episode)
    found = [c for ours, theirs in kinds.values() for c in _of_kind(ours, theirs, bounds)]
    return sorted(found, key=lambda c: (c.state in GOING_ON, c.row is None, c.episode.start))


def _of_kind(rows: list[Row], episodes: list[Episode], bounds: Bounds) -> Iterator[Change]:
    pieces = [p for e in sorted(episodes, key=lambda e: e.start) for p in _cut(e, rows, bounds)]
    free = sorted((row for row in rows if not row.cut), key=lambda r: r.start)
    for piece, cut in pieces:
        row = _match(piece, free)
        if row is not None:
            free.remove(row)
            yield from _changed(row, piece, cut, bounds)
        elif not (piece.ended and bounds.judged_from is not None and piece.end <= bounds.judged_from):
            yield _new(piece, cut, bounds)
    over = max(bounds.settled, bounds.judged_from or bounds.settled)
    for row in free:
        still_missing = row.kind == "no_data" and row.state in GOING_ON and row.start >= (bounds.newest or row.start)
        if not still_missing and (row.state in GOING_ON or row.end > over):
            yield Change("withdrawn", row, Episode(row.kind, row.start, row.end, 0, 0, True), "withdrawn")


def _cut(episode: Episode, rows: Sequence[Row], bounds: Bounds) -> Iterator[tuple[Episode, bool]]:
    """The episode without what earlier absences ended, and in two where it outlasts the present one long enough."""
    for row in rows:
        if row.cut and row.start < episode.end and episode.start < row.end:
            if episode.end <= row.end:
                return
            episode = replace(episode, start=row.end)
    until = bounds.quiet_until
    if _explained(episode, bounds) or until is None or episode.kind not in ABSENCE_EXPLAINS or episode.start >= until:
        yield episode, False
        return
    yield replace(episode, end=until, ended=True), True
    yield replace(episode, start=until), False


def _explained(episode: Episode, bounds: Bounds) -> bool:
    """Whether a known absence says why: it lay over the episode, and less than the usual patience has gone since."""
    until = bounds.quiet_until
    if until is None or episode.kind not in ABSENCE_EXPLAINS or episode.start >= until:
        return False
    return episode.end - until < dict(bounds.patience).get(episode.kind, 0)


def _match(episode: Episode, rows: Sequence[Row]) -> Row | None:
    """The row that is this episode: of the same start, or else the first that overlaps it."""
    overlapping = [row for row in rows if row.start < episode.end and episode.start < row.end]
    return next((row for row in overlapping if row.start == episode.start), next(iter(overlapping), None))


def _changed(row: Row, episode: Episode, cut: bool, bounds: Bounds) -> Iterator[Change]:
    if bounds.known_from is not None and row.start < episode.start <= bounds.known_from:
        episode = replace(episode, start=row.start)
    longer = (episode.end - episode.start) - (row.end - row.start)
    what = "extended" if longer >= 0 else "shortened"
    if row.state in GOING_ON:
        if row.state == "quiet" and not episode.ended and not _explained(episode, bounds):
            yield Change("opened", row, episode, "open")
        elif episode.ended:
            yield Change("cleared", row, episode, "cleared", cut)
        elif episode.start != row.start or longer < 0 or longer >= _worth_telling(row.end - row.start):
            yield Change(what, row, episode, row.state)
    elif not episode.ended:
        yield Change(what, row, episode, "quiet" if _explained(episode, bounds) else "open")
    elif (episode.start, episode.end) != (row.start, row.end):
        yield Change(what, row, episode, "cleared", cut)


def _new(episode: Episode, cut: bool, bounds: Bounds) -> Change:
    quiet = _explained(episode, bounds) or cut
    state = "cleared" if episode.ended else "quiet" if quiet else "open"
    return Change("quiet" if quiet else "opened", None, episode, state, cut)


def _worth_telling(length: int) -> int:
    return max(HOUR, length // GROWTH)
