"""What is wrong with a profile, in the words of an official who edits one: reasons and places in Chinese."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from jurisdictions.engine.schema.base import CLAUSE_ID, HOUR, NAME, READING_ID
from jurisdictions.engine.words import chapter_word, step_word

# The kinds of error that the schema knows, by pydantic's names; {x} is filled from the error's context.
KINDS = {
    "missing": "缺少这一项",
    "extra_forbidden": "没有这一项：多余，或者拼写有误",
    "string_type": "应为文字",
    "string_pattern_mismatch": "写法不符合要求（格式 {pattern}）",
    "string_too_short": "不能为空",
    "int_type": "应为整数",
    "int_parsing": "应为整数，只写数字，不带单位",
    "int_from_float": "应为整数",
    "decimal_type": "应为数字",
    "decimal_parsing": "应为数字，不带单位",
    "finite_number": "应为数字",
    "bool_type": "应为 true 或 false",
    "bool_parsing": "应为 true 或 false",
    "date_type": "应为日期，如 2025-01-01",
    "date_parsing": "应为日期，如 2025-01-01",
    "date_from_datetime_parsing": "应为日期，如 2025-01-01",
    "date_from_datetime_inexact": "应为日期，不带时间",
    "literal_error": "只能是：{expected}",
    "enum": "只能是：{expected}",
    "tuple_type": "应为列表（每项以“- ”开头）",
    "list_type": "应为列表（每项以“- ”开头）",
    "dict_type": "应为若干“名称: 内容”",
    "mapping_type": "应为若干“名称: 内容”",
    "model_type": "应为若干“名称: 内容”",
    "model_attributes_type": "应为若干“名称: 内容”",
    "invalid_key": "名称应为文字",
    "too_short": "至少要有 {min_length} 项",
    "too_long": "最多 {max_length} 项",
    "greater_than": "应大于 {gt}",
    "greater_than_equal": "不能小于 {ge}",
    "less_than": "应小于 {lt}",
    "less_than_equal": "不能大于 {le}",
    "decimal_max_places": "小数最多 {decimal_places} 位",
    "union_tag_invalid": "没有“{tag}”这一种，可选：{expected_tags}",
    "union_tag_not_found": "没有写明是哪一种（{discriminator}）",
    "none_required": "应为空（null）",
}

NO_CLAUSE = "应为条款编号，如 XX-4.1"
# The patterns of the schema, for people.
PATTERNS = {
    CLAUSE_ID: NO_CLAUSE,
    READING_ID: "应为口径编号，如 XX-A1",
    NAME: "应为识别名：小写英文字母开头，只含小写字母、数字和下划线",
    HOUR: '应为时刻，写作 "18:00"',
}

_LISTS = "readings|options|groups|authorities|grades|categories|claims|purposes|events|levels|materials"
# Reasons that the program itself gives, in the order in which they are tried.
REASONS: tuple[tuple[str, str], ...] = (
    (r"key '?(.+?)'? stands twice", r"“\1”出现两次"),
    (r"(.+) stands twice", r"“\1”出现两次"),
    (
        r"(.+) is a fact of the form already, and may decide \((.+)\)",
        r"“\1”已是表单中的事实，可能影响结果（\2）",
    ),
    (r"exactly one authority has level lead", "有且只有一个部门的 level 为 lead（主管）"),
    (r"(.+) is not a clause of this text", r"“\1”不是本文件的条款编号"),
    (r"articles has no entry for (.+)", r"articles（条文）中没有“\1”"),
    (
        rf"(.+) is not among the ({_LISTS})",
        r"没有“\1”，请在 \2 中选用",
    ),
    (r"(.+) is not among the facts of the workflow", r"workflow.facts 中没有“\1”"),
    (r"(.+) is not among station_materials", r"station_materials 中没有“\1”"),
    (r"the first option is the profile as it is written", "第一个选项即文件本身的写法，不能带 changes"),
    (r"(.+) is not a declared fact", r"没有声明过事实“\1”"),
    (r"(.+) is no yes/no fact \((.+)\)", r"“\1”不是是非类的事实（类型为 \2），不能用 is_true"),
    (r"(.+) is no number \((.+)\)", r"“\1”不是数字（类型为 \2），不能相加或比大小"),
    (r"(.+) is no list \((.+)\)", r"“\1”不是列表（类型为 \2），不能计数"),
    (r"(.+) is no choice \((.+)\)", r"“\1”不是选项类的事实（类型为 \2）"),
    (r"(.+) \((.+)\) cannot be compared by (.+)", r"“\1”的类型为 \2，不能用 \3 比较"),
    (r"(.+) has no levels among its choices", r"“\1”的选项不分级别，不能用 level_at_least"),
    (r"(.+) is no whole number, as (.+) is", r"“\2”是整数，不能与 \1 比较"),
    (r"(.+) is less than (.+) can be \((.+)\)", r"\1 小于“\2”的最小值 \3"),
    (r"(.+) is more than (.+) can be \((.+)\)", r"\1 大于“\2”的最大值 \3"),
    (r"(.+) is no value of (.+) \((.+)\)", r"“\1”的写法与“\2”的类型（\3）不符"),
    (r"(.+) is not among the choices of (.+)", r"“\2”没有选项“\1”"),
    (r"month (.+) has no day (.+) in every year", r"并非每年的 \1 月都有 \2 日"),
    (r"a word, a number, a day or yes/no is needed", "应为文字、数字、日期或 true/false"),
    (r"a number beyond (.+) is needed nowhere", r"数字过大或过小（上限 \1），请核对"),
    (r"the route and the unit tell the (.+), not a fact", r"“\1”由申报路径或者申报单位确定，不写 fact"),
    (r"(.+) is no choice of the form", r"表单中没有选项类的事实“\1”"),
    (r"(.+) tells the (.+) already", r"“\2”已由“\1”确定，同一类只能用一个事实"),
    (r"(.+) is not a narrative", r"没有文字陈述“\1”"),
    (r"(.+) is not a fact with choices", r"“\1”不是选项类的事实"),
    (r"(.+) is needed for the name of the station", r"站点名称要用到“\1”，不能缺少"),
    (r"(.+) is not a roster", r"没有名册“\1”"),
    (r"(.+) is not a column of (.+)", r"名册“\2”没有“\1”这一栏"),
    (r"(\{.+\}) is not one of \[?(.+?)\]?", r"“\1”不能用，可用：\2"),
    (r"(\{.+\}) is not a part of a station's name", r"“\1”不是站点名称的组成部分"),
    (r"\{seq\} is needed", "编号中必须有 {seq}（序号）"),
    (r"this profile has no construction period", "本文件没有建设期"),
    (r"this profile has no rectification", "本文件没有责令整改"),
    (r"(.+), which would do for (.+), is no paper of it", r"可代替“\2”的“\1”不在这份案卷中"),
    (r"(.+) is no stage with checks", r"“\1”不是带核验事项的环节"),
    (r"no body signs off here", "本文件没有会签部门"),
    (r"a rubric belongs to method rubric, and only there", "method 为 rubric 时才有、也必须有评分表"),
    (r"the items do not add up to the category", "各小项分值之和与本类分值不符"),
    (r"the categories do not add up to the total", "各类分值之和与总分不符"),
    (r"the lowest band has no start", "最低一档不写起始分"),
    (r"bands rise from the lowest to the highest", "各档起始分应从低到高"),
    (r"the tranches do not add up to (.+)", r"各批金额之和不等于 \1"),
    (r"tranches are numbered from 1 in order", "批次应从 1 起依次编号"),
    (r"percent and amount disagree", "百分比与金额不一致"),
    (r"(.+) is not an obligation", r"没有应办事项“\1”"),
    (r"(.+) is not a line of the score sheet", r"评分表中没有“\1”"),
    (r"(.+) is not an output", r"没有年度成果“\1”"),
    (r"a choice needs choices", "选项类的事实要列出 choices"),
    (r"a judged fact is a boolean", "由人判断的事实应为 boolean"),
    (r"categories or purposes are needed", "categories 和 purposes 至少写一个"),
    (r"events, require or overdue is needed", "events、require、overdue 至少写一个"),
    (r"exactly one test is needed \((.+)\); found none", r"缺少比较方式，应写一种：\1"),
    (r"exactly one of (.+) is needed; found none", r"\1 要有且只有一个，现在没有"),
    (r"exactly one test is needed \((.+)\); found (.+)", r"要有且只有一种比较（\1）；现有：\2"),
    (r"exactly one of (.+) is needed; found (.+)", r"\1 要有且只有一个；现有：\2"),
    (r"exactly one of (.+) is needed", r"\1 要有且只有一个"),
    (
        r"a length in years names no last day; end_inclusive is for `to`",
        "按年数写有效期的没有末日；end_inclusive 只用于 to",
    ),
    (
        r"rate belongs to basis this_text, and to no other amount",
        "rate 只用于 basis 为 this_text 的金额，不与其他金额并写",
    ),
    (r"the shares of the payers add up to 100", "各出资方的比例之和应为 100"),
    (r"least needs the group for which places are kept", "写 least 的，要写明名额留给哪一类"),
    (r"where belongs to count", "where 只用于 count"),
    (
        r"governed_by belongs to basis other_papers, and is needed there",
        "basis 为 other_papers 时才有、也必须有 governed_by",
    ),
    (r"asked_by and values belong together", "asked_by 和 values 要么都写，要么都不写"),
    (
        r"a length in years names no last day; end_inclusive is for `to`",
        "按年数写的期限没有截止日；end_inclusive 只与 to 同用",
    ),
    (
        r"rate belongs to basis this_text, and to no other amount",
        "basis 为 this_text 时才有 rate，且不与其他金额同写",
    ),
    (r"the shares of the payers add up to 100", "各出资方的比例之和应为 100"),
    (r"least needs the group for which places are kept", "least（保留名额）要写明留给哪一类（group）"),
    (r"(.+) cannot be read", r"“\1”不是有效的日期、数字或名称"),
    (r"(.+) may be a text or yes/no", r"“\1”含义不明：是、否请写 true、false，文字请加引号"),
    (r"a mapping is needed", "文件应由若干“名称: 内容”组成"),
    (r"(.+): (.+) has no place", r"路径“\1”中的“\2”没有可改的地方"),
    (r"(.+): no single entry \[(.+)\]", r"路径“\1”：没有唯一的“\2”"),
    (r"(.+): \[(.+)\] needs a list", r"路径“\1”：“\2”处应为列表"),
    (r"(.+): no (.+)", r"路径“\1”：没有“\2”"),
)

# What libyaml says of a text that is no YAML.
SYNTAX: tuple[tuple[str, str], ...] = (
    ("found invalid Unicode character escape code", "转义写法（\\u、\\x）不是有效的字符"),
    ("escape", "双引号中的转义写法（\\）有误；不需转义的请改用单引号"),
    ("found character that cannot start any token", "这里不能用制表符（Tab）或该符号开头，请用空格缩进"),
    ("found a tab character", "这里不能用制表符（Tab），请用空格缩进"),
    ("found undefined alias", "引用（*）没有对应的锚点（&）"),
    ("did not find expected key", "缩进或写法有误：这里应是“名称: 内容”"),
    ("did not find expected '-' indicator", "缩进或写法有误：这里应是“- ”开头的一项"),
    ("did not find expected ',' or", "括号没有配对，或缺少逗号"),
    ("did not find expected node content", "写法有误：这里缺少内容"),
    ("did not find expected", "写法有误，请检查这一行和上一行的缩进、引号和括号"),
    ("mapping values are not allowed", "冒号用在了不该用的地方；内容中有“: ”的请加引号"),
    ("could not find expected ':'", "这里缺少冒号"),
    ("found unexpected end of stream", "引号没有配对，文件提前结束"),
    ("found unexpected document indicator", "引号没有配对"),
    ("found duplicate anchor", "锚点（&）重复"),
    ("expected a single document", "只能有一份内容，请删去“---”之后的部分"),
    ("found another document", "只能有一份内容，请删去“---”之后的部分"),
    ("could not determine a constructor", "不能使用“!”类型标记"),
    ("control characters are not allowed", "含有不可见的控制字符"),
    ("special characters are not allowed", "含有不可见的控制字符"),
    ("expected a mapping or list of mappings for merging", "“<<”后面应是引用"),
    ("while constructing", "写法有误"),
)


def of_schema(kind: str, message: str, context: Mapping[str, Any]) -> str:
    """An error of the schema in words; `message` serves for what the program itself says."""
    if kind == "value_error":
        return of_reason(message)
    words = PATTERNS.get(context.get("pattern", "")) or KINDS.get(kind)
    if words is None:
        return f"内容不符合要求（{message}）"
    return words.format_map({name: _shown(value) for name, value in context.items()} | _Absent())


def of_reason(reason: str) -> str:
    """A reason that the program gives, in words; one without a translation stands as it is."""
    for pattern, words in REASONS:
        if re.fullmatch(pattern, reason):
            return re.sub(pattern, words, reason)
    return reason


def of_syntax(problem: str) -> str:
    """What the reader of YAML stumbled over."""
    for begins, words in SYNTAX:
        if begins in problem:
            return words
    return of_reason(problem)


def place_words(path: str) -> str:
    """`conditions[3].require` → 申报条件 第4项 require: where in the file, for people."""
    if path.startswith("("):
        return "整个文件"
    head, *rest = re.findall(r"[^.\[\]]+|\[[^\]]*\]", path)
    words = [chapter_word(head)]
    for step in rest:
        inner = step.strip("[]")
        if not step.startswith("["):
            words.append(step_word(step))
        else:
            words.append(f"第{int(inner) + 1}项" if inner.isdigit() else inner)
    return " › ".join(words)


class _Absent(dict[str, str]):
    def __missing__(self, key: str) -> str:
        return "…"


def _shown(value: Any) -> str:
    return str(value).replace("'", "").replace(" or ", "、").replace(", ", "、")
