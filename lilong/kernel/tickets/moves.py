"""The table of legal moves: from which state, by which verb, to which state."""

from __future__ import annotations

from lilong.kernel.tickets.models import State


class IllegalMove(ValueError):
    """The ticket is in a state from which this cannot be done; says which and what can be done instead."""


MOVES: dict[tuple[str, str], str] = {
    (State.CONTACTING, "call"): State.CONTACTING,
    (State.CONTACTING, "note"): State.CONTACTING,
    (State.CONTACTING, "dispatch"): State.WAITING,
    (State.CONTACTING, "close"): State.CLOSED,
    (State.CONTACTING, "void"): State.VOID,
    (State.WAITING, "note"): State.WAITING,
    (State.WAITING, "accept"): State.ACCEPTED,
    (State.WAITING, "void"): State.VOID,
    (State.ACCEPTED, "call"): State.ACCEPTED,
    (State.ACCEPTED, "no_answer"): State.ACCEPTED,
    (State.ACCEPTED, "note"): State.ACCEPTED,
    (State.ACCEPTED, "hand_back"): State.WAITING,
    (State.ACCEPTED, "close"): State.CLOSED,
    (State.ACCEPTED, "void"): State.VOID,
}

VERBS = {
    "dispatch": "tickets.dispatch",
    "void": "tickets.void",
    "call": "tickets.step",
    "no_answer": "tickets.step",
    "note": "tickets.step",
}
"""The right each move asks for; every other move asks for `tickets.work`."""

OPEN = (State.CONTACTING, State.WAITING, State.ACCEPTED)


def after(state: str, move: str) -> str:
    """The state a move leads to. Raises IllegalMove when the table has no such move."""
    try:
        return MOVES[state, move]
    except KeyError:
        can = "、".join(sorted(m for s, m in MOVES if s == state)) or "—"
        raise IllegalMove(f"ticket in state {state}: {move} is not possible (possible: {can})") from None


def possible(state: str) -> frozenset[str]:
    """The moves the table allows from a state."""
    return frozenset(m for s, m in MOVES if s == state)
