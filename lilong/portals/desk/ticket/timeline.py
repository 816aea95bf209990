"""What happened on a ticket, in sentences, newest first."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from lilong.kernel.tickets.queries import StepRow
from lilong.portals.desk import people, words


@dataclass(frozen=True)
class Moment:
    """One line of the timeline; `tone` colours its dot (danger, warn, quiet or none)."""

    at: datetime
    who: str
    said: str
    note: str
    tone: str


def moments(steps: Sequence[StepRow], *, quiet: bool = False) -> list[Moment]:
    """The steps in words, newest first; `quiet` leaves out the tones where somebody died."""
    names = people.names(step.by for step in steps)
    return [
        Moment(step.at, names[step.by], _said(step), step.note, "quiet" if quiet else TONES.get(step.kind, ""))
        for step in reversed(steps)
    ]


TONES = {"opened": "danger", "no_answer": "warn", "data": "quiet", "note": "quiet"}


def _said(step: StepRow) -> str:
    say = SENTENCES.get(step.kind)
    return say(step) if say else step.kind


def _opened(step: StepRow) -> str:
    kind = step.facts.get("kind")
    return _("发现：%(what)s，开出工单") % {"what": words.say(words.KINDS, kind)} if kind else _("发现情况，开出工单")


def _call(step: StepRow) -> str:
    whom = words.say(words.WHOM, str(step.facts.get("whom", "")))
    sentence = _("打电话给%(whom)s：接通") if step.result == "answered" else _("打电话给%(whom)s：没有人接")
    return sentence % {"whom": whom}


def _no_answer(step: StepRow) -> str:
    return _("没人应门：%(step)s") % {"step": words.say(words.CHAIN, step.result)}


def _dispatched(step: StepRow) -> str:
    return _("派到%(desk)s") % {"desk": words.say(words.DESKS, str(step.facts.get("desk", "")))}


def _data(step: StepRow) -> str:
    hours: Any = step.facts.get("hours")
    match step.result:
        case "extended" if hours is not None:
            return _("新数据：仍在持续，已 %(hours)s 小时") % {"hours": hours}
        case "extended":
            return _("新数据：仍在持续")
        case "shortened":
            return _("迟到的数据：时段比先前所知的短")
        case "withdrawn":
            return _("迟到的数据表明当时有正常用水，提醒已撤回；请核实后办结")
        case "cleared":
            return _("又有用水了；请核实后办结")
        case other:
            return other


def _closed(step: StepRow) -> str:
    return _("办结：%(outcome)s") % {"outcome": words.say(words.OUTCOMES, step.result)}


SENTENCES: dict[str, Callable[[StepRow], str]] = {
    "opened": _opened,
    "call": _call,
    "no_answer": _no_answer,
    "dispatched": _dispatched,
    "accepted": lambda _step: _("已接单"),
    "handed_back": lambda _step: _("退回，等待接单"),
    "note": lambda _step: _("记录"),
    "data": _data,
    "closed": _closed,
    "void": lambda _step: _("作废"),
}
