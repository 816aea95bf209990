"""Words the templates share: an icon, a time in Shanghai, a duration, a masked name. Built into every template."""

from __future__ import annotations

from datetime import datetime, timedelta

from django import template
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext

from lilong.kernel.access import masking
from lilong.kit.clock import SHANGHAI

register = template.Library()

ICONS = "vendor/tabler-icons-3.51.0/icons.svg"


@register.simple_tag
def icon(name: str, label: str = "") -> SafeString:
    """One icon of the sprite: silent beside words, or with `label` where it stands alone."""
    href = f"{static(ICONS)}#{name}"
    if label:
        return format_html('<svg class="icon" role="img" aria-label="{}"><use href="{}"/></svg>', label, href)
    return format_html('<svg class="icon" aria-hidden="true"><use href="{}"/></svg>', href)


@register.filter
def when(at: datetime | None, form: str = "%m-%d %H:%M") -> SafeString | str:
    """A moment in Shanghai, 11-22 06:10 unless told another strftime form, as a `<time>`."""
    if at is None:
        return "—"
    local = at.astimezone(SHANGHAI)
    return format_html('<time datetime="{}">{}</time>', local.isoformat(timespec="seconds"), local.strftime(form))


@register.filter
def span(length: timedelta | None) -> str:
    """A duration in the two units that matter: 2 天 3 小时, 6 小时, 15 分钟; under a minute, 不到 1 分钟."""
    if length is None:
        return "—"
    minutes = int(abs(length).total_seconds() // 60)
    days, hours, rest = minutes // 1440, minutes // 60 % 24, minutes % 60
    if minutes < 1:
        return gettext("不到 1 分钟")
    if days:
        return _two(_days(days), _hours(hours) if hours else "")
    if hours:
        return _two(_hours(hours), _minutes(rest) if rest and hours < 6 else "")
    return _minutes(rest)


def _two(first: str, second: str) -> str:
    return f"{first} {second}".strip()


def _days(n: int) -> str:
    return ngettext("%(n)d 天", "%(n)d 天", n) % {"n": n}


def _hours(n: int) -> str:
    return ngettext("%(n)d 小时", "%(n)d 小时", n) % {"n": n}


def _minutes(n: int) -> str:
    return ngettext("%(n)d 分钟", "%(n)d 分钟", n) % {"n": n}


@register.filter
def since(at: datetime | None, now: datetime) -> timedelta | None:
    """How long before `now` it was."""
    return now - at if at else None


@register.filter
def until(at: datetime | None, now: datetime) -> timedelta | None:
    """How long after `now` it will be; negative once it has passed."""
    return at - now if at else None


@register.filter
def mask(name: str) -> str:
    """A person's name as pages show it before anybody asked to see more: 王**."""
    return masking.name(name)


@register.filter
def pressed(now: str, this: str) -> str:
    """The value of `aria-pressed` for a button that chooses `this`."""
    return "true" if now == this else "false"


@register.filter
def plain(number: float) -> str:
    """A number as SVG wants it, whatever the language of the page: a dot, no grouping, no needless noughts."""
    return f"{number:.3f}".rstrip("0").rstrip(".")


@register.filter
def litres(volume: float | None) -> str:
    """Litres as people say them: whole ones, and one decimal below ten."""
    if volume is None:
        return "—"
    return f"{volume:.0f}" if volume >= 10 or volume == int(volume) else f"{volume:.1f}"
