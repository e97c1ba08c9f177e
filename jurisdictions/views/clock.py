"""The rehearsal clock: whoever has a place in the jurisdiction may move it forward, and only in rehearsal."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from core import clock as house_clock
from core.templatetags.wording import date_text
from core.web import attempt_form, tenant_url
from jurisdictions.belonging import belongs

# Days forward → the word on the button.
STEPS = ((1, "后一天"), (7, "后一周"), (30, "后 30 天"))
OPENING_HOUR = 9
# Further than this nobody rehearses; a mistyped year could not be taken back.
MAX_DAYS = 3660


class ClockForm(forms.Form):
    """A number of days forward (a button), or a day."""

    days = forms.IntegerField(required=False, min_value=1, max_value=MAX_DAYS)
    to = forms.DateField(label="调整到", required=False, widget=forms.DateInput)

    def clean(self) -> None:
        given = super().clean() or {}
        if not self.errors and not given.get("days") and not given.get("to"):
            self.add_error("to", "请选择日期。")
        chosen = given.get("to")
        if chosen and chosen > house_clock.today() + timedelta(days=MAX_DAYS):
            self.add_error("to", "一次最多向前调整十年，请核对年份。")

    @property
    def day(self) -> date:
        days = self.cleaned_data.get("days")
        if days:
            return house_clock.today() + timedelta(days=days)
        chosen: date = self.cleaned_data["to"]
        return chosen


@require_http_methods(["GET", "HEAD", "POST"])
def clock(request: HttpRequest) -> HttpResponse:
    """Shows the day of this jurisdiction's clock; POST moves it forward."""
    if not settings.REHEARSAL or not belongs(request.user):
        raise Http404
    form = ClockForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid() and _move(form, request):
        messages.success(request, f"演练日期已调整为 {date_text(house_clock.today())}。")
        return redirect(tenant_url("settings:clock"))
    context = {"form": form, "steps": STEPS, "now": house_clock.now()}
    return render(request, "jurisdictions/clock.html", context, status=422 if form.errors else 200)


def _move(form: ClockForm, request: HttpRequest) -> bool:
    opening = datetime.combine(form.day, time(OPENING_HOUR), tzinfo=house_clock.SHANGHAI)
    before = house_clock.now()
    attempt_form(form, house_clock.move_to, moment=opening, actor=request.user)
    return house_clock.now() != before and not form.errors
