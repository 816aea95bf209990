"""What is wrong with a filter, in words for the person who typed it, with the place and the nearest word."""

from __future__ import annotations

import difflib
from collections.abc import Mapping

from django.utils.translation import gettext as _


class FilterError(Exception):
    """A filter that cannot be used. `position` counts characters of the text from 0; None where there is no text."""

    def __init__(self, words: str, position: int | None = None, suggestion: str = "") -> None:
        super().__init__(words)
        self.words = words
        self.position = position
        self.suggestion = suggestion

    def __str__(self) -> str:
        at = "" if self.position is None else _("第 {n} 个字：").format(n=self.position + 1)
        hint = _("；是否想写 {word}？").format(word=self.suggestion) if self.suggestion else ""
        return f"{at}{self.words}{hint}"


class FilterTooSlow(FilterError):
    """The answer took longer than was allowed; the question was stopped."""


def nearest(word: str, known: Mapping[str, str]) -> str:
    """The known name most like `word`, by itself or by its Chinese title; empty when nothing is near."""
    for name, title in known.items():
        if word.casefold() == name.casefold() or (len(word) > 1 and word in title):
            return name
    near = difflib.get_close_matches(word.casefold(), known, n=1, cutoff=0.6)
    return near[0] if near else ""
