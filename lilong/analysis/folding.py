"""The compiled pass of the detectors: readings in, ended episodes out, a series' whole state in two arrays."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, ParamSpec, TypeVar, cast

import numpy as np
import numpy.typing as npt
from numba import njit

Ints = npt.NDArray[np.int64]
P = ParamSpec("P")
R = TypeVar("R")

SILENCE, EXCESS, NO_DATA, METER_RESET = range(4)  # as in KINDS
FIRST, LAST, LEVEL = range(3)  # the columns of a run
# The state of one series: what was read last, where its runs begin and end, where coverage and counting began anew,
# the level before a fall, and then the same six numbers for silence and for excess.
SEEN, TIME, VALUE, RUNS, HEAD, COVERED, COUNTED, BEFORE_FALL, OF_SILENCE, OF_EXCESS, WIDTH = *range(9), 14, 20
PHASE, START, END, START_VALUE, END_VALUE, RULE, PER_KIND = range(7)
NONE, OPEN, LAPSED = range(3)  # lapsed: over, but taken up again if the next one overlaps it
NO_FALL: Final = -1
OUT: Final = 4  # episodes one reading can end, at the most


def _compiled(function: Callable[P, R]) -> Callable[P, R]:
    try:
        return cast(Callable[P, R], njit(cache=True, nogil=True)(function))
    except RuntimeError:  # nowhere to keep the compiled code: it is compiled again at every start
        return cast(Callable[P, R], njit(nogil=True)(function))


@_compiled
def fold(numbers: Ints, state: Ints, runs: Ints, times: Ints, values: Ints, out: Ints) -> tuple[int, int]:
    """Take readings until none is left or the runs are full; how many were taken and how many episodes ended."""
    max_step, no_data = numbers[2], numbers[3]
    reach = numbers[0]
    for at in range(5, len(numbers), 2):
        reach = max(reach, numbers[at])
    ended = 0
    for k in range(len(times)):
        if state[RUNS] == len(runs):
            return k, ended
        t, v = times[k], values[k]
        same_run = False
        if state[SEEN]:
            step = t - state[TIME]
            fell = v < state[VALUE]
            # Straight back to the level before a fall: the meter sent a wrong reading for a while, and nothing flowed.
            back = not fell and state[BEFORE_FALL] != NO_FALL and v >= state[BEFORE_FALL]
            if step > no_data > 0:
                ended = _put(out, ended, NO_DATA, state[TIME], t, state[VALUE], v)
            if fell:
                ended = _put(out, ended, METER_RESET, state[TIME], t, state[VALUE], v)
                state[BEFORE_FALL] = max(state[BEFORE_FALL], state[VALUE])
            elif v > state[VALUE]:
                state[BEFORE_FALL] = NO_FALL
            if fell or back:
                ended = _close(state, OF_EXCESS, EXCESS, out, ended)
                state[COUNTED] = state[RUNS]
            if fell or back or step > max_step:
                ended = _close(state, OF_SILENCE, SILENCE, out, ended)
                state[COVERED] = state[RUNS]
            else:
                same_run = v == state[VALUE]
        if same_run:
            runs[state[RUNS] - 1, LAST] = t
        else:
            runs[state[RUNS], FIRST], runs[state[RUNS], LAST], runs[state[RUNS], LEVEL] = t, t, v
            state[RUNS] += 1
        state[SEEN], state[TIME], state[VALUE] = 1, t, v
        if numbers[0] > 0:
            ended = _silence(numbers, state, runs, out, ended)
        if len(numbers) > 4:
            ended = _excess(numbers, state, runs, reach, out, ended)
        state[HEAD] = max(state[HEAD], _latest(runs, state[HEAD], state[RUNS], t - reach))
    return len(times), ended


@_compiled
def _silence(numbers: Ints, state: Ints, runs: Ints, out: Ints, ended: int) -> int:
    """Was less than `under` used since the latest reading that is at least `for` old, with no step too long between?"""
    under, t, v, at = numbers[1], state[TIME], state[VALUE], OF_SILENCE
    first, count = max(state[COVERED], state[HEAD]), state[RUNS]
    if runs[first, FIRST] <= t - numbers[0] and _little(
        v - runs[_latest(runs, first, count, t - numbers[0]), LEVEL], under
    ):
        if state[at + PHASE] != OPEN:
            low, high = first, count - 1  # the earliest run from which little was used: levels only rise here
            while low < high:
                middle = (low + high) // 2
                if _little(v - runs[middle, LEVEL], under):
                    high = middle
                else:
                    low = middle + 1
            ended = _open(state, at, SILENCE, runs[low, FIRST], runs[low, LEVEL], 0, out, ended)
        state[at + END], state[at + END_VALUE] = t, v
        return ended
    if state[at + PHASE] == OPEN:
        state[at + PHASE] = LAPSED
    if not _little(v - state[at + END_VALUE], under):
        return _close(state, at, SILENCE, out, ended)
    return ended


@_compiled
def _excess(numbers: Ints, state: Ints, runs: Ints, reach: int, out: Ints, ended: int) -> int:
    """Was more than `over` used since the earliest reading not older than `within`? It began when water flowed."""
    t, v, at = state[TIME], state[VALUE], OF_EXCESS
    spoke, start, start_value = -1, t, v
    for rule in range((len(numbers) - 4) // 2):
        over, within = numbers[4 + 2 * rule], numbers[5 + 2 * rule]
        base, high = max(state[COUNTED], state[HEAD]), state[RUNS] - 1
        while base < high:
            middle = (base + high) // 2
            if runs[middle, LAST] >= t - within:
                high = middle
            else:
                base = middle + 1
        if v - runs[base, LEVEL] > over:
            while runs[base + 1, LEVEL] == runs[base, LEVEL]:  # the same level on the far side of a gap
                base += 1
            if spoke < 0 or runs[base, LAST] < start:
                start, start_value = runs[base, LAST], runs[base, LEVEL]
            if spoke < 0:
                spoke = rule
    if spoke >= 0:
        ended = _open(state, at, EXCESS, start, start_value, spoke, out, ended)
        state[at + END], state[at + END_VALUE] = t, v
        return ended
    if state[at + PHASE] == OPEN:
        state[at + PHASE] = LAPSED
    if t - reach > state[at + END]:
        return _close(state, at, EXCESS, out, ended)
    return ended


@_compiled
def _little(used: int, under: int) -> bool:
    return used < under or used == 0


@_compiled
def _latest(runs: Ints, first: int, count: int, t: int) -> int:
    """The latest run from `first` on that began at `t` or before; `first` when none did."""
    low, high = first, count - 1
    while low < high:
        middle = (low + high + 1) // 2
        if runs[middle, FIRST] <= t:
            low = middle
        else:
            high = middle - 1
    return low


@_compiled
def _open(state: Ints, at: int, kind: int, start: int, start_value: int, rule: int, out: Ints, ended: int) -> int:
    """Begin an episode, or go on with the one that it overlaps."""
    if state[at + PHASE] == LAPSED and start > state[at + END]:
        ended = _close(state, at, kind, out, ended)
    if state[at + PHASE] == NONE:
        state[at + RULE] = rule
    if state[at + PHASE] == NONE or start < state[at + START]:
        state[at + START], state[at + START_VALUE] = start, start_value
    state[at + PHASE] = OPEN
    return ended


@_compiled
def _close(state: Ints, at: int, kind: int, out: Ints, ended: int) -> int:
    """Make the episode final, if there is one."""
    if state[at + PHASE] == NONE:
        return ended
    out[ended, 0] = kind
    out[ended, 1:] = state[at + START : at + PER_KIND]
    state[at + PHASE] = NONE
    return ended + 1


@_compiled
def _put(out: Ints, ended: int, kind: int, start: int, end: int, start_value: int, end_value: int) -> int:
    out[ended, 0], out[ended, 1], out[ended, 2] = kind, start, end
    out[ended, 3], out[ended, 4], out[ended, 5] = start_value, end_value, 0
    return ended + 1
