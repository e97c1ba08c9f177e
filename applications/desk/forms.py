"""Forms of the desk: its checklist, and its three decisions."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.forms.boundfield import BoundField

from applications.desk.checking import MaterialFound, check_label, checks_of, judged_facts
from applications.desk.grounds import Ground, grounds_of
from applications.desk.inquiring import Bar, bars_of, plain, questions_of
from applications.desk.review import CorrectionItem, correction_places
from applications.desk.stages import current_step
from applications.dossier.records import materials_of
from applications.enums import MaterialCheck
from applications.models import Application, Material
from documents.showing import file_row
from jurisdictions.engine.asked import AskedFact
from jurisdictions.engine.schema.form import Fact
from jurisdictions.engine.schema.form import Material as MaterialRule

ANSWERS = (("yes", "是"), ("no", "否"), ("", "待评判"))
JUDGED = {"yes": True, "no": False, "": None}
FOUND = (
    (MaterialCheck.ACCEPTED.value, MaterialCheck.ACCEPTED.label),
    (MaterialCheck.PROBLEM.value, MaterialCheck.PROBLEM.label),
)
VERIFIED = (("no", "否"), ("yes", "是"), ("", "未核实"))
NONE = "无"
EXTRA_ITEMS = 1
MAX_ITEMS = 60
# By when files are due, as the queue is narrowed down.
DUE = (("", "全部"), ("late", "已逾期"), ("soon", "3 个工作日内到期"))
# The acts on several files, and what each asks for.
ACTS = {
    "forward": "同意上报",
    "agree": "初审同意（待汇总上报）",
    "assign": "转交办理人",
    "pool": "退回待办池",
}
NEEDED = {"forward": ("text",), "agree": ("text",), "assign": ("reviewer", "reason"), "pool": ("reason",)}


@dataclass(frozen=True, slots=True)
class MaterialLine:
    """One material as the checklist shows it."""

    rule: MaterialRule
    row: Material | None
    files: list[dict[str, Any]]
    state: BoundField | None
    note: BoundField | None
    original: BoundField | None

    @property
    def place(self) -> str:
        """Its path, as corrections name it."""
        return f"materials.{self.rule.name}"

    @property
    def ours(self) -> bool:
        """Whether the desk itself brings it."""
        return self.rule.brought_by == "first_pass"


class JudgementForm(forms.Form):
    """What the profile leaves to a person, yes or no."""

    def __init__(self, data: Any = None, *, application: Application, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.application = application
        self.asked: tuple[Fact, ...] = judged_facts(application)
        words = {value: key for key, value in JUDGED.items()}
        for fact in self.asked:
            field = forms.ChoiceField(
                label=fact.label,
                choices=ANSWERS,
                required=False,
                initial=words[application.judgements.get(fact.name)],
                widget=forms.RadioSelect,
            )
            field.clause = fact.clause  # type: ignore[attr-defined]
            self.fields[f"judge-{fact.name}"] = field

    def judgements(self) -> dict[str, bool | None]:
        """The answers by fact; None takes one back."""
        return {fact.name: JUDGED[self.cleaned_data[f"judge-{fact.name}"]] for fact in self.asked}

    def judgement_fields(self) -> list[BoundField]:
        """The questions in the profile's order."""
        return [self[f"judge-{fact.name}"] for fact in self.asked]


