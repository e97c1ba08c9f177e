"""Forms of a unit: registering it, correcting it, its contacts, its people, and the desk's filter."""

from __future__ import annotations

from typing import Any

from django import forms

from accounts.opening import NewAccount
from accounts.password_rules import RULES
from core.sealed_fields import MaskedInput, SealedFormField, keep_sealed
from core.web import tenant_url
from jurisdictions.engine import check_uscc, is_phone, normalise_uscc
from jurisdictions.versions import current_rules
from stations.enums import UnitRole, UnitState
from stations.models import ApplicantUnit
from stations.registration import BANK, CONTACT, IDENTITY, UnitData, possible_homes

BAD_PHONE = "应为11位手机号码或带区号的固定电话"


class PhoneField(SealedFormField):
    """A mobile number or a fixed line with its area code."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", MaskedInput(attrs={"inputmode": "tel", "autocomplete": "tel"}))
        super().__init__(max_length=30, **kwargs)

    def validate(self, value: str) -> None:
        super().validate(value)
        if value and not is_phone(value):
            raise forms.ValidationError(BAD_PHONE)


class AccountField(SealedFormField):
    """A bank account's number, without the blanks people group it with."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", MaskedInput(attrs={"inputmode": "numeric", "autocomplete": "off"}))
        super().__init__(label="银行账号", max_length=32, required=False, **kwargs)

    def to_python(self, value: Any) -> str:
        return super().to_python(value).replace(" ", "")

    def validate(self, value: str) -> None:
        super().validate(value)
        if value and not value.isdecimal():
            raise forms.ValidationError("银行账号只含数字")


class PlainForm(forms.Form):
    """Says what is missing in the words of its own fields."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        keep_sealed(self, tenant_url("unit:reveal_profile"))
        for field in self.fields.values():
            act = "请选择" if isinstance(field, forms.ChoiceField) else "请填写"
            field.error_messages["required"] = f"{act}{field.label}"


class UnitFields(PlainForm):
    """What a unit says about itself."""

    name = forms.CharField(label="单位名称", max_length=100, help_text="与营业执照或登记证书一致")
    uscc = forms.CharField(
        label="统一社会信用代码",
        max_length=30,
        help_text="18位，见营业执照",
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    unit_type = forms.ChoiceField(label="单位类型")
    home_authority = forms.ModelChoiceField(
        label="受理部门",
        queryset=None,
        empty_label="请选择",
        help_text="审核本单位注册，并受理本单位的申报",
    )
    address = forms.CharField(label="地址", max_length=200)
    legal_representative = forms.CharField(label="法定代表人", max_length=60)
    contact_name = forms.CharField(label="联系人", max_length=60)
    contact_phone = PhoneField(label="联系电话")
    email = forms.EmailField(label="单位邮箱", required=False)
    bank_account_name = forms.CharField(label="开户名称", max_length=100, required=False)
    bank_name = forms.CharField(label="开户银行", max_length=100, required=False)
    bank_account = AccountField(help_text="注册时可不填，发放资金前必须填写")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(choice.value, choice.label) for choice in current_rules().unit_types]
        self.fields["unit_type"].choices = [("", "请选择"), *choices]
        self.fields["home_authority"].queryset = possible_homes()

    def clean_uscc(self) -> str:
        problem = check_uscc(self.cleaned_data["uscc"])
        if problem:
            raise forms.ValidationError(problem)
        return normalise_uscc(self.cleaned_data["uscc"])

    def unit_data(self) -> UnitData:
        """The argument of the registration's verbs."""
        return UnitData(**{name: self.cleaned_data[name] for name in (*IDENTITY, *CONTACT, *BANK)})

    @staticmethod
    def initial_of(unit: ApplicantUnit) -> dict[str, Any]:
        """What stands in the form when a registration is corrected."""
        return {name: getattr(unit, name) for name in (*IDENTITY, *CONTACT, *BANK)}


class AccountFields(PlainForm):
    """The account of a person."""

    username = forms.RegexField(
        r"^[A-Za-z0-9][A-Za-z0-9._-]{2,29}$",
        label="用户名",
        help_text="3 至 30 位字母、数字，登录时使用",
        error_messages={"invalid": "用户名为 3 至 30 位字母、数字，可含 . _ -"},
        widget=forms.TextInput(attrs={"autocomplete": "username", "spellcheck": "false"}),
    )
    full_name = forms.CharField(label="姓名", max_length=60)
    person_email = forms.EmailField(label="邮箱", help_text="用于接收提醒")
    phone = PhoneField(label="手机")
    password = forms.CharField(
        label="密码",
        strip=False,
        help_text=RULES,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    password_again = forms.CharField(
        label="再次输入密码",
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password_again"].error_messages["required"] = "请再次输入密码"
        if self.is_bound:
            # A password never goes back into a page; the summary says that everything else is kept.
            self.fields["password_again"].help_text = "为安全起见页面不保留密码，请把两处密码重新输入"

    def clean_password_again(self) -> str:
        again: str = self.cleaned_data["password_again"]
        if self.cleaned_data.get("password") not in (None, again):
            raise forms.ValidationError("两次输入的密码不一致")
        return again

    def account(self) -> NewAccount:
        """The argument of the verbs that open an account."""
        data = self.cleaned_data
        return NewAccount(
            username=data["username"],
            full_name=data["full_name"],
            email=data["person_email"],
            phone=data["phone"],
            password=data["password"],
        )


class RegistrationForm(UnitFields, AccountFields):
    """The first person and the unit, in one form."""


class ContactForm(PlainForm):
    """What a unit may change by itself once it is approved."""

    contact_name = forms.CharField(label="联系人", max_length=60)
    contact_phone = PhoneField(label="联系电话")
    email = forms.EmailField(label="单位邮箱", required=False)
    bank_account_name = forms.CharField(label="开户名称", max_length=100, required=False)
    bank_name = forms.CharField(label="开户银行", max_length=100, required=False)
    bank_account = AccountField(help_text="用于发放资金，请与开户许可一致")


class InvitationForm(PlainForm):
    """Who is to act for the unit, and where the link goes."""

    name = forms.CharField(label="姓名", max_length=60)
    role = forms.ChoiceField(label="角色", choices=UnitRole.choices, initial=UnitRole.EDITOR)
    email = forms.EmailField(label="邮箱", required=False, help_text="邀请链接发到此处")
    phone = PhoneField(label="手机", required=False, help_text="没有邮箱的，由您转告链接")


class HandOverForm(PlainForm):
    """The colleague who submits from now on."""

    successor = forms.ModelChoiceField(label="接任人", queryset=None, empty_label="请选择")

    def __init__(self, *args: Any, members: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["successor"].queryset = members
        self.fields["successor"].label_from_instance = _member_text


class SuccessorForm(PlainForm):
    """Whom the unit names when none of its submitters is left, and on what paper."""

    name = forms.CharField(label="接任人姓名", max_length=60)
    email = forms.EmailField(label="接任人邮箱", help_text="邀请链接只发到此处")
    document = forms.CharField(label="来函文号", max_length=100, help_text="单位盖章函件的文号或名称")
    reason = forms.CharField(label="理由", max_length=500, widget=forms.Textarea(attrs={"rows": 3}))


class UnitFilter(forms.Form):
    """The desk's list of units."""

    q = forms.CharField(label="单位名称或信用代码", required=False, max_length=100)
    state = forms.ChoiceField(
        label="状态", required=False, choices=[("", "待审核"), ("all", "全部"), *UnitState.choices[1:]]
    )


def _member_text(member: Any) -> str:
    return f"{member.user}（{member.get_role_display()}）"
