"""`lilong audience` tries a filter from the command line."""

from __future__ import annotations

import json

import pytest
import typer
from typer.testing import CliRunner

from lilong.kernel.audiences.commands import register
from lilong.kernel.places.tests.town import build
from lilong.kernel.registry.tests.neighbours import AT, add, someone
from lilong.kit import clock

pytestmark = pytest.mark.django_db


def run(*words):
    app = typer.Typer()
    register(app)
    with clock.pinned(AT):
        return CliRunner().invoke(app, ["audience", *words])


@pytest.fixture
def elder():
    return add(someone(2, home_id=build()["h501"]))[0]


def test_it_counts_lists_and_explains(elder):
    assert run("count", "lives_alone AND age >= 60").stdout == "yes 1, unknown 0\n"
    assert json.loads(run("count", "age < 60", "--json").stdout) == {"yes": 0, "unknown": 0}
    assert run("list", "lives_alone").stdout == f"{elder}\n"
    said = run("explain", "lives_alone AND age >= 60", "--person", str(elder)).stdout.splitlines()
    assert said == [
        "yes: lives_alone AND age >= 60",
        "  yes: lives_alone  [lives_alone = True (居住关系)]",
        "    yes: NOT any(resident, TRUE)",
        "      no: any(resident, TRUE)  [resident = 0]",
        "  yes: age >= 60  [age = 85 (出生日期)]",
    ]
    told = json.loads(run("explain", "age >= 60", "--person", str(elder), "--json").stdout)
    assert told["evidence"] == [{"name": "age", "title": "年龄（周岁）", "value": 85, "source": "出生日期"}]


def test_a_mistake_is_one_line_and_nobody_is_an_exit_code(elder):
    mistake = run("count", "agee > 60")
    assert (mistake.exit_code, mistake.stderr) == (
        2,
        "lilong audience: 第 1 个字：没有“agee”这个名称；是否想写 age？\n",
    )
    nobody = run("explain", "age > 60", "--person", str(elder + 1))
    assert (nobody.exit_code, nobody.stderr) == (1, f"lilong audience: there is no person {elder + 1}, or no longer\n")