class ChecklistForm(JudgementForm):
    """Each material, what the stage must confirm, and what only a person can judge."""

    def __init__(self, data: Any = None, *, application: Application, **kwargs: Any) -> None:
        super().__init__(data, application=application, **kwargs)
        self.step = current_step(application)
        self.checks = checks_of(application)
        self.rows = {row.name: row for row in materials_of(application)}
        for rule in application.rules.materials:
            row = self.rows.get(rule.name)
            if row is not None and (row.files.all() or row.declared_none):
                self._add_material(rule, row)
        self.questions = questions_of(application)
        for asked in self.questions:
            self.fields[f"find-{asked.name}"] = _question(asked, application.desk_facts.get(asked.name))
        self.bars = bars_of(application)
        for bar in self.bars:
            if bar.may_be_set_aside or bar.reason:
                self._add_override(bar)
        for name in self.checks:
            self.fields[f"check-{name}"] = forms.BooleanField(
                label=check_label(application, name),
                required=False,
                initial=name in application.checks.get(self.step.name, []),
            )

    def _add_material(self, rule: MaterialRule, row: Material) -> None:
        name = f"material-{rule.name}"
        known = row.check_state if row.check_state != MaterialCheck.UNCHECKED else None
        self.fields[name] = forms.ChoiceField(
            label=f"{rule.label}：核对结果",
            choices=FOUND,
            required=False,
            initial=known,
            widget=forms.RadioSelect,
        )
        self.fields[f"{name}-note"] = forms.CharField(
            label="说明",
            max_length=300,
            required=False,
            initial=row.note,
            widget=forms.TextInput(attrs={"placeholder": "需补正时写明补什么"}),
        )
        if rule.original_required:
            self.fields[f"{name}-original"] = forms.BooleanField(
                label="已核对原件", required=False, initial=row.original_seen
            )

    def materials(self) -> dict[str, MaterialFound]:
        """How each material that was answered was found."""
        found = {}
        for rule in self.application.rules.materials:
            state = self.cleaned_data.get(f"material-{rule.name}")
            if state:
                found[rule.name] = MaterialFound(
                    MaterialCheck(state),
                    self.cleaned_data[f"material-{rule.name}-note"],
                    self.cleaned_data.get(f"material-{rule.name}-original", False),
                )
        return found

    def _add_override(self, bar: Bar) -> None:
        field = forms.CharField(
            label=f"“{bar.label}”：仍予受理的理由",
            required=False,
            max_length=500,
            initial=bar.reason,
            widget=forms.Textarea(attrs={"rows": 2}),
        )
        field.clause = bar.clause  # type: ignore[attr-defined]
        self.fields[f"override-{bar.key}"] = field

    def found(self) -> dict[str, Any]:
        """What the desk found out, by fact; None where it has not said."""
        return {q.name: _finding(q, self.cleaned_data[f"find-{q.name}"]) for q in self.questions}

    def overrides(self) -> dict[str, str]:
        """The reasons for taking the file against a rule, by rule."""
        names = [name for name in self.fields if name.startswith("override-")]
        return {name.removeprefix("override-"): self.cleaned_data[name] for name in names}

    def finding_fields(self) -> list[BoundField]:
        """What the desk must find out, and decisions that its findings have asked for."""
        return [self[name] for name in self.fields if name.startswith(("find-", "override-"))]

    def confirmed(self) -> list[str]:
        """What the stage must confirm, as far as it was ticked."""
        return [name for name in self.checks if self.cleaned_data[f"check-{name}"]]

    def check_fields(self) -> list[BoundField]:
        """What the stage must confirm."""
        return [self[f"check-{name}"] for name in self.checks]

    def lines(self, url_of: Any) -> list[MaterialLine]:
        """The materials in the profile's order; `url_of(attachment)` is where a file is fetched."""
        return [self._line(rule, url_of) for rule in self.application.rules.materials]

    def _line(self, rule: MaterialRule, url_of: Any) -> MaterialLine:
        row = self.rows.get(rule.name)
        files = [
            file_row(file.attachment, url=url_of(file.attachment), pk=file.pk)
            for file in (row.files.all() if row else ())
        ]
        name = f"material-{rule.name}"
        return MaterialLine(
            rule,
            row,
            files,
            *(
                self[key] if key in self.fields else None
                for key in (name, f"{name}-note", f"{name}-original")
            ),
        )


