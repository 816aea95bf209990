"""What every page is told: who looks, in which language, theme and density, and what time it is in the installation."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import get_language

from lilong.kernel.access.roles import ROLES
from lilong.kit import clock
from lilong.portals.parts.nav import Entry, entries

THEME_COOKIE = "lilong_theme"
ELDER_COOKIE = "lilong_elder"
THEMES = ("auto", "light", "dark")


@dataclass(frozen=True)
class Page:
    """The frame's own data; templates say `page.theme`, `page.now` and so on."""

    viewer: Any
    lang: str  # zh-hans | en
    theme: str  # auto | light | dark
    elder: bool  # 长辈版: larger text and targets, one column
    now: datetime
    still: bool  # `?still=1`: no live updates, for stable pictures
    demo: bool
    pace: float  # how many times as fast as real time the installation's clock runs
    path: str
    nav: tuple[Entry, ...]

    @property
    def other_lang(self) -> str:
        return "zh-hans" if self.lang == "en" else "en"

    @property
    def role(self) -> str:
        """What the viewer is here, in words."""
        return next((str(ROLES[role].label) for role in sorted(self.viewer.roles)), "") if self.viewer else ""

    @property
    def here(self) -> str:
        """The entry of the navigation under which this page lies; empty when it lies under none."""
        above = [entry.href for entry in self.nav if f"{self.path}/".startswith(f"{entry.href}/")]
        return max(above, key=len, default="")

    @property
    def html_lang(self) -> str:
        return "en" if self.lang == "en" else "zh-Hans"


def page(request: HttpRequest) -> dict[str, object]:
    """Template context processor: `page` and `viewer`."""
    viewer = getattr(request, "viewer", None)
    theme = request.COOKIES.get(THEME_COOKIE, "auto")
    lang = get_language() or settings.LANGUAGE_CODE
    return {
        "viewer": viewer,
        "page": Page(
            viewer=viewer,
            lang="en" if lang.startswith("en") else "zh-hans",
            theme=theme if theme in THEMES else "auto",
            elder=request.COOKIES.get(ELDER_COOKIE) == "1",
            now=clock.now(),
            still=request.GET.get("still") == "1",
            demo=settings.DEMO,
            pace=clock.clock().rate,
            path=request.path,
            nav=entries(viewer),
        ),
    }
