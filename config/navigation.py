"""The one place that says which pages each audience has. Layouts show it, nothing else knows it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from django.conf import settings
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse

from jurisdictions.enums import Right


@dataclass(frozen=True, slots=True)
class Entry:
    """A page in the plan: its word, its icon, the name of its address, the rights that open it
    (any of them; none: whoever belongs to the audience), and whether only rehearsals have it."""

    label: str
    icon: str
    url_name: str
    rights: tuple[Right, ...] = ()
    rehearsal: bool = False


@dataclass(frozen=True, slots=True)
class Plan:
    """The pages of one audience; the first entry is its home."""

    label: str
    icon: str
    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class Item:
    """An entry as this request sees it."""

    label: str
    icon: str
    url: str
    active: bool


@dataclass(frozen=True, slots=True)
class Audience:
    """An audience that this person may switch to."""

    key: str
    label: str
    icon: str
    url: str
    active: bool


@dataclass(frozen=True, slots=True)
class Navigation:
    """What the layouts read."""

    audience: str
    audience_label: str
    items: tuple[Item, ...]
    audiences: tuple[Audience, ...]


PUBLIC: Final = "public"
PLATFORM: Final = "platform"
THREE_ADMINISTRATIONS: Final = (Right.ADMINISTER, Right.SECURE, Right.AUDIT)
STATION_RIGHTS: Final = (Right.MANAGE, Right.ASSESS, Right.RUN_PANEL, Right.PUBLISH)

PLANS: Final[dict[str, Plan]] = {
    PUBLIC: Plan(
        "公众",
        "world",
        (
            Entry("首页", "home", "public:home"),
            Entry("办法", "book-2", "public:rules"),
            Entry("公示", "speakerphone", "public:notices"),
            Entry("名录", "building-community", "public:stations"),
        ),
    ),
    "unit": Plan(
        "申报单位",
        "building-factory-2",
        (
            Entry("我的事项", "list-check", "unit:home"),
            Entry("单位信息", "id", "unit:profile"),
            Entry("站点", "certificate", "unit:stations"),
            Entry("考核评估", "report-analytics", "unit:assessments"),
        ),
    ),
    "desk": Plan(
        "初审",
        "clipboard-check",
        (
            Entry("待办申报", "inbox", "desk:queue"),
            Entry("汇总上报", "list-details", "desk:lists"),
            Entry("单位登记", "building-factory-2", "desk:units"),
            Entry("纸质核对", "qrcode", "desk:match"),
        ),
    ),
    "panel": Plan("专家评审", "scale", (Entry("我的评审", "clipboard-text", "panel:sheets"),)),
    "bureau": Plan(
        "主管部门",
        "building-bank",
        (
            Entry("申报批次", "layout-kanban", "bureau:rounds", (Right.MANAGE, Right.RUN_PANEL)),
            Entry("专家评审", "scale", "bureau:panels", (Right.RUN_PANEL,)),
            Entry("公示", "speakerphone", "bureau:notices", (Right.MANAGE, Right.PUBLISH)),
            Entry("站点", "certificate", "bureau:stations", STATION_RIGHTS),
            Entry("考核评估", "report-analytics", "bureau:assessments", (Right.ASSESS, Right.MANAGE)),
        ),
    ),
    "funds": Plan(
        "资金",
        "coin-yuan",
        (
            Entry("拨付计划", "cash", "funds:tranches"),
            Entry("资金台账", "notebook", "funds:ledger"),
        ),
    ),
    "settings": Plan(
        "设置",
        "settings",
        (
            Entry("人员与权限", "users", "settings:people", (Right.ADMINISTER, Right.SECURE)),
            Entry("账号安全", "shield-lock", "settings:accounts", (Right.SECURE,)),
            Entry("部门", "building-bank", "settings:authorities", (Right.ADMINISTER,)),
            Entry("专家登记", "user-star", "settings:experts_import", (Right.ADMINISTER,)),
            Entry("规则版本", "versions", "settings:versions", (Right.ADMINISTER, Right.MANAGE)),
            Entry("双人办理", "users-group", "settings:proposals", THREE_ADMINISTRATIONS),
            Entry("演练时钟", "calendar-cog", "settings:clock", rehearsal=True),
        ),
    ),
    "audit": Plan(
        "审计",
        "history",
        (
            Entry("办理记录", "history", "audit:log"),
            Entry("完整性与封存", "shield-lock", "audit:chain"),
        ),
    ),
    # Of no jurisdiction: its addresses stand beside theirs.
    PLATFORM: Plan("平台运行", "server-2", (Entry("辖区", "map-2", "platform:jurisdictions"),)),
}


def build(request: HttpRequest) -> Navigation:
    """The navigation of this request: `request.audiences` holds what the person is (`public`
    for everyone), `request.rights` what they hold somewhere in the jurisdiction; the namespace
    of the page says which audience speaks now. Pages that are not there, not of a jurisdiction
    or not this person's are left out."""
    held = {PUBLIC, *getattr(request, "audiences", ())}
    match = request.resolver_match
    namespace = match.namespace if match else ""
    current = namespace if namespace in held and namespace in PLANS else PUBLIC
    here = match.view_name if match else ""
    chosen = _chosen(PLANS[current], here, request)
    items = tuple(
        Item(entry.label, entry.icon, url, entry.url_name == chosen)
        for entry in pages_of(current, request)
        if (url := _address(entry.url_name, request))
    )
    audiences = tuple(
        Audience(key, plan.label, plan.icon, url, key == current)
        for key, plan in PLANS.items()
        if key in held and (pages := pages_of(key, request)) and (url := _address(pages[0].url_name, request))
    )
    return Navigation(current, PLANS[current].label, items, audiences)


def pages_of(audience: str, request: HttpRequest) -> tuple[Entry, ...]:
    """The pages of an audience that the person's rights open; the first is where they start."""
    rights = getattr(request, "rights", frozenset())
    return tuple(
        entry
        for entry in PLANS[audience].entries
        if (not entry.rights or rights & set(entry.rights)) and (settings.REHEARSAL or not entry.rehearsal)
    )


def _address(name: str, request: HttpRequest) -> str:
    """The address of a page in the jurisdiction of this request; empty where there is none."""
    if name.startswith(f"{PLATFORM}:"):
        return reverse(name)
    slug = getattr(getattr(request, "jurisdiction", None), "slug", "")
    try:
        return reverse(name, kwargs={"jurisdiction": slug}) if slug else ""
    except NoReverseMatch:
        return ""


def _chosen(plan: Plan, here: str, request: HttpRequest) -> str:
    """Which entry the page belongs to: itself, else the longest address it lies under."""
    if any(entry.url_name == here for entry in plan.entries):
        return here
    under = [
        (len(url), entry.url_name)
        for entry in plan.entries
        if (url := _address(entry.url_name, request)) and request.path.startswith(url)
    ]
    return max(under)[1] if under else ""
