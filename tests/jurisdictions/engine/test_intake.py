"""A text that somebody brings: what is no profile is said so, at its line, and nothing breaks."""

from __future__ import annotations

import ast
import random
import re
from pathlib import Path

import pytest

from jurisdictions.engine import ProfileError, accepted_profile, bundled_profiles, parse_profile
from jurisdictions.engine.intake import MOST_BYTES, check_text, read_text
from jurisdictions.engine.issue_words import REASONS, of_reason

QINSHUI = next(p for p in bundled_profiles() if p.parent.name == "qinshui")
TEXT = QINSHUI.read_text(encoding="utf-8")
ENGINE = Path(parse_profile.__wrapped__.__code__.co_filename).parent


def slips(text: str) -> list[tuple[int | None, str]]:
    with pytest.raises(ProfileError) as caught:
        parse_profile.__wrapped__(check_text(text))
    return [(issue.line, issue.in_words) for issue in caught.value.issues]


@pytest.mark.parametrize("path", bundled_profiles(), ids=lambda path: path.parent.name)
def test_what_landed_is_let_in(path: Path) -> None:
    raw = path.read_bytes()
    assert read_text(raw) == read_text(b"\xef\xbb\xbf" + raw.replace(b"\n", b"\r\n")) == raw.decode()


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("", 1, "空的"),
        ("a: 1\nb: [", 3, "缺少内容"),
        ("a: 1\n\tb: 2", 2, "Tab"),
        ("a: 1\nb: c: d", 2, "冒号"),
        ('a: 1\nb: "x', 2, "引号"),
        ("a: 1\nb: *no", 2, "锚点"),
        ("a: 1\na: 2", 2, "“a”出现两次"),
        ("a: 1\nb: 2023-13-45", 2, "“2023-13-45”"),
        ("a: 1\nb: .inf", 2, "“.inf”"),
        ("a: 1\nb: 1" + "0" * 5000, 2, "不是有效的"),
        ("a: 1\n? [x]\n: 2", 2, "不是有效的"),
        ("a: 1\nb: \x07", 2, "控制字符"),
        ("a: 1\n--- \nb: 2", 2, "只能有一份"),
        ("a: 1\nb: !!python/object:os.system x", 2, "类型标记"),
        ("- a\n- b", 1, "名称: 内容"),
        ("a: &x [1, 1]\nb: &y [*x, *x]\nc: [*y, *y]", 2, "引用"),
        ("a: 1\nb: " + "[" * 60 + "]" * 60, 2, "嵌套"),
        ("a: 1\nb: " + "{x: " * 30_000, 2, "嵌套"),
        ("a: &x 1\nb: [" + "*x, " * 200 + "]", 2, "引用"),
        ("a: " + "x" * MOST_BYTES, None, "超过"),
        ("readings: 3", 1, "写法有误"),
        ("readings: [{id: [1], chosen: 2}]", 1, "写法有误"),
    ],
)
def test_what_cannot_be_read_is_told_at_its_line(text: str, line: int | None, words: str) -> None:
    """Planted bugs: references are let through; depth is not counted; a 13th month breaks the page."""
    found = slips(text)
    assert found[0][0] == line
    assert words in found[0][1]


@pytest.mark.parametrize(
    ("raw", "line"), [("a: 1\nb: 沁水".encode("gb18030"), 2), ("a: 1".encode("utf-16"), None)]
)
def test_another_encoding_is_named(raw: bytes, line: int | None) -> None:
    with pytest.raises(ProfileError) as caught:
        read_text(raw)
    assert caught.value.issues[0].line == line
    assert "UTF-8" in caught.value.issues[0].in_words


