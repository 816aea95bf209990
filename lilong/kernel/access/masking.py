"""What a page shows of a name, phone, address or identity number before anybody asked, with a purpose, for more."""

from __future__ import annotations

import re
import unicodedata

_DIGIT = r"[0-9〇零一二三四五六七八九十百]"
_BUILDING = re.compile(rf"[^号幢栋座]*?{_DIGIT}+[甲乙丙丁]?(?:号楼|号|幢|栋|座)")
_HIDDEN = "***"


def name(clear: str) -> str:
    """The first character, and a star for each of the rest, three at the most: 王秀珍 -> 王**."""
    clear = clear.strip()
    return clear[:1] + "*" * min(len(clear) - 1, 3) if len(clear) > 1 else "*" * len(clear)


def phone(clear: str) -> str:
    """A Chinese mobile keeps three digits in front and four behind (138****5678); any other number its last two."""
    digits = re.sub(r"[^0-9]", "", unicodedata.normalize("NFKC", clear))
    mobile = digits[2:] if len(digits) == 13 and digits.startswith("86") else digits
    if len(mobile) == 11 and mobile.startswith("1"):
        return f"{mobile[:3]}****{mobile[-4:]}"
    return f"****{digits[-2:]}" if len(digits) >= 7 else "****" if clear.strip() else ""


def address(clear: str) -> str:
    """Down to the building: 澄湾路120弄8号502室 -> 澄湾路120弄8号; nothing where no building can be told."""
    if not clear.strip():
        return ""
    building = _BUILDING.match(unicodedata.normalize("NFKC", clear).strip())
    return building.group() if building else _HIDDEN


def national_id(clear: str) -> str:
    """The first and the last character. More would give it away: division and birthday are easily known elsewhere."""
    clear = clear.strip()
    return f"{clear[0]}{'*' * (len(clear) - 2)}{clear[-1]}" if len(clear) > 2 else "*" * len(clear)
