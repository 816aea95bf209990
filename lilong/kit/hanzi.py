"""Chinese text as files hold it: full-width signs folded, stray blanks gone, numerals read as numbers."""

from __future__ import annotations

import re
import unicodedata

_DIGITS = {sign: value for value, sign in enumerate("〇一二三四五六七八九")} | {
    "零": 0, "○": 0, "两": 2, "壹": 1, "贰": 2, "叁": 3, "肆": 4, "伍": 5, "陆": 6, "柒": 7, "捌": 8, "玖": 9,
}  # fmt: skip
_TENS = {"廿": 20, "卅": 30, "卌": 40}
_UNITS = {"十": 10, "拾": 10, "百": 100, "佰": 100, "千": 1000, "仟": 1000}
_MYRIAD = {"万": 10_000, "萬": 10_000}
NUMERALS = "".join([*_DIGITS, *_TENS, *_UNITS, *_MYRIAD])
_NUMERAL_RUN = re.compile(f"[{NUMERALS}]+")
_DASHES = str.maketrans(dict.fromkeys("‐‑‒–—―−﹣", "-"))


def half_width(text: str) -> str:
    """Full-width letters, digits and signs as their ordinary forms (Unicode NFKC); dashes of every kind as `-`."""
    return unicodedata.normalize("NFKC", text).translate(_DASHES)


def squeezed(text: str) -> str:
    """Half-width text without any blank or invisible sign in it."""
    text = half_width(text)
    if text.isalnum():  # nearly every cell: letters and digits, Chinese ones too
        return text
    kept = (sign for sign in text if not sign.isspace() and unicodedata.category(sign) not in ("Cc", "Cf"))
    return half_width("".join(kept))  # signs that stood apart may now make one


def number(text: str) -> int | None:
    """The number that Chinese numerals or digits say, 0 to 99,999,999; None when the text is no number.

    一百二十 and 一百二 are 120, 五〇一 is 501 (digits read out), 廿三 is 23, １２ is 12.
    """
    text = half_width(text)
    if text.isascii():
        return int(text) if text.isdecimal() else None
    if all(sign in _DIGITS for sign in text):
        return int("".join(str(_DIGITS[sign]) for sign in text))
    return _spoken(text)


def _spoken(text: str) -> int | None:
    total, section, digit, last_unit = 0, 0, -1, 1
    for sign in text:
        if sign in _DIGITS:
            if digit > 0:
                return None
            digit, last_unit = _DIGITS[sign], (1 if _DIGITS[sign] == 0 else last_unit)
        elif sign in _TENS:
            section, digit, last_unit = section + _TENS[sign], -1, 10
        elif sign in _UNITS:
            unit = _UNITS[sign]
            section, digit, last_unit = section + (digit if digit > 0 else 1) * unit, -1, unit
        elif sign in _MYRIAD:
            total, section, digit, last_unit = (total + section + max(digit, 0)) * 10_000, 0, -1, 10_000
        else:
            return None
    if digit > 0:  # 一百二 says 120: a last digit without its unit counts in tens of the unit before
        section += digit * (last_unit // 10 if last_unit >= 100 else 1)
    return total + section


def numerals_as_digits(text: str) -> str:
    """The text with each run of Chinese numerals written in digits: 一百二十弄八号 → 120弄8号."""

    def written(found: re.Match[str]) -> str:
        run = found.group()
        value = number(run)
        if value is None:
            return run
        if all(sign in _DIGITS for sign in run):
            return "".join(str(_DIGITS[sign]) for sign in run)  # 〇五 keeps its nought
        return str(value)

    return _NUMERAL_RUN.sub(written, text)
