"""No text, however hostile, kills or stalls the process: the native parser has no limits of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import UTC, datetime

import pytest

from lilong.kernel.access.viewer import SYSTEM
from lilong.kernel.filters import FilterError, FilterTooSlow, parse, running
from lilong.kernel.filters.queries import count


def test_five_seconds_of_hostile_text_leave_the_process_alive_and_no_text_takes_a_second():
    command = [sys.executable, "-m", "lilong.kernel.filters.tests.hostile", "20251122", "5"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, env=os.environ)
    assert done.returncode == 0, done.stderr[-2000:]
    tried, slowest = done.stdout.split()  # nothing is printed by a thread that died
    assert int(tried) > 100
    assert float(slowest) < 1.0


def test_eight_kilobytes_are_taken_and_one_byte_more_is_refused():
    text = "sex = 'F' OR " * 400 + "away"
    text += " " * (8 * 1024 - len(text))
    parse(text)
    with pytest.raises(FilterError, match="条件太长：最多 8192 字节"):
        parse(text + " ")
    with pytest.raises(FilterError, match="条件太长"):
        parse("sex = '" + "女" * 2800 + "'")


def test_fifty_levels_are_taken_and_one_more_is_refused_but_brackets_in_a_literal_do_not_count():
    parse("(" * 50 + "away" + ")" * 50)
    with pytest.raises(FilterError, match="嵌套太深：最多 50 层") as caught:
        parse("(" * 51 + "away" + ")" * 51)
    assert caught.value.position == 50
    parse("latest(residency, relation) = '" + "(" * 500 + "'")


def test_five_hundred_connectives_are_taken_and_one_more_is_refused_in_text_and_json():
    parse(" OR ".join(["away"] * 501))
    with pytest.raises(FilterError, match="AND、OR、NOT 最多 500 个"):
        parse(" OR ".join(["away"] * 502))
    with pytest.raises(FilterError, match="AND、OR、NOT 最多 500 个"):
        parse({"op": "or", "args": [{"property": "away"}] * 1300})


@pytest.mark.django_db
@pytest.mark.parametrize(
    "text",
    [
        "NOT (" * 50 + "lives_alone" + ")" * 50,
        "(lives_alone AND (away OR " * 25 + "age > 3" + "))" * 25,
        "any(resident, any(resident, " + "NOT (" * 40 + "count(ticket, '30d') > 0" + ")" * 40 + "))",
        " OR ".join(["age >= 60"] * 501),
        "(lives_alone OR " * 45 + " AND ".join(["lives_alone"] * 200) + ")" * 45,
    ],
)
def test_the_deepest_and_the_widest_filter_that_is_taken_is_also_answered(text):
    answer = count(parse(text), SYSTEM, datetime(2025, 11, 22, tzinfo=UTC), seconds=60)
    assert (answer.yes, answer.unknown) == (0, 0)


@pytest.mark.django_db
def test_a_question_that_takes_too_long_is_stopped_and_the_next_one_is_answered():
    forever = """WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n WHERE x < 2000000000)
                 SELECT COUNT(*) FROM n WHERE x > %(least)s"""
    with pytest.raises(FilterTooSlow, match="秒内没有算完"):
        running.rows(forever, {"least": 1}, seconds=0.2)
    assert running.rows("SELECT 1 + %(one)s", {"one": 1}, seconds=0.2) == [(2,)]
