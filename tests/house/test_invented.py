"""Everything in the repository is invented: no number in it passes the real identity or phone checks."""

from __future__ import annotations

import re
from collections.abc import Iterator

import phonenumbers
import pytest
from stdnum.cn import ric

from tests.house.tracked import ROOT, files

IDENTITY = re.compile(r"(?<![0-9A-Za-z])([1-9][0-9]{16}[0-9Xx])(?![0-9A-Za-z])")
MOBILE = re.compile(r"(?<![0-9A-Za-z.])(?:\+?86[- ]?)?(1[3-9][0-9][- ]?[0-9]{4}[- ]?[0-9]{4})(?![0-9A-Za-z])")
BINARY = {".png", ".gz", ".mo", ".ico", ".woff2"}
LOCKED = {".lock"}  # digests are no numbers of anybody


def real(text: str) -> Iterator[str]:
    """Identity and mobile numbers in a text that pass the real checks."""
    for found in IDENTITY.finditer(text):
        try:
            passes = ric.is_valid(found[1])
        except KeyError:  # python-stdnum on a county it does not know
            passes = False
        if passes:
            yield found[1]
    for found in MOBILE.finditer(text):
        number = phonenumbers.parse(found[1], "CN")
        if phonenumbers.is_valid_number(number):
            yield found[1]


def test_no_number_passes_the_real_checks() -> None:
    found = {
        str(path.relative_to(ROOT)): numbers
        for path in files()
        if path.suffix not in BINARY | LOCKED
        and (numbers := list(real(path.read_text(encoding="utf-8", errors="ignore"))))
    }
    assert found == {}


def with_check_character(body: str) -> str:
    return body + ric.calc_check_digit(body + "0")


def test_a_real_number_would_be_found() -> None:
    identity = with_check_character("31010" + "6" + "19410502" + "002")
    mobile = "138" + "0013" + "8000"
    assert list(real(f"x {identity} y {mobile} z")) == [identity, mobile]


@pytest.mark.parametrize("fictional", ["14000001234", "140 0000 1234"])
def test_the_demonstration_prefix_is_nobodys(fictional: str) -> None:
    assert list(real(fictional)) == []
