"""Forms of the money pages."""

from typing import Any

from django import forms

from funding.enums import TrancheState
from jurisdictions.engine import Profile


class TrancheFilter(forms.Form):
    """Which tranches the list shows; lives in the address."""

    view = forms.CharField(required=False, widget=forms.HiddenInput)
    q = forms.CharField(label="站点或单位", required=False, max_length=60)
    state = forms.ChoiceField(label="状态", required=False)

    def __init__(self, data: Any = None, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.fields["state"].choices = [("", "全部状态"), *TrancheState.choices]


class UseForm(forms.Form):
    """May this be paid? In the words of the text; lives in the address."""

    CATEGORY, PURPOSE = "use", "purpose"

    use = forms.ChoiceField(label="支出用途", required=False)
    purpose = forms.ChoiceField(label="与站点的关系", required=False)

    def __init__(self, data: Any = None, *, rules: Profile) -> None:
        super().__init__(data)
        chapter = rules.expenditure
        for name, words in (
            (self.CATEGORY, chapter.categories if chapter else {}),
            (self.PURPOSE, chapter.purposes if chapter else {}),
        ):
            self.fields[name].choices = [("", "请选择"), *words.items()]
        if chapter is None or not chapter.purposes:
            self.fields[self.PURPOSE].widget = forms.HiddenInput()


class BasisForm(forms.Form):
    """On what ground money is paid after the text has expired."""

    basis = forms.CharField(
        label="继续拨付的依据",
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="写明文件、会议纪要或批示的名称、文号和日期",
    )


class ReasonForm(forms.Form):
    """Why it is given back."""

    reason = forms.CharField(label="退回理由", required=False, widget=forms.Textarea(attrs={"rows": 3}))
