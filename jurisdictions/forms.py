"""Forms of the administrations: who works where, and the accounts of the jurisdiction's people."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import Q, QuerySet

from accounts.opening import NewAccount
from jurisdictions.belonging import circles, people
from jurisdictions.engine import is_phone
from jurisdictions.enums import (
    OPEN_STATES,
    ROLES_HERE,
    SEEN_STATES,
    AccountAct,
    MembershipState,
    Right,
    Role,
)
from jurisdictions.models import Authority, Membership
from jurisdictions.permissions import holds_somewhere

ROLE_CHOICES = [(role.value, role.label) for role in ROLES_HERE]


class PostFields(forms.Form):
    """An authority and a role."""

    authority = forms.ModelChoiceField(None, label="部门", empty_label="请选择")
    role = forms.ChoiceField(label="角色", choices=[("", "请选择"), *ROLE_CHOICES])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["authority"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = Authority.objects.all()

    def clean_role(self) -> Role:
        return Role(self.cleaned_data["role"])


class AppointmentForm(PostFields):
    """The user name of an account, an authority and a role. Whether there is the account, it does not say."""

    username = forms.CharField(
        label="用户名", max_length=150, help_text="不是本辖区人员的，须本人登录后同意，同意后才在此显示"
    )
    field_order = ("username", "authority", "role")


class NewPersonForm(PostFields):
    """Somebody who has no account yet; the initial password is made by the house."""

    username = forms.RegexField(
        r"^[A-Za-z0-9][A-Za-z0-9._-]{2,29}$",
        label="用户名",
        help_text="3 至 30 位字母、数字，登录时使用",
        error_messages={"invalid": "用户名为 3 至 30 位字母、数字，可含 . _ -"},
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    full_name = forms.CharField(label="姓名", max_length=60)
    email = forms.EmailField(label="邮箱", required=False, help_text="用于接收提醒")
    phone = forms.CharField(
        label="手机", required=False, max_length=30, widget=forms.TextInput(attrs={"inputmode": "tel"})
    )
    field_order = ("full_name", "username", "email", "phone", "authority", "role")

    def clean_phone(self) -> str:
        phone: str = self.cleaned_data["phone"]
        if phone and not is_phone(phone):
            raise forms.ValidationError("应为11位手机号码或带区号的固定电话")
        return phone

    def account(self) -> NewAccount:
        """The argument of `staffing.engage`; the password is not the form's business."""
        given = self.cleaned_data
        return NewAccount(
            username=given["username"],
            full_name=given["full_name"],
            email=given["email"],
            phone=given["phone"],
            password="",
        )


class AskForm(forms.Form):
    """An act that takes two to the account of a security administrator; the two other administrations ask."""

    post = forms.ModelChoiceField(None, label="安全管理员", empty_label="请选择")
    act = forms.ChoiceField(
        label="事项",
        choices=[
            ("", "请选择"),
            *((act.value, act.label) for act in (AccountAct.RESET_SECOND_FACTOR, AccountAct.SET_PASSWORD)),
        ],
    )
    reason = forms.CharField(label="理由", max_length=500, widget=forms.Textarea(attrs={"rows": 3}))

    def __init__(self, *args: Any, asker: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["post"]
        assert isinstance(field, forms.ModelChoiceField)
        posts = Membership.objects.filter(role=Role.SECURITY_ADMINISTRATOR, state=MembershipState.LIVE)
        field.queryset = posts.select_related("user").exclude(user=asker)
        field.label_from_instance = lambda post: str(post.user)
        # Whoever secures asks on the page of the account.
        self.can_ask = holds_somewhere(asker, Right.ADMINISTER, Right.AUDIT)

    def clean_act(self) -> AccountAct:
        return AccountAct(self.cleaned_data["act"])

    def given(self) -> dict[str, Any]:
        """The arguments of `two_people.ask_for_act`."""
        wanted = self.cleaned_data
        return {"user": wanted["post"].user, "act": wanted["act"], "reason": wanted["reason"]}


class PeopleFilter(forms.Form):
    """The list of posts, by name, role, authority and state."""

    q = forms.CharField(label="姓名或用户名", required=False, max_length=60)
    role = forms.ChoiceField(label="角色", required=False, choices=[("", "全部"), *ROLE_CHOICES])
    authority = forms.ModelChoiceField(None, label="部门", required=False, empty_label="全部")
    state = forms.ChoiceField(
        label="状态",
        required=False,
        choices=[("", "在任和待确认"), *((one.value, one.label) for one in SEEN_STATES), ("all", "全部")],
    )

    def __init__(self, data: Any) -> None:
        super().__init__(data)
        field = self.fields["authority"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = Authority.objects.all()

    def narrow(self, posts: QuerySet[Membership]) -> QuerySet[Membership]:
        """The posts that the filter lets through; what is no choice filters nothing."""
        self.is_valid()
        wanted = self.cleaned_data
        if q := wanted.get("q"):
            posts = posts.filter(Q(user__full_name__icontains=q) | Q(user__username__icontains=q))
        if role := wanted.get("role"):
            posts = posts.filter(role=role)
        if authority := wanted.get("authority"):
            posts = posts.filter(authority=authority)
        state = wanted.get("state")
        if state == "all":
            return posts.filter(state__in=SEEN_STATES)
        return posts.filter(state=state) if state else posts.filter(state__in=OPEN_STATES)


class AccountFilter(forms.Form):
    """The list of accounts, by name, circle and whether they are in use."""

    q = forms.CharField(label="姓名或用户名", required=False, max_length=60)
    kind = forms.ChoiceField(label="类别", required=False)
    standing = forms.ChoiceField(
        label="账号", required=False, choices=[("", "全部"), ("active", "启用"), ("disabled", "停用")]
    )

    def __init__(self, data: Any) -> None:
        super().__init__(data)
        field = self.fields["kind"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", "全部"), *((one.key, one.label) for one in circles())]

    def accounts(self) -> QuerySet[Any]:
        """The accounts of the jurisdiction's people that the filter lets through."""
        self.is_valid()
        wanted = self.cleaned_data
        kind = wanted.get("kind")
        found = people(kind) if kind else people()
        if q := wanted.get("q"):
            found = found.filter(Q(full_name__icontains=q) | Q(username__icontains=q))
        if standing := wanted.get("standing"):
            found = found.filter(is_active=standing == "active")
        return found.order_by("pk")
