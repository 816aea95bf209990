"""Code lists of the population files, in the words and digits in which they arrive, and what we call each."""

from __future__ import annotations

SEX = {"1": "M", "男": "M", "2": "F", "女": "F", "0": "", "9": "", "": ""}  # GB/T 2261.1
STANDING = {
    "户籍人口": "registered",
    "人户分离": "separated",
    "来沪人员": "migrant",
    "境外": "overseas",
    "境外人员": "overseas",
    "": "",
}
RELATION = {
    "本人": "01",
    "户主": "02",
    "配偶": "10",
    "夫": "11",
    "妻": "12",
    "子": "20",
    "女": "30",
    "孙": "40",
    "孙子": "41",
    "孙女": "42",
    "父母": "50",
    "父": "51",
    "母": "52",
    "祖父母": "60",
    "兄弟姐妹": "70",
    "其他": "90",
    "": "",
}
"""与户主关系 (GB/T 4761-2008); a code that is written as two digits is taken as it is."""
DEATH = frozenset({"死亡"})
LEAVING = frozenset({"迁出", "离沪"})
NOTHING_SHARED = frozenset({"", "共同共有", "按份共有"})
DELIVERY = {"live": "live", "实时": "live", "nightly": "nightly", "每夜": "nightly", "": "live"}
