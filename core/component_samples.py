"""Sample data of the component page: plausible, and of no real unit or person."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.http import QueryDict

from core.clock import SHANGHAI
from core.states import StateChoices

DRAFT_DAY = date(2023, 9, 20)


class SampleState(StateChoices):
    """One state of each tone."""

    DRAFT = "draft", "neutral", "pencil", "草稿"
    REVIEW = "review", "progress", "progress", "审核中"
    RETURNED = "returned", "warning", "arrow-back-up", "退回补正"
    DESIGNATED = "designated", "success", "circle-check", "已认定"
    REJECTED = "rejected", "danger", "circle-x", "不予通过"


class SampleFilter(forms.Form):
    """Filter of the sample table."""

    q = forms.CharField(label="单位名称", required=False)
    state = forms.ChoiceField(label="状态", required=False, choices=[("", "全部"), *SampleState.choices])
    since = forms.DateField(label="提交日期起", required=False, widget=forms.DateInput)


class SampleForm(forms.Form):
    """One field of each kind."""

    name = forms.CharField(label="工作站名称", help_text="按“县名＋单位简称＋工种＋技师工作站”填写")
    technicians = forms.IntegerField(label="技师、高级技师人数", min_value=0)
    started = forms.DateField(label="自建工作站运行起始日期", widget=forms.DateInput)
    kind = forms.ChoiceField(
        label="单位类别",
        choices=[
            ("", "请选择"),
            ("enterprise", "企业"),
            ("association", "行业协会"),
            ("base", "高技能人才培训基地"),
        ],
    )
    trades = forms.MultipleChoiceField(
        label="主要工种",
        choices=[("e", "电工"), ("w", "焊工"), ("f", "钳工"), ("c", "采煤机司机")],
        widget=forms.CheckboxSelectMultiple,
    )
    public = forms.ChoiceField(
        label="是否愿意对外开放研修", choices=[("y", "是"), ("n", "否")], widget=forms.RadioSelect
    )
    plan = forms.CharField(
        label="建站设想",
        widget=forms.Textarea,
        help_text="组织架构、管理制度、资金投入、技术攻关计划",
    )
    roster = forms.FileField(label="成员证书", required=False, help_text="PDF 或图片，每个不超过 20 MB")
    pledge = forms.BooleanField(label="我单位承诺所填内容和所附材料真实有效")


class MemberForm(forms.Form):
    """A row of the sample roster."""

    full_name = forms.CharField(label="姓名")
    title = forms.ChoiceField(label="技能等级", choices=[("3", "高级工"), ("2", "技师"), ("1", "高级技师")])
    years = forms.IntegerField(label="从业年限", min_value=0)


def samples(query: QueryDict) -> dict[str, Any]:
    """The context of the component page."""
    members = forms.formset_factory(MemberForm, extra=1, can_delete=True)
    sample_form = SampleForm(
        {"technicians": "-2", "started": "2022-03-01", "kind": "enterprise", "trades": ["e", "w"], "plan": ""}
    )
    sample_form.fields["technicians"].unit = "人"  # type: ignore[attr-defined]
    rows = _rows()
    return {
        "states": list(SampleState),
        "steps": _steps(),
        "refused_steps": _refused_steps(),
        "deadlines": _deadlines(),
        "entries": _entries(),
        "findings": _findings(),
        "files": _files(),
        "facts": [
            ("统一社会信用代码", "91140521MA0EXAMPLE"),
            ("单位类别", "企业"),
            ("行业主管部门", "沁水县能源局"),
            ("推荐意见", "同意推荐", "QS-5.1.1"),
        ],
        "tab_items": [
            {"label": "待我审核", "url": "?tab=mine", "active": True, "count": 12},
            {"label": "退回补正", "url": "?tab=returned", "active": False, "count": 3},
            {"label": "全部", "url": "?tab=all", "active": False, "count": 87},
        ],
        "filter_form": SampleFilter(query or None),
        "page_obj": Paginator(rows, 8).get_page(query.get("page")),
        "sample_form": sample_form,
        "members": members(
            prefix="members",
            initial=[
                {"full_name": "王喆", "title": "1", "years": 21},
                {"full_name": "李翀", "title": "2", "years": 14},
            ],
        ),
        "moment": datetime(2023, 9, 20, 10, 32, tzinfo=SHANGHAI),
    }


def _steps() -> list[dict[str, Any]]:
    return [
        {"label": "申报", "state": "done", "who": "沁水县某煤业有限公司", "at": date(2023, 9, 4)},
        {"label": "初审推荐", "state": "done", "who": "沁水县能源局", "at": date(2023, 9, 12)},
        {
            "label": "材料复核",
            "state": "current",
            "who": "县人社局",
            "working_days_left": 3,
            "due_on": DRAFT_DAY,
            "clause": "QS-5.2a",
        },
        {"label": "专家评审", "state": "todo"},
        {"label": "公示", "state": "todo", "note": "5 个工作日"},
        {"label": "认定", "state": "todo"},
    ]


def _refused_steps() -> list[dict[str, Any]]:
    return [
        {"label": "申报", "state": "done", "at": date(2023, 9, 4)},
        {
            "label": "初审推荐",
            "state": "refused",
            "word": "不予推荐",
            "who": "沁水县住建局",
            "at": date(2023, 9, 15),
            "note": "技师人数不足 3 名",
            "clause": "QS-4.1",
        },
        {"label": "专家评审", "state": "todo"},
    ]


def _deadlines() -> list[dict[str, Any]]:
    return [
        {
            "due_on": date(2023, 10, 13),
            "working_days_left": 11,
            "basis": "自 2023年9月20日 起 15 个工作日，扣除中秋、国庆假期，10月7日、8日为工作日",
        },
        {"due_on": date(2023, 9, 25), "working_days_left": 3},
        {"due_on": DRAFT_DAY, "working_days_left": 0},
        {"due_on": date(2023, 9, 14), "days_left": -6},
        {"due_on": date(2027, 3, 31), "working_days_left": 90, "provisional": True},
        {"due_on": date(2023, 9, 14), "done": True},
    ]


def _entries() -> list[dict[str, Any]]:
    return [
        {
            "at": datetime(2023, 9, 18, 15, 5, tzinfo=SHANGHAI),
            "title": "退回补正",
            "who": "沁水县能源局 · 张敏",
            "text": "1. 缺高级技师证书复印件\n2. 申报表第 3 页未盖章",
            "tone": "warning",
            "clause": "QS-5.1.2b",
        },
        {
            "at": datetime(2023, 9, 12, 9, 40, tzinfo=SHANGHAI),
            "title": "受理",
            "who": "沁水县能源局 · 张敏",
            "tone": "progress",
        },
        {
            "at": datetime(2023, 9, 4, 16, 21, tzinfo=SHANGHAI),
            "title": "提交申报",
            "who": "沁水县某煤业有限公司",
            "tone": "neutral",
        },
    ]


def _findings() -> list[dict[str, Any]]:
    return [
        {
            "outcome": "met",
            "label": "技师、高级技师或技术技能带头人 3 名以上",
            "clause": "QS-4.1",
            "figures": {"现有": "5 名", "要求": "不少于 3 名"},
        },
        {"outcome": "met", "label": "在本县注册", "clause": "QS-4.0"},
        {
            "outcome": "unmet",
            "label": "年投入经费不少于 5 万元",
            "explanation": "填报 3.20 万元，低于 5.00 万元",
            "clause": "YT-5.2d",
            "figures": {"填报": "3.20 万元", "要求": "不少于 5.00 万元"},
        },
        {
            "outcome": "unmet",
            "force": "soft",
            "label": "固定工作场所一般不少于 100 平方米",
            "explanation": "填报 86 平方米；可以提交，须说明理由",
            "clause": "YT-5.2c",
        },
        {
            "outcome": "unknown",
            "label": "自建工作站正常运转一年以上",
            "explanation": "尚未填写运行起始日期",
            "clause": "YT-5.2b",
        },
        {
            "outcome": "judged",
            "label": "单位经营管理状况良好",
            "explanation": "由初审人员认定",
            "clause": "QS-4.3",
        },
    ]


def _files() -> list[dict[str, Any]]:
    at = datetime(2023, 9, 3, 11, 8, tzinfo=SHANGHAI)
    return [
        {
            "label": "推荐报告",
            "name": "关于推荐申报县级技师工作站的报告.pdf",
            "url": "#file",
            "size": 1_260_000,
            "uploaded_at": at,
            "uploaded_by": "张敏",
            "clause": "QS-5.1.1",
            "state": {"label": "已查毒", "tone": "success", "icon": "shield-check"},
        },
        {
            "label": "申请报告",
            "name": "申请报告（一式三份扫描件）.docx",
            "url": "#file",
            "size": 486_000,
            "uploaded_at": at,
            "uploaded_by": "赵珺",
            "state": {"label": "查毒中", "tone": "progress", "icon": "progress"},
            "note": "第 3 页未盖章",
        },
    ]


def _rows() -> list[dict[str, Any]]:
    names = [
        "沁水县某煤业有限公司",
        "沁水县沁河机械制造有限公司",
        "沁水县龙港建筑工程公司",
        "沁水县端氏蚕桑合作联社",
        "沁水县公共实训基地",
        "晋城某煤层气开发有限公司沁水分公司",
        "沁水县中村电力服务站",
        "沁水县嘉峰焊接技术协会",
        "沁水县郑庄果业有限公司",
        "沁水县职业中学",
    ]
    states = list(SampleState)
    days: list[dict[str, Any]] = _deadlines()
    return [
        {
            "number": f"QS-2023-{index + 1:03}",
            "unit": name,
            "trade": ["电工", "焊工", "钳工", "缫丝工"][index % 4],
            "amount": [4_000_000, 6_000_000, 10_000_000, None][index % 4],
            "state": states[index % 5],
            "deadline": days[index % 6],
        }
        for index, name in enumerate(names * 2)
    ]
