"""Makes the folder of a new scenario: a draft whose cases pass, to be changed from the first line on."""

from __future__ import annotations

import re
from pathlib import Path

from lilong.kernel.engine.scenarios import ROOT

SLUG = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")
KINDS = ("watch",)

SCENARIO = """\
# One sentence: whom it is for, what is noticed, what somebody then does.
[scenario]
title      = "{title}"
field      = "risk_warning"       # one of the eight fields
owner      = "社区服务办"
status     = "draft"              # draft | trial | live | retired; trial and live act on people
taskforce  = "life"               # economy | life | governance
basis      = "name the law, agreement or consent this rests on"
review     = {review}
assessment = "assessment.md"      # without it a watch over residents cannot go live
source     = []                   # the documents that ask for it

[watch]
stream   = "water_volume"
audience = "age >= 60"            # CQL2; try it: lilong audience count 'age >= 60'
silence  = {{ for = "24h", under = "10 L", max_step = "2h" }}
no_data  = "24h"

[settings."silence.for"]          # what a committee may change for itself, and how far
title    = "多久几乎未用水才提醒"
min      = "6h"
max      = "72h"

[ticket]
kind     = "visit"
title.silence = "{{home.address}}：{{hours}} 小时几乎未用水"
urgency  = {{ silence = "watch" }}
to       = "committee"
finish   = "24h"
outcomes = ["fine", "needed_help", "away"]
absence  = ["away"]
"""

CASES = """\
# Proof as data: the same cases run in the tests, behind the rehearse button, and by `lilong try {slug}`.
# A case: who lives in the home, the water they use hour by hour, and what is expected.

[[case]]
name   = "一天没有用水：说话"
people = [{{ age = 70 }}]
water  = [{{ hours = 30, litres = 12 }}, {{ hours = 25, litres = 0 }}]
expect = [{{ kind = "silence", hours = 25 }}]

[[case]]
name   = "照常用水：不说话"
people = [{{ age = 70 }}]
water  = [{{ hours = 72, litres = 12 }}]
expect = []
"""

ASSESSMENT = """\
# 个人信息保护影响评估：{title}

| 项目 | 内容 |
|---|---|
| 目的 | |
| 用到的数据 | |
| 为什么不能更少 | |
| 敏感程度 | |
| 依据 | |
| 谁能看到 | |
| 保存多久 | |
| 可能出什么问题 | |
| 不做什么 | 不据此处罚；系统只派人去看 |
| 复核 | |
"""


def make(slug: str, *, kind: str, review: str, root: Path = ROOT) -> Path:
    """The new folder. Raises ValueError for a name or kind that will not do, FileExistsError when it is there."""
    if not SLUG.fullmatch(slug):
        raise ValueError(f"{slug!r}: a scenario's name is small letters and digits joined by _, such as night_noise")
    if kind not in KINDS:
        raise ValueError(f"{kind!r}: kinds that can be made are {', '.join(KINDS)}")
    folder = root / slug
    folder.mkdir(parents=True)
    (folder / "samples").mkdir()
    words = {"slug": slug, "title": slug.replace("_", " "), "review": review}
    for name, text in (("scenario.toml", SCENARIO), ("cases.toml", CASES), ("assessment.md", ASSESSMENT)):
        (folder / name).write_text(text.format(**words), encoding="utf-8")
    return folder