def test_a_key_with_points_in_it_has_its_own_line() -> None:
    clause = "QS-5.2c"
    text = re.sub(rf"^(  {clause}): .*$", r"\1: [7]", TEXT, count=1, flags=re.MULTILINE)
    line = next(n for n, row in enumerate(text.split("\n"), 1) if row == f"  {clause}: [7]")
    assert slips(text) == [(line, "应为文字")]


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("round: {per_year: 1", "round: {closes_at: 18:00, per_year: 1", '应为时刻，要加引号，写作 "18:00"'),
        ("round: {per_year: 1", 'round: {closes_at: "25:00", per_year: 1', '应为时刻，写作 "18:00"'),
        ("clause: QS-5.2c\n  reading: G-2", "clause: 2.1\n  reading: G-2", "应为条款编号，如 XX-4.1"),
        ("title: 沁水县技师工作站", "title: 5 # ", '应为文字，要加引号，写作 "5"'),
        ("title: 沁水县技师工作站", "title: yes # ", "“yes”含义不明：是、否请写 true、false，文字请加引号"),
        ("at_least: 3}", "at_least: 3名}", "应为数字，不带单位"),
        ("total_yuan: 100000", "total_yuan: 10万", "应为整数，只写数字，不带单位"),
        ("\nexclusions:", "\nexclusionz:", "没有这一项：多余，或者拼写有误"),
    ],
)
def test_a_slip_is_told_once_at_its_own_line(old: str, new: str, words: str) -> None:
    """Planted bugs: `title: yes` is kept as a title; one clause that is none is told twice; a chapter is
    told at the line of what stands in it."""
    text = TEXT.replace(old, new, 1)
    at = TEXT.index(old) + (new[0] == "\n")
    assert slips(text) == [(TEXT.count("\n", 0, at) + 1, words)]


def test_a_plain_yes_is_told_together_with_other_slips() -> None:
    text = TEXT.replace("title: 沁水县技师工作站", "title: yes # ", 1)
    text = text.replace("total_yuan: 100000", "total_yuan: 10万", 1)
    assert [words for _, words in slips(text)] == [
        "“yes”含义不明：是、否请写 true、false，文字请加引号",
        "应为整数，只写数字，不带单位",
    ]


def test_what_came_in_before_such_a_check_is_still_read() -> None:
    text = TEXT.replace("title: 沁水县技师工作站", "title: yes # ", 1)
    assert accepted_profile(text).title == "yes"


def test_whatever_is_spoilt_there_is_a_line_and_a_word_for_it() -> None:
    """Every kind of slip in every part of the file: an error with line, or a sound profile; no crash."""
    chance = random.Random(7)
    rows = TEXT.split("\n")
    for _ in range(25):
        spoilt = list(rows)
        at = chance.randrange(len(spoilt))
        match chance.randrange(4):
            case 0:
                del spoilt[at]
            case 1:
                spoilt[at] = " " + spoilt[at]
            case 2:
                other = chance.choice(("3", "null", "[]", "{}", "x", "[a, {b: 1}]", "true", "2020-02-30"))
                spoilt[at] = re.sub(r": [^ {\[].*", f": {other}", spoilt[at])
            case _:
                spoilt[at] = re.sub(r"[\w.-]+(?=[,}\]])", "zzz", spoilt[at], count=1)
        try:
            parse_profile.__wrapped__(check_text("\n".join(spoilt)))
        except ProfileError as error:
            for issue in error.issues:
                assert issue.line
                assert not re.search("[a-z]{3,} (is|are|not|be|to) ", issue.in_words), issue.in_words


def test_every_reason_of_the_program_has_its_words() -> None:
    """Planted bug: a check is added whose reason nobody has put into Chinese."""
    for reason in _reasons():
        assert of_reason(reason) != reason, reason


def _reasons() -> list[str]:
    """What `crosscheck` yields and the schema raises, with X for what is filled in."""
    found = []
    places = (ENGINE / "crosscheck", ENGINE / "schema")
    for path in sorted(path for place in places for path in place.glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Yield) and isinstance(node.value, ast.Tuple):
                found.append(_filled(node.value.elts[1]))
            elif isinstance(node, ast.Call) and getattr(node.func, "id", "") == "ValueError":
                found.append(_filled(node.args[0]))
    assert len(found) > len(REASONS) / 2
    return [reason for reason in found if reason]


def _filled(node: ast.expr) -> str:
    if isinstance(node, ast.Constant):
        return str(node.value)
    if isinstance(node, ast.JoinedStr):
        return "".join(str(p.value) if isinstance(p, ast.Constant) else "X" for p in node.values)
    return ""
