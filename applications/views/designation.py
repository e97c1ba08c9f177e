"""From the fixed list to stations: notice, sign-offs and designation of one round."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.contenttypes.models import ContentType
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from applications.enums import ApplicationState, RoundState
from applications.models import Application, Round, Signoff
from applications.selection.designation import (
    Candidate,
    Selection,
    candidates,
    cosigning_bodies,
    designate_applications,
    missing_signoffs,
    record_signoff,
)
from applications.selection.document_numbers import check_number, normal_number
from applications.selection.notice_stage import put_on_notice
from applications.views.waitlist import waitlist_of
from core import clock
from core.errors import DomainError
from core.web import attempt_form, say_refusal, tenant_url
from documents.enums import DocumentKind
from documents.models import OfficialDocument
from jurisdictions.access import requires
from jurisdictions.enums import Right
from jurisdictions.models import Authority
from jurisdictions.versions import cited
from notices.enums import NoticeState
from notices.models import PublicNotice


class SignoffForm(forms.Form):
    """That a body has agreed, by which paper and when."""

    authority = forms.ModelChoiceField(None, label="会签部门", empty_label="请选择")
    reference = forms.CharField(label="会签依据", max_length=100, help_text="文号或者会签单编号")
    signed_on = forms.DateField(label="会签日期", widget=forms.DateInput)

    def __init__(self, bodies: Sequence[Authority], data: Any = None) -> None:
        super().__init__(data, initial={"signed_on": clock.today()})
        field = self.fields["authority"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = Authority.objects.filter(pk__in=[body.pk for body in bodies])


class DesignationForm(forms.Form):
    """Which applications, each with its plaque, and the document's number."""

    document_number = forms.CharField(
        label="认定文件文号",
        required=False,
        max_length=60,
        help_text="机关代字〔年份〕序号号",
    )

    def __init__(self, round_: Round, rows: Sequence[Candidate], data: Any = None) -> None:
        super().__init__(data)
        self.round = round_
        number = self.fields["document_number"]
        word = round_.authority.document_word
        number.required = not word
        if word:
            number.help_text = f"不填的由系统按“{word}〔年份〕序号号”编号"
        self.rows = [row for row in rows if not row.obstacles]
        for row in self.rows:
            pk = row.application.pk
            self.fields[f"pick-{pk}"] = forms.BooleanField(
                label="认定", required=False, initial=not row.asks_confirmation
            )
            self.fields[f"plaque-{pk}"] = forms.ChoiceField(
                label="牌匾", choices=[(title, title) for title in row.plaques]
            )
            if row.asks_confirmation:
                self.fields[f"confirm-{pk}"] = forms.BooleanField(
                    label="异议经核查不成立，确认视为无异议", required=False
                )

    def clean_document_number(self) -> str:
        """Refused here already, not on the page that asks for the last time."""
        typed: str = self.cleaned_data["document_number"]
        try:
            check_number(self.round, typed)
        except DomainError as error:
            raise forms.ValidationError(error.message) from None
        return normal_number(typed) if typed else ""

    def picked(self) -> list[Candidate]:
        return [row for row in self.rows if self.cleaned_data.get(f"pick-{row.application.pk}")]

    def selections(self) -> list[Selection]:
        """What was picked, as `designate_applications` takes it."""
        given = self.cleaned_data
        return [
            Selection(
                row.application,
                given[f"plaque-{row.application.pk}"],
                confirmed=bool(given.get(f"confirm-{row.application.pk}")),
            )
            for row in self.picked()
        ]


