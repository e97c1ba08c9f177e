"""Forms about versions of the rules: bringing one, choosing readings, deciding, and the fixed cases."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from typing import Any

from django import forms

from core.templatetags.wording import date_text
from jurisdictions.engine import Profile
from jurisdictions.engine.intake import MOST_BYTES, read_text
from jurisdictions.engine.loader import ProfileError
from jurisdictions.engine.questions import KINDS, QuestionError
from jurisdictions.engine.questions.lines import read_json
from jurisdictions.engine.words import kind_word
from jurisdictions.proposing import TextRefused


class ProposalFields(forms.Form):
    """What every proposed version says of itself."""

    version = forms.CharField(
        label="版本", max_length=20, help_text="以生效日期命名，如 2026-03-01；同日再改的写 2026-03-01.2"
    )
    reason = forms.CharField(
        label="变更说明",
        max_length=2000,
        help_text="改了哪些条款，依据哪个文件",
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class VersionForm(ProposalFields):
    """A text, as a file or typed; what a file held stands in the text field afterwards."""

    file = forms.FileField(
        label="YAML 文件",
        required=False,
        allow_empty_file=True,
        help_text=f"UTF-8 编码，不超过 {MOST_BYTES // 1000} KB；选了文件的，以文件为准",
        widget=forms.FileInput(attrs={"accept": ".yaml,.yml"}),
    )
    text = forms.CharField(
        label="内容",
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 24, "class": "code", "spellcheck": "false", "wrap": "off"}),
    )
    field_order = ("version", "reason", "file", "text")

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        upload = given.get("file")
        if upload is not None:
            # One byte more than is allowed tells that it is too much.
            try:
                given["text"] = read_text(upload.read(MOST_BYTES + 1))
            except ProfileError as error:
                self.issues = error.issues
                self.add_error("file", error.issues[0].in_words)
            else:
                self.keep(given["text"])
        elif not (given.get("text") or "").strip():
            self.add_error("text", "请选择文件，或者填写内容。")
        return given

    issues: list[Any] = []

    def keep(self, text: str) -> None:
        """Has the text field show a text when the page comes back."""
        self.data = self.data.copy()
        self.data[self.add_prefix("text")] = text

    def refuse(self, error: TextRefused) -> None:
        """Notes every slip of the text, for the table above the form."""
        self.issues = error.issues
        self.add_error("text", error.message)


class ReadingsForm(ProposalFields):
    """For each reading of a version, which option holds."""

    def __init__(self, *args: Any, rules: Profile, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.names = {}
        for number, reading in enumerate(rules.readings):
            name = f"reading_{number}"
            self.names[name] = reading.id
            computes = [
                option for option in reading.options if option.value == reading.chosen or option.changes
            ]
            self.fields[name] = forms.ChoiceField(
                label=f"{reading.question}（{reading.id}）",
                choices=[
                    (option.value, option.label + ("（现行）" if option.value == reading.chosen else ""))
                    for option in reading.options
                ],
                initial=reading.chosen,
                help_text="" if len(computes) > 1 else "其他选项只作记载，暂不影响计算结果",
            )

    @property
    def wanted(self) -> Mapping[str, str]:
        """{reading: option}, as chosen."""
        return {reading: self.cleaned_data[name] for name, reading in self.names.items()}

    @property
    def readings(self) -> list[forms.BoundField]:
        return [self[name] for name in self.names]


class ActivationForm(forms.Form):
    """From when a version counts."""

    active_from = forms.DateField(label="启用日期", widget=forms.DateInput)
    basis = forms.CharField(
        label="说明",
        required=False,
        max_length=1000,
        help_text="启用日期早于今天的，必须写明依据",
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(self, *args: Any, earliest: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["active_from"].initial = earliest
        self.fields["active_from"].help_text = f"最早 {date_text(earliest)}"


class JsonField(forms.CharField):
    """A JSON object as people type it."""

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.Textarea(attrs={"rows": 6, "class": "code", "spellcheck": "false"})
        super().__init__(max_length=20_000, widget=widget, **kwargs)

    def to_python(self, value: Any) -> Any:
        text = super().to_python(value)
        if not text:
            return {}
        try:
            found = read_json(text)
        except QuestionError as error:
            raise forms.ValidationError(str(error)) from None
        except (ValueError, RecursionError):
            raise forms.ValidationError('不是 JSON，应如 {"technicians": 3}') from None
        if not isinstance(found, dict):
            raise forms.ValidationError("应为“{…}”形式的一组事实")
        if (odd := unstorable(found)) is not None:
            raise forms.ValidationError(f"“{odd}”含有无法保存的字符或数字")
        return found


# A zero byte, and half a character: JSON can write them, no database keeps them.
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


def unstorable(value: Any) -> str | None:
    """What of a JSON value no database keeps, as people may be shown it; None where all of it can be kept."""
    if isinstance(value, str):
        return _UNSTORABLE.sub("�", value) if _UNSTORABLE.search(value) else None
    if isinstance(value, float):
        return None if math.isfinite(value) else str(value)
    if isinstance(value, dict):
        parts: list[Any] = [*value, *value.values()]
    else:
        parts = value if isinstance(value, list) else []
    return next((odd for odd in map(unstorable, parts) if odd is not None), None)


class CaseForm(forms.Form):
    """A question with the answer that the bureau holds to."""

    title = forms.CharField(label="名称", max_length=100)
    source = forms.CharField(label="来源", max_length=200, help_text="如：某年某号批复")
    kind = forms.ChoiceField(label="问题")
    on = forms.DateField(label="所问日期", required=False, widget=forms.DateInput)
    given = JsonField(label="事实", help_text="JSON，名称与规则文件一致")
    expected = JsonField(label="应有结果", help_text='JSON，如 {"eligible": true, "failed": []}')
    otherwise = forms.BooleanField(
        label="现行规则的结果与此不同，仍要添加",
        required=False,
        help_text="添加后，每个新版本结果与此不同的，都须说明理由",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["kind"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", "请选择"), *((name, kind_word(name)) for name in sorted(KINDS))]


class PrecedentForm(forms.Form):
    """The number of something decided."""

    number = forms.CharField(label="申报编号", max_length=40, help_text="已认定或不予通过的申报")
