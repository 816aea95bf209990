"""Who did it, in words: the desk turns `account:12` or `scenario:…` into a name a reader knows."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext as _

from lilong.kernel.access import queries as access
from lilong.kernel.engine import queries as engine


def names(signatures: Iterable[str]) -> dict[str, str]:
    """The words for each signature (`account:12`, `scenario:elder_water_silence`, `link:3`, `system:lake`)."""
    wanted = set(signatures)
    accounts = {int(rest) for kind, rest in map(_split, wanted) if kind == "account" and rest.isdigit()}
    known = access.account_names(accounts)
    return {signature: _say(signature, known) for signature in wanted}


def _say(signature: str, known: dict[int, str]) -> str:
    kind, rest = _split(signature)
    if kind == "account":
        return known.get(int(rest), _("已停用的账号")) if rest.isdigit() else signature
    if kind == "scenario":
        return _("系统 · %(title)s") % {"title": _(engine.title(rest))}
    if kind == "link":
        return _("任务链接")
    if kind == "device":
        return _("设备")
    return _("系统")


def _split(signature: str) -> tuple[str, str]:
    kind, _colon, rest = signature.partition(":")
    return kind, rest
