"""The verbs of a ticket's next step: what a form sends becomes one action, and a refusal becomes a sentence."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time
from functools import wraps

from django.http import QueryDict
from django.utils.translation import gettext as _

from lilong.kernel.access.viewer import Viewer
from lilong.kernel.tickets import actions as tickets
from lilong.kernel.tickets.moves import IllegalMove
from lilong.kit.clock import SHANGHAI
from lilong.portals.desk import words

Take = Callable[[int, QueryDict, Viewer, datetime], None]


class Refused(ValueError):
    """What was asked cannot be done; the message says why in the reader's language."""


def _spoken(take: Take) -> Take:
    """The kernel's refusals in the reader's language; a missing right stays a missing right."""

    @wraps(take)
    def said(ticket_id: int, form: QueryDict, viewer: Viewer, at: datetime) -> None:
        try:
            take(ticket_id, form, viewer, at)
        except IllegalMove:
            raise Refused(_("工单刚刚有了变化，这一步现在不能做；下面是它现在的样子。")) from None

    return said


@_spoken
def accept(ticket_id: int, _form: QueryDict, viewer: Viewer, at: datetime) -> None:
    """接单: it is the viewer's from now on."""
    tickets.accept(ticket_id, viewer=viewer, at=at)


@_spoken
def dispatch(ticket_id: int, _form: QueryDict, viewer: Viewer, at: datetime) -> None:
    """Send somebody now instead of waiting for an answer."""
    tickets.dispatch(ticket_id, viewer=viewer, by=viewer.by, at=at)


@_spoken
def hand_back(ticket_id: int, _form: QueryDict, viewer: Viewer, at: datetime) -> None:
    """退回: it waits for somebody else."""
    tickets.hand_back(ticket_id, viewer=viewer, at=at)


@_spoken
def call(ticket_id: int, form: QueryDict, viewer: Viewer, at: datetime) -> None:
    """A telephone call and whether anybody answered."""
    whom, answered = form.get("whom", ""), form.get("answered", "")
    if answered not in {"0", "1"} or whom not in words.WHOM:
        raise Refused(_("请说明打给谁、有没有接通"))
    tickets.record_call(
        ticket_id, whom=whom, answered=answered == "1", note=form.get("note", "").strip(),
        viewer=viewer, at=at, key=_key("call", form),
    )  # fmt: skip


@_spoken
def no_answer(ticket_id: int, form: QueryDict, viewer: Viewer, at: datetime) -> None:
    """One step of the chain when nobody opens the door."""
    try:
        tickets.no_answer(ticket_id, step=form.get("step", ""), viewer=viewer, at=at)
    except IllegalMove:
        raise
    except ValueError:
        raise Refused(_("这件工单没有这一步")) from None


@_spoken
def note(ticket_id: int, form: QueryDict, viewer: Viewer, at: datetime) -> None:
    """Somebody's words."""
    said = form.get("words", "").strip()
    if not said:
        raise Refused(_("请写下看到、听到的情况"))
    tickets.note(ticket_id, words=said, viewer=viewer, at=at, key=_key("note", form))


@_spoken
def close(ticket_id: int, form: QueryDict, viewer: Viewer, at: datetime) -> None:
    """The outcome; with a day of return, the home is left in peace until then."""
    outcome = form.get("outcome", "")
    if not outcome:
        raise Refused(_("请先选一个结果"))
    back = _day(form.get("away_until", ""))
    if back is not None and back <= at:
        raise Refused(_("回来的日子要在今天之后"))
    try:
        tickets.close(
            ticket_id, outcome=outcome, note=form.get("note", "").strip(), away_until=back, viewer=viewer, at=at
        )
    except IllegalMove:
        raise
    except ValueError:
        raise Refused(_("这件工单没有这个结果")) from None


@_spoken
def void(ticket_id: int, form: QueryDict, viewer: Viewer, at: datetime) -> None:
    """作废, with a reason."""
    reason = form.get("reason", "").strip()
    if not reason:
        raise Refused(_("请写明为什么作废"))
    tickets.void(ticket_id, reason=reason, viewer=viewer, at=at)


def _day(text: str) -> datetime | None:
    """The beginning of that day in Shanghai; None for an empty field."""
    if not text.strip():
        return None
    try:
        return datetime.combine(date.fromisoformat(text.strip()), time(), SHANGHAI)
    except ValueError:
        raise Refused(_("日期写成 2026-11-22 这样")) from None


def _key(verb: str, form: QueryDict) -> str:
    """The form's own mark, so that sending it twice records it once."""
    mark = form.get("key", "")
    return f"{verb}:{mark[:40]}" if mark.isalnum() else ""


STEPS: dict[str, Take] = {
    "accept": accept,
    "dispatch": dispatch,
    "hand-back": hand_back,
    "call": call,
    "no-answer": no_answer,
    "note": note,
    "close": close,
    "void": void,
}