def _question(asked: AskedFact, known: Any) -> forms.Field:
    """The field of one thing to find out; left empty it is not found out yet."""
    field: forms.Field
    if asked.kind == "yes_no":
        answer = {True: "yes", False: "no"}.get(known, "")
        field = forms.ChoiceField(choices=VERIFIED, initial=answer, widget=forms.RadioSelect)
    elif asked.kind == "several":
        choices = [(NONE, NONE), *((choice, choice) for choice in asked.choices)]
        initial = [NONE] if known == [] else known
        field = forms.MultipleChoiceField(
            choices=choices, initial=initial, widget=forms.CheckboxSelectMultiple
        )
    elif asked.kind == "names":
        initial = NONE if known == [] else "\n".join(known or ())
        widget = forms.Textarea(attrs={"rows": 3})
        field = forms.CharField(max_length=2000, initial=initial, widget=widget)
        field.help_text = f"每行一人；没有的填“{NONE}”"
    else:
        field = forms.CharField(max_length=60, initial=known)
        field.help_text = "没有的不填"
    field.label, field.required, field.clause = asked.label, False, asked.clause  # type: ignore[attr-defined]
    return field


def _finding(asked: AskedFact, typed: Any) -> Any:
    if asked.kind == "yes_no":
        return JUDGED[typed]
    if asked.kind == "names":
        names = [plain(line) for line in str(typed).replace("、", "\n").splitlines() if line.strip()]
        return [] if names == [NONE] else names or None
    if asked.kind == "several":
        return [choice for choice in typed if choice != NONE] if typed else None
    return plain(typed) or None


class ForwardForm(forms.Form):
    """Agreement, in words; `stage` is the one that the page showed."""

    stage = forms.IntegerField(widget=forms.HiddenInput)
    text = forms.CharField(
        label="审核意见",
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 5}),
        error_messages={"required": "请填写审核意见。"},
    )


class ReturnForm(forms.Form):
    """By when the unit is to come back, and a word to all points together."""

    stage = forms.IntegerField(widget=forms.HiddenInput)
    due_on = forms.DateField(
        label="补正期限",
        widget=forms.DateInput,
        error_messages={"required": "请选择补正期限。"},
        help_text="申报单位须在这一天结束前重新提交",
    )
    text = forms.CharField(
        label="总体说明", max_length=2000, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )


class CorrectionItemForm(forms.Form):
    """One point to put right."""

    path = forms.ChoiceField(label="补正位置", required=False)
    text = forms.CharField(
        label="补正要求", max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )

    def __init__(self, *args: Any, places: tuple[tuple[str, str], ...], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["path"].choices = [("", "请选择"), *places]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("path") and not cleaned.get("text"):
            self.add_error("text", "请写明需要怎样补正。")
        if cleaned.get("text") and not cleaned.get("path"):
            self.add_error("path", "请选择补正位置。")
        return cleaned


def correction_formset(
    application: Application, data: Any = None, initial: list[CorrectionItem] | None = None
) -> Any:
    """The points as rows; `data` None starts from `initial` and an empty row."""
    made = forms.formset_factory(
        CorrectionItemForm, extra=EXTRA_ITEMS, max_num=MAX_ITEMS, validate_max=True, can_delete=True
    )
    places = correction_places(application)
    return made(
        data, prefix="items", initial=initial if data is None else None, form_kwargs={"places": places}
    )


def items_of(formset: Any, application: Application) -> list[CorrectionItem]:
    """The points of a valid formset, without empty and removed rows."""
    labels = dict(correction_places(application))
    return [
        CorrectionItem(path=row["path"], label=labels[row["path"]], text=row["text"])
        for row in formset.cleaned_data
        if row.get("path") and not row.get("DELETE")
    ]


class RejectForm(forms.Form):
    """Why, and by which clause."""

    stage = forms.IntegerField(widget=forms.HiddenInput)
    clause = forms.ChoiceField(label="依据条款", error_messages={"required": "请选择依据的条款。"})
    reason = forms.CharField(
        label="不予通过的理由",
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 5}),
        error_messages={"required": "请写明不予通过的理由。"},
    )
    although_met = forms.BooleanField(label="系统核对为符合，仍以这一条为依据", required=False)

    def __init__(self, data: Any = None, *, application: Application, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        grounds = grounds_of(application)
        self.fields["clause"].choices = [("", "请选择"), *_grouped(grounds)]
        met = {ground.clause for ground in grounds if ground.met}
        # Asked for once a clause was chosen of which the system says the opposite.
        if not (self.is_bound and self.data.get("clause") in met):
            del self.fields["although_met"]


def _grouped(grounds: tuple[Ground, ...]) -> list[tuple[str, list[tuple[str, str]]]]:
    """The clauses to choose from, apart from those that the system found to be met."""
    open_ = [(ground.clause, ground.words) for ground in grounds if not ground.met]
    met = [(ground.clause, ground.words) for ground in grounds if ground.met]
    groups = (("可以作为依据的条款", open_), ("系统核对为符合的条款（选用须说明并确认）", met))
    return [(label, choices) for label, choices in groups if choices]


class FalsityForm(forms.Form):
    """What was false, how that was found, by which clause, and what the unit may do about it."""

    materials = forms.MultipleChoiceField(
        label="虚假材料",
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "请选择经核实虚假的材料。"},
    )
    finding = forms.CharField(
        label="虚假情形和核实经过",
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text="写明哪一处不实、向谁核实、结果如何",
        error_messages={"required": "请写明虚假的情形和核实的经过。"},
    )
    evidence = forms.FileField(label="佐证", required=False, help_text="如核实复函；PDF、图片、DOCX 或 XLSX")
    clause = forms.ChoiceField(label="依据条款", error_messages={"required": "请选择依据的条款。"})
    recourse = forms.CharField(
        label="救济途径",
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "请写明单位不服时的救济途径。"},
    )

    def __init__(
        self, data: Any = None, files: Any = None, *, application: Application, grounds: Iterable[Ground]
    ) -> None:
        super().__init__(data, files, initial={"recourse": application.round.recourse})
        self.fields["materials"].choices = [(one.name, one.label) for one in application.rules.materials]
        self.fields["clause"].choices = [("", "请选择"), *((one.clause, one.words) for one in grounds)]


