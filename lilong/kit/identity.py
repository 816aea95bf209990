"""Identity numbers are checked at the border: GB 11643 for people, GB 32100 for organisations.

The checksum, date and division table are python-stdnum's. The demonstration's people carry the fictional division
990001, which is accepted there and nowhere else.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from stdnum.cn import ric, uscc
from stdnum.exceptions import ValidationError

from lilong.kit.hanzi import squeezed

DEMO_DIVISION = "990001"
_CENTENARIANS = frozenset({"996", "997", "998", "999"})  # order codes of 15-digit cards for those born before 1900
_RESIDENCE_PERMITS = frozenset({"810000", "820000", "830000"})
"""Residence permits of people from Hong Kong, Macao and Taiwan (国办发〔2018〕81号): any year of birth."""
_SHAPE = re.compile(r"\d{17}[\dX]")


@dataclass(frozen=True)
class NationalId:
    """A checked identity number: 18 characters, date of birth, sex `F` or `M`, six-digit division of first issue."""

    number: str
    born: date
    sex: str
    division: str


def check_digit(first17: str) -> str:
    """The 18th character for the first 17 digits (ISO 7064 MOD 11-2, as GB 11643 takes it)."""
    return str(ric.calc_check_digit(f"{first17}0"))


def check_national_id(text: str, *, demo: bool = False, divisions: Collection[str] = ()) -> NationalId:
    """The identity number in `text`, as files write it: blanks, full-width, × for X, or the 15-digit form, completed.

    `divisions` are codes an installation accepts besides the table. Raises ValueError with the reason, in Chinese.
    """
    number = squeezed(text).lstrip("'").upper().replace("×", "X")
    if "E+" in number:
        raise ValueError("号码成了科学计数法，末几位已经丢失")
    if re.fullmatch(r"\d{15}", number):
        number = _completed(number)
    if len(number) != 18:
        raise ValueError("位数不对")
    if not number.isascii() or not _SHAPE.fullmatch(number):
        raise ValueError("含有不该有的字符")
    if number[-1] != check_digit(number[:-1]):
        raise ValueError("校验码不符")
    born = _birth(number)
    division = number[:6]
    known = demo if division == DEMO_DIVISION else division in divisions or _existed(division, born.year)
    if not known:
        raise ValueError("行政区划代码不存在")
    return NationalId(number, born, "M" if int(number[16]) % 2 else "F", division)


def check_credit_code(text: str) -> str:
    """The unified social credit code of an organisation, 18 characters. Raises ValueError with the reason."""
    try:
        return str(uscc.validate(squeezed(text).upper()))
    except Exception as refusal:
        raise ValueError("统一社会信用代码不符") from refusal


def _completed(fifteen: str) -> str:
    century = "18" if fifteen[12:] in _CENTENARIANS else "19"
    seventeen = fifteen[:6] + century + fifteen[6:]
    return seventeen + check_digit(seventeen)


def _birth(number: str) -> date:
    try:
        return ric.get_birth_date(number)
    except ValidationError as refusal:
        raise ValueError("出生日期不存在") from refusal


@lru_cache(maxsize=8192)
def _existed(division: str, year: int) -> bool:
    """Whether the division code was in use in a year, by the table that python-stdnum carries (GB/T 2260)."""
    if division in _RESIDENCE_PERMITS:
        return True
    try:
        return bool(ric.get_birth_place(f"{division}{year:04}0101").get("county"))
    except ValidationError:
        return False
