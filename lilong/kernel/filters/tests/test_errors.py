"""A mistake in a filter is told with its place and the nearest word."""

from __future__ import annotations

import pytest
from django.utils import translation

from lilong.kernel.filters import FilterError, parse

MISTAKES = {
    "": (0, "这里缺少条件", ""),
    "age >": (5, "这里缺少名称、值或条件", ""),
    "age >> 3": (5, "这里缺少名称、值或条件", ""),
    "lives_alone AND": (15, "这里缺少名称、值或条件", ""),
    "lives_alone adn away": (12, "这里缺少 AND、OR 或比较", "AND"),
    "AND": (0, "这里缺少名称、值或条件", ""),
    "lives_alone AND NOT": (19, "这里缺少名称、值或条件", ""),
    "away AND (in ())": (10, "这里缺少名称、值或条件", ""),
    "(lives_alone": (0, "括号没有结束", ""),
    "lives_alone)": (11, "多了一个右括号", ""),
    "away AND ()": (10, "这里缺少条件", ""),
    "sex = 'F": (6, "引号没有结束", ""),
    "sex = ‘F’": (6, "请用直引号", "'"),
    "age + 1 > 60": (4, "条件里不能做加减运算", ""),
    "age > 60; away": (8, "条件里不能有“;”", ""),
    "60 < age < 70": (9, "一次只能比较一回，请用 AND 连接", "AND"),
    "sex = NULL": (6, "NULL 不能比较，请写 IS NULL", "IS NULL"),
    "agee >= 60": (0, "没有“agee”这个名称", "age"),
    "独居": (0, "没有“独居”这个名称", "lives_alone"),
    "away AND live_alone": (9, "没有“live_alone”这个名称", "lives_alone"),
    "ticket > 3": (0, "“ticket”是一种记录", "count(ticket)"),
    "age": (0, "age 本身不是条件，请加上比较", ""),
    "age = '六十'": (6, "age 的类型是“数”，不能这样比较", ""),
    "sex > 'F'": (0, "sex 的类型是“代码”，不能这样比较", ""),
    "sex = 'W'": (6, "sex 没有“W”这个值；可用：F、M", ""),
    "standing IN ('registered', 'migrnt')": (
        27,
        "standing 没有“migrnt”这个值；可用：registered、separated、migrant、overseas",
        "migrant",
    ),
    "sex LIKE 'F%'": (0, "sex 的类型是“代码”，不能这样比较", ""),
    "latest(residency, relation) LIKE 'x\\'": (7, "LIKE 的文字不能以反斜杠结尾", ""),
    "lives_alone = 1": (14, "lives_alone 的类型是“是/否”，不能这样比较", ""),
    "born_on < '1960-13-01'": (10, "“1960-13-01”不是日期或时刻，应写成 2025-11-22", ""),
    "cuont(ticket) = 0": (0, "没有“cuont”这个函数", "count"),
    "count(tickets) = 0": (6, "没有“tickets”这种记录", "ticket"),
    "count(ticket, '2m') = 0": (14, "“2m”不是期限，应写成 '30d'", ""),
    "latest(ticket, outcom) = 'away'": (7, "ticket 没有“outcom”这一项", "outcome"),
    "any(residents, away)": (4, "没有“residents”这种关系", "resident"),
    "any(resident, any(resident, any(resident, lives_alone)))": (42, "any 最多套 3 层", ""),
    "age IN (60, born_on)": (12, "IN 的括号里只能列出值", ""),
    "age IN (60 OR 70)": (11, "IN 的括号里只能列出值", ""),
    "(away OR lives_here) = TRUE": (0, "能比较的只有名称、值和记录，不能比较条件", ""),
    "age = 12345678901234567890": (6, "数太大", ""),
    '"a b" = 1': (0, "名称只能由文字、数字和下划线组成", ""),
    "sex = 'F\n'": (6, "文字里不能有换行或控制符", ""),
}


@pytest.mark.parametrize("text", MISTAKES)
def test_a_mistake_names_its_place_and_the_nearest_word(text):
    with pytest.raises(FilterError) as caught:
        parse(text)
    assert (caught.value.position, caught.value.words, caught.value.suggestion) == MISTAKES[text]


def test_the_whole_sentence_counts_from_one_and_asks_whether_the_nearest_word_was_meant():
    with pytest.raises(FilterError) as caught:
        parse("agee >= 60")
    assert str(caught.value) == "第 1 个字：没有“agee”这个名称；是否想写 age？"
    with translation.override("en"):
        with pytest.raises(FilterError) as caught:
            parse("agee >= 60")
        assert str(caught.value) == "at character 1: there is no name “agee”; did you mean age?"


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ('{"op"', "不是 JSON"),
        ('{"op": 1}', "不是 CQL2 的 JSON：每一层应是 op 与 args、property 或一个值"),
        ({"op": "and", "args": [True]}, "and 的两边不完整"),
        ({"op": "=", "args": [{"property": "sex"}, None]}, "NULL 不能比较，请写 IS NULL"),
        ({"op": "s_within", "args": [{"property": "age"}, 1]}, "没有“s_within”这个函数"),
        ({"op": "+", "args": [1, 2]}, "没有“+”这个函数"),
        (
            {"op": "=", "args": [{"property": "age"}, {"type": "Point", "coordinates": [1, 2]}]},
            "条件里还不能有图形、时段或数组",
        ),
    ],
)
def test_json_that_is_no_filter_is_refused_in_words(source, words):
    with pytest.raises(FilterError) as caught:
        parse(source)
    assert caught.value.words == words


def test_text_and_json_of_one_filter_are_the_same_tree():
    text = parse("lives_alone AND (age >= 60 OR NOT sex IN ('F')) AND born_on < DATE('1960-01-01')")
    assert text == parse(
        {
            "op": "and",
            "args": [
                {"property": "lives_alone"},
                {
                    "op": "or",
                    "args": [
                        {"op": ">=", "args": [{"property": "age"}, 60]},
                        {"op": "not", "args": [{"op": "in", "args": [{"property": "sex"}, ["F"]]}]},
                    ],
                },
                {"op": "<", "args": [{"property": "born_on"}, {"date": "1960-01-01"}]},
            ],
        }
    )


def test_what_a_chinese_input_method_types_is_understood():
    assert parse("lives_alone and（age ＞ ６０）") == parse("lives_alone AND (age > 60)")
    assert parse("sex = '女'") == parse("sex = 'F'")


def test_whole_numbers_are_whole_and_words_in_capitals_are_the_same():
    assert repr(parse("age >= 60.0 AND Age_ < 3".replace("Age_", "age")).parts[0].right.value) == "60"
    assert parse("COUNT(ticket, '30d') = 0") == parse("count(ticket, '30d') = 0")
