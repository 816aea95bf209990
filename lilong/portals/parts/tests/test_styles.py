"""The look as numbers: dark said twice alike, words readable on their ground, no style or script within a page."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

PORTALS = Path(__file__).resolve().parents[2]
TOKENS = (PORTALS / "static" / "parts" / "tokens.css").read_text(encoding="utf-8")

INKS = [
    *((ink, ground) for ink in ("ink", "ink-2", "ink-3", "link", "brand") for ground in ("bg", "surface", "surface-2")),
    *((tone, f"{tone}-soft") for tone in ("danger", "warn", "info", "ok", "brand")),
    *((tone, "surface") for tone in ("danger", "warn", "ok")),
    ("on-brand", "brand"), ("side-ink", "side"), ("side-ink-2", "side"),
]  # fmt: skip


def block(selector: str) -> dict[str, str]:
    """The colours set in the first block of this selector."""
    body = TOKENS.split(selector + " {", 1)[1].split("}", 1)[0]
    return dict(re.findall(r"--([\w-]+): (#[0-9a-f]+)", body))


LIGHT = block(":root")
DARK = LIGHT | block(':root[data-theme="dark"]')


def test_dark_by_choice_and_dark_by_the_system_are_the_same() -> None:
    assert block(':root[data-theme="dark"]') == block(':root[data-theme="auto"]')
    assert len(block(':root[data-theme="dark"]')) > 20


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize(("ink", "ground"), INKS)
def test_words_stand_out_from_their_ground(theme: dict[str, str], ink: str, ground: str) -> None:
    """WCAG 2.2, 1.4.3: 4.5 to 1 for text of any size."""
    assert contrast(theme[ink], theme[ground]) >= 4.5


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
def test_the_border_of_a_field_stands_out_from_its_ground(theme: dict[str, str]) -> None:
    """WCAG 2.2, 1.4.11: 3 to 1 for what is needed to find a control."""
    assert contrast(theme["line-2"], theme["surface"]) >= 3
    assert contrast(theme["focus"], theme["surface"]) >= 3


def test_every_variable_a_stylesheet_uses_is_set_somewhere() -> None:
    sheets = {
        p: p.read_text(encoding="utf-8") for p in (PORTALS / "static").glob("*/*.css") if p.parent.name != "vendor"
    }
    known = {name for text in sheets.values() for name in re.findall(r"(--[\w-]+)\s*:", text)}
    unknown = {
        f"{p.name}: {n}" for p, text in sheets.items() for n in re.findall(r"var\((--[\w-]+)\)", text) if n not in known
    }

    assert unknown == set()


def test_no_page_holds_a_style_or_a_script_of_its_own() -> None:
    found = [
        f"{page.relative_to(PORTALS)}: {hit}"
        for page in PORTALS.rglob("*.html")
        for hit in re.findall(
            r"<style|<script(?![^>]*\bsrc=)[^>]*>|\sstyle=|\son[a-z]+=|javascript:", page.read_text(encoding="utf-8")
        )
        if 'type="application/json"' not in hit
    ]
    assert found == []


def contrast(one: str, other: str) -> float:
    """The ratio of WCAG 2.2 between two colours."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    digits = colour[1:] if len(colour) == 7 else "".join(c * 2 for c in colour[1:4])
    red, green, blue = (_linear(int(digits[i : i + 2], 16) / 255) for i in (0, 2, 4))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(part: float) -> float:
    return part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4
