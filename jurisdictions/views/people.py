"""Who works where: the administrator's list."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth import get_user_model
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from core.web import attempt, attempt_form, tenant_url
from jurisdictions.access import requires
from jurisdictions.enums import Right, Role
from jurisdictions.models import Authority, Membership
from jurisdictions.staffing import appoint, dismiss

PAGE_SIZE = 30


class AppointmentForm(forms.Form):
    """An existing account, an authority and a role."""

    username = forms.CharField(label="用户名", max_length=150, help_text="须为已有账号")
    authority = forms.ModelChoiceField(None, label="部门", empty_label="请选择")
    role = forms.ChoiceField(label="角色", choices=[("", "请选择"), *Role.choices])

    def __init__(self, data: Any = None) -> None:
        super().__init__(data)
        field = self.fields["authority"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = Authority.objects.all()

    def clean_username(self) -> Any:
        user = get_user_model().objects.filter(username=self.cleaned_data["username"].strip()).first()
        if user is None or not user.is_active:
            raise forms.ValidationError("没有这个用户名，或者账号已停用。")
        return user

    def clean_role(self) -> Role:
        return Role(self.cleaned_data["role"])


@requires(Right.ADMINISTER)
@require_http_methods(["GET", "HEAD", "POST"])
def people(request: HttpRequest) -> HttpResponse:
    """Everybody with a post; POST appoints one more."""
    form = AppointmentForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        done = attempt_form(
            form,
            appoint,
            user=given["username"],
            authority=given["authority"],
            role=given["role"],
            actor=request.user,
        )
        if done:
            messages.success(request, f"已授予{done.user}“{done.get_role_display()}”角色。")
            return redirect(tenant_url("settings:people"))
    posts = Membership.objects.filter(ended_at__isnull=True).select_related("user", "authority")
    page = Paginator(posts.order_by("authority_id", "role", "pk"), PAGE_SIZE).get_page(
        request.GET.get("page")
    )
    context = {"page_obj": page, "form": form}
    return render(request, "jurisdictions/people.html", context, status=422 if form.errors else 200)


@requires(Right.ADMINISTER)
@require_http_methods(["GET", "HEAD"])
def appointment(request: HttpRequest, pk: int) -> HttpResponse:
    """One appointment, to be ended."""
    return render(request, "jurisdictions/appointment.html", {"membership": _live(pk)})


@requires(Right.ADMINISTER)
@require_POST
def end(request: HttpRequest, pk: int) -> HttpResponse:
    """Ends an appointment, with its reason."""
    membership = _live(pk)
    reason = request.POST.get("reason", "")
    if attempt(
        request, dismiss, membership=membership, actor=request.user, reason=reason, done="任职已结束。"
    ):
        return redirect(tenant_url("settings:people"))
    return redirect(tenant_url("settings:appointment", pk=pk))


def _live(pk: int) -> Membership:
    membership: Membership = get_object_or_404(
        Membership.objects.filter(ended_at__isnull=True).select_related("user", "authority"), pk=pk
    )
    return membership
