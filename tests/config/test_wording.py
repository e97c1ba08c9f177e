"""What Django says of an input is said in the words of this interface."""

from __future__ import annotations

import gettext
import re
from pathlib import Path

import pytest
from django import forms
from django.core import validators

from tests.documents.corpus import upload

FOLDER = Path(__file__).resolve().parents[2] / "locale" / "zh_Hans" / "LC_MESSAGES"
# A machine's words, and the familiar form beside the polite one.
NOT_OURS = re.compile(r"你|字段|有效的|确保|变量|表单的编码")


class Asked(forms.Form):
    needed = forms.CharField()
    chosen = forms.ChoiceField(choices=[("a", "甲")])
    several = forms.MultipleChoiceField(choices=[("a", "甲")])
    email = forms.EmailField()
    count = forms.IntegerField(max_value=9)
    amount = forms.DecimalField(max_digits=5, decimal_places=2)
    day = forms.DateField()
    short = forms.CharField(max_length=3)


def test_a_refused_input_is_told_what_to_do() -> None:
    given = {
        "chosen": "bogus", "several": ["bogus"], "email": "x", "count": "10", "amount": "1.234",
        "day": "31.2.", "short": "甲乙丙丁",
    }  # fmt: skip
    assert {name: list(texts) for name, texts in Asked(given).errors.items()} == {
        "needed": ["请填写此项。"],
        "chosen": ["请从列出的选项中选择。"],
        "several": ["请从列出的选项中选择。"],
        "email": ["请填写完整的邮箱地址，例如 name@example.cn。"],
        "count": ["不能大于 9。"],
        "amount": ["最多 2 位小数。"],
        "day": ["请填写日期，例如 2026-03-01。"],
        "short": ["最多 3 个字，现为 4 个。"],
    }


@pytest.mark.parametrize(
    "field",
    [
        forms.CharField, forms.IntegerField, forms.DecimalField, forms.DateField, forms.TimeField,
        forms.DateTimeField, forms.EmailField, forms.URLField, forms.FileField, forms.ImageField,
        forms.BooleanField, forms.ChoiceField, forms.MultipleChoiceField, forms.ModelChoiceField,
        forms.ModelMultipleChoiceField, forms.JSONField,
    ],
)  # fmt: skip
def test_no_kind_of_input_speaks_like_a_machine(field: type[forms.Field]) -> None:
    texts = [
        str(text) % {"max": 1, "length": 2, "value": "x", "pk": "x"}
        for kind in field.__mro__
        for text in getattr(kind, "default_error_messages", {}).values()
        if not hasattr(text, "_NPlural__kwargs")
    ]
    assert [text for text in texts if NOT_OURS.search(text)] == []


def test_an_extension_is_refused_in_words() -> None:
    with pytest.raises(validators.ValidationError) as refused:
        validators.FileExtensionValidator(["pdf"])(upload("甲.exe", b"x"))
    assert refused.value.messages == ["文件格式“exe”不支持；可上传：pdf。"]


def test_what_is_compiled_is_what_is_written() -> None:
    """`msgfmt` was run after the last change."""
    written: dict[str, str] = {}
    for block in (FOLDER / "django.po").read_text(encoding="utf-8").split("\n\n")[1:]:
        source, said = (
            re.search(r'^msgid "(.+)"$', block, re.M),
            re.search(r'^msgstr(?:\[0\])? "(.+)"$', block, re.M),
        )
        if source and said:
            written[source[1].replace('\\"', '"')] = said[1].replace('\\"', '"')
    with (FOLDER / "django.mo").open("rb") as file:
        compiled = gettext.GNUTranslations(file)._catalog  # type: ignore[attr-defined]
    flat = {key[0] if isinstance(key, tuple) else key: text for key, text in compiled.items() if key}
    assert flat == written
    assert len(written) > 40