@requires(Right.MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
def designation(request: HttpRequest, pk: int) -> HttpResponse:
    """What still stands before designation; POST shows the list once more, then designates it."""
    round_ = _reachable(request, pk)
    rows = candidates(round_)
    form = DesignationForm(round_, rows, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        chosen = form.selections()
        if request.POST.get("confirmed") != "yes" and chosen:
            return render(request, "applications/designation_confirm.html", _confirmation(round_, form))
        document = attempt_form(
            form,
            designate_applications,
            round_=round_,
            selections=chosen,
            actor=request.user,
            document_number=form.cleaned_data["document_number"],
        )
        if document:
            messages.success(request, f"已认定 {len(chosen)} 家，认定文件：{document.number}。")
            return redirect(tenant_url("bureau:designation", pk=pk))
    status = 422 if form.errors else 200
    return render(request, "applications/designation.html", _page(round_, rows, form), status=status)


@requires(Right.MANAGE)
@require_POST
def start_notice(request: HttpRequest, pk: int) -> HttpResponse:
    """Drafts the notice of the list and goes on to it."""
    round_ = _reachable(request, pk)
    reason = request.POST.get("reason", "")
    try:
        notice = put_on_notice(round_=round_, actor=request.user, change_reason=reason)
    except DomainError as error:
        say_refusal(request, error)
        return redirect(tenant_url("bureau:designation", pk=pk))
    messages.success(request, "公示稿已起草，请核对后由发布人发布。")
    return redirect(tenant_url("bureau:notice", pk=notice.pk))


@requires(Right.MANAGE)
@require_POST
def signoff(request: HttpRequest, pk: int) -> HttpResponse:
    """Records one body's sign-off."""
    round_ = _reachable(request, pk)
    form = SignoffForm(cosigning_bodies(round_), request.POST)
    if form.is_valid() and attempt_form(
        form, record_signoff, round_=round_, actor=request.user, **form.cleaned_data
    ):
        messages.success(request, f"已登记{form.cleaned_data['authority']}的会签。")
        return redirect(tenant_url("bureau:designation", pk=pk))
    rows = candidates(round_)
    context = _page(round_, rows, DesignationForm(round_, rows), signing=form)
    return render(request, "applications/designation.html", context, status=422)


def _reachable(request: HttpRequest, pk: int) -> Round:
    round_: Round = get_object_or_404(
        Round.objects.filter(authority__in=request.authorities).select_related("authority", "profile"), pk=pk
    )
    return round_


def _page(
    round_: Round, rows: Sequence[Candidate], form: DesignationForm, signing: SignoffForm | None = None
) -> dict[str, Any]:
    rules = round_.rules
    from_round = {"subject_type": ContentType.objects.get_for_model(Round), "subject_id": round_.pk}
    notices = list(PublicNotice.objects.filter(**from_round))
    missing = missing_signoffs(round_)
    proposed = round_.applications.filter(state=ApplicationState.PROPOSED).count()
    ready = [row for row in rows if not row.obstacles]
    return {
        "round": round_,
        "rules": rules,
        **cited(round_.profile),
        "list_is_fixed": round_.state == RoundState.DECIDED,
        "notices": notices,
        **_drafting(round_, notices, proposed),
        **waitlist_of(round_),
        "proposed": proposed,
        "signoffs": _signoffs(round_),
        "missing": missing,
        "signing": signing or (SignoffForm(missing) if missing else None),
        "rows": [(row, *_bound(form, row)) for row in rows],
        "ready": ready,
        "form": form,
        "documents": OfficialDocument.objects.filter(
            **from_round, kind=DocumentKind.DESIGNATION
        ).prefetch_related("signoffs__authority"),
        "designated": Application.objects.filter(round=round_, station__isnull=False).select_related(
            "station"
        ),
    }


def _drafting(round_: Round, notices: Sequence[PublicNotice], proposed: int) -> dict[str, Any]:
    """Whether a first notice may be drafted, or a list that supersedes the one that stands."""
    free = (
        round_.rules.notice is not None
        and round_.state == RoundState.DECIDED
        and not any(notice.state == NoticeState.DRAFT for notice in notices)
    )
    former = next((notice for notice in notices if notice.is_public), None)
    shown = round_.applications.filter(state=ApplicationState.IN_NOTICE).exists()
    return {
        "can_start_notice": free and former is None and proposed > 0,
        "can_amend": free and former is not None and (shown or proposed > 0),
        "former": former,
    }


def _bound(form: DesignationForm, row: Candidate) -> tuple[Any, Any, Any]:
    """The three controls of one row; none where something stands in the way."""
    names = [f"{part}-{row.application.pk}" for part in ("pick", "plaque", "confirm")]
    pick, plaque, confirm = (form[name] if name in form.fields else None for name in names)
    return pick, plaque, confirm


def _signoffs(round_: Round) -> list[tuple[Authority, Signoff | None]]:
    """Each body that must sign off, with what it signed for the next designation."""
    signed = {s.authority_id: s for s in round_.signoffs.filter(document__isnull=True)}
    return [(body, signed.get(body.pk)) for body in cosigning_bodies(round_)]


def _confirmation(round_: Round, form: DesignationForm) -> dict[str, Any]:
    given: list[tuple[str, Any]] = [
        (name, "on" if value is True else value) for name, value in form.cleaned_data.items() if value
    ]
    return {
        "round": round_,
        "rules": round_.rules,
        "chosen": [(row, form.cleaned_data[f"plaque-{row.application.pk}"]) for row in form.picked()],
        "hidden": given,
        "today": _today(),
        "number": form.cleaned_data["document_number"],
    }


def _today() -> date:
    return clock.today()