class BringForm(forms.Form):
    """A paper that the desk itself brings."""

    file = forms.FileField(label="文件", error_messages={"required": "请选择要上传的文件。"})


class QueueFilter(forms.Form):
    """Which files of the desk, and a search by unit or number."""

    state = forms.CharField(required=False, widget=forms.HiddenInput)
    q = forms.CharField(label="单位或编号", required=False, max_length=60)
    round = forms.TypedChoiceField(label="批次", required=False, coerce=int, empty_value=None)
    who = forms.ChoiceField(label="办理人", required=False)
    due = forms.ChoiceField(label="办理期限", required=False, choices=DUE)
    news = forms.ChoiceField(
        label="动态", required=False, choices=(("", "全部"), ("new", "上次查看后有变化"))
    )

    def __init__(self, data: Any, *, rounds: Iterable[Any], reviewers: Iterable[Any], **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.fields["round"].choices = [("", "全部"), *((one.pk, one.title) for one in rounds)]
        people = [(str(one.pk), str(one)) for one in reviewers]
        self.fields["who"].choices = [("", "全部"), ("me", "我"), ("nobody", "未指定"), *people]


class BoardFilter(forms.Form):
    """Which of a round's applications: the column, and a search by unit or number."""

    at = forms.CharField(required=False, widget=forms.HiddenInput)
    q = forms.CharField(label="单位或编号", required=False, max_length=60)


class AssignForm(forms.Form):
    """To which colleague of the desk; empty: to all of them."""

    reviewer = forms.ModelChoiceField(
        label="办理人", queryset=None, required=False, empty_label="待办池（不指定）"
    )
    reason = forms.CharField(label="说明", required=False, max_length=200)

    def __init__(self, data: Any = None, *, reviewers: QuerySet[Any], **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.fields["reviewer"].queryset = reviewers


class BatchForm(forms.Form):
    """One act on several files, with what it needs."""

    text = forms.CharField(
        label="审核意见",
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="写入每一份的审核意见",
        error_messages={"required": "请填写审核意见。"},
    )
    reviewer = forms.ModelChoiceField(
        label="办理人", queryset=None, error_messages={"required": "请选择办理人。"}
    )
    reason = forms.CharField(label="说明", required=False, max_length=200)

    def __init__(self, data: Any = None, *, act: str, reviewers: QuerySet[Any], **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.fields["reviewer"].queryset = reviewers
        for name in {"text", "reviewer", "reason"} - set(NEEDED[act]):
            del self.fields[name]
