"""The components: what they say, how they are tied together, and what no template may hold."""

import re
from datetime import UTC, date, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django import forms
from django.conf import settings
from django.core.paginator import Paginator
from django.http import Http404
from django.template import engines
from django.template.loader_tags import ExtendsNode, IncludeNode
from django.test import RequestFactory, override_settings
from django.urls import include, path

from config import navigation
from core import views
from core.component_samples import SampleState, samples
from core.errors import Problem
from core.vault import Sealed
from jurisdictions.engine.answers import Finding
from jurisdictions.enums import Right

TEMPLATES = sorted((settings.BASE_DIR / "templates").rglob("*.html"))
pytestmark = pytest.mark.urls(__name__)
QINSHUI = SimpleNamespace(slug="qinshui", name="沁水县")


def _page(request: Any, **kwargs: Any) -> None:
    raise AssertionError("only reversed")


urlpatterns = [
    path(
        "<slug:jurisdiction>/",
        include(([path("", _page, name="home"), path("rules/", _page, name="rules")], "public")),
    ),
    path(
        "<slug:jurisdiction>/desk/",
        include(([path("", _page, name="queue"), path("files/<int:pk>/", _page, name="file")], "desk")),
    ),
]


def show(source: str, **context: Any) -> str:
    """What the page shows, with white space between tags taken out."""
    text = engines["django"].from_string(source).render(context)
    return re.sub(r">\s+<", "><", text.strip())


# --- every template -------------------------------------------------------------


def _name(file: Path) -> str:
    return str(file.relative_to(settings.BASE_DIR))


@pytest.mark.parametrize("file", TEMPLATES, ids=_name)
def test_template_parses_and_names_no_template_that_is_not_there(file: Path) -> None:
    parsed = engines["django"].from_string(file.read_text(encoding="utf-8")).template
    extended = [node.parent_name for node in parsed.nodelist.get_nodes_by_type(ExtendsNode)]
    included = [node.template for node in parsed.nodelist.get_nodes_by_type(IncludeNode)]
    # One that a variable names is known only when the page is shown.
    named = {name.var for name in [*extended, *included] if isinstance(name.var, str)}
    assert named <= {str(path.relative_to(settings.BASE_DIR / "templates")) for path in TEMPLATES}


FORBIDDEN = {
    "style attribute": re.compile(r"<[^>]*\sstyle\s*=", re.I),
    "style element": re.compile(r"<style\b", re.I),
    "event handler": re.compile(r"<[^>]*\son[a-z]+\s*=", re.I),
    "htmx script attribute": re.compile(r"\bhx-on\b|\bhx-vals=.?js:", re.I),
    "inline script": re.compile(r"<script(?![^>]*\bsrc=)(?![^>]*application/json)[^>]*>", re.I),
    "javascript address": re.compile(r"javascript:", re.I),
}


def refused(text: str) -> list[str]:
    """The kinds of thing in the text that the content security policy would stop."""
    return [kind for kind, pattern in FORBIDDEN.items() if pattern.search(text)]


@pytest.mark.parametrize("file", [f for f in TEMPLATES if "papers" not in f.parts], ids=_name)
def test_template_holds_nothing_inline(file: Path) -> None:
    assert refused(file.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ('<p class="a" style="color:red">', "style attribute"),
        ("<style>p{}</style>", "style element"),
        ('<button onclick="go()">', "event handler"),
        ('<a hx-on:click="go()">', "htmx script attribute"),
        ("<script>go()</script>", "inline script"),
        ('<a href="javascript:go()">', "javascript address"),
    ],
)
def test_inline_code_is_found(text: str, kind: str) -> None:
    assert refused(text) == [kind]


# --- words ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("source", "value", "shown"),
    [
        ("{% cn_date v %}", date(2026, 11, 20), "2026年11月20日"),
        ("{% cn_date v %}", datetime(2026, 11, 20, 16, 30, tzinfo=UTC), "2026年11月21日"),
        ("{% cn_date v %}", "2026-01-05", "2026年1月5日"),
        ("{% cn_date v %}", None, "—"),
        ("{{ v|cn_datetime }}", datetime(2026, 11, 20, 2, 32, tzinfo=UTC), "2026年11月20日 10:32"),
        ("{{ v|wan }}", 10_000_000, "10.00 万元"),
        ("{% money v %}", 10_000_000, '<span class="money" title="100,000.00 元">10.00 万元</span>'),
        ("{% money v %}", None, "—"),
        ('{% masked v "id" %}', "370602198001011234", '<span class="masked">3706**********1234</span>'),
        ('{% masked v "phone" %}', "13812345678", '<span class="masked">138****5678</span>'),
        ('{% masked v "bank" %}', "6222021608001234567", '<span class="masked">**** 4567</span>'),
        ('{% masked v "bank" %}', "123", '<span class="masked">***</span>'),
        ("{% masked v %}", Sealed("138****5678", "ref"), '<span class="masked">138****5678</span>'),
        ("{% masked v %}", {"ref": "r", "mask": "**** 4567"}, '<span class="masked">**** 4567</span>'),
        ('{% masked v "id" %}', "", '<span class="masked">—</span>'),
    ],
)
def test_words(source: str, value: Any, shown: str) -> None:
    assert show(source, v=value) == shown


def test_text_is_escaped() -> None:
    shown = show(
        "{% page_header v subtitle=v %}{% endpage_header %}{% clause 'QS-9.3' text=v figures=f %}"
        "{% empty_state v v %}{% badge v %}{% timeline entries %}{% error_summary problems %}"
        "{% confirm_panel v what=v tells=v reason='optional' reason_value=v %}{{ v }}{% endconfirm_panel %}",
        v="<b>&",
        f={"现有": "<b>&"},
        entries=[{"title": "<b>&", "text": "<b>&", "who": "<b>&"}],
        problems=[("a", "<b>&")],
    )
    assert "<b>" not in shown
    assert shown.count("&lt;b&gt;&amp;") == 16


# --- state and time -------------------------------------------------------------


def test_state_badge_is_word_icon_and_tone() -> None:
    assert show("{% state_badge s %}", s=SampleState.RETURNED) == (
        '<span class="state state-warning">'
        '<i class="ti ti-arrow-back-up" aria-hidden="true"></i>退回补正</span>'
    )


def test_state_badge_speaks_to_its_reader() -> None:
    state = SimpleNamespace(
        label="审核", tone="nonsense", icon="clock", label_for=lambda reader: {"desk": "待我审核"}[reader]
    )
    assert show("{% state_badge s 'desk' %}", s=state) == (
        '<span class="state state-neutral"><i class="ti ti-clock" aria-hidden="true"></i>待我审核</span>'
    )
    page = {"navigation": SimpleNamespace(audience="desk")}
    assert show("{% state_badge s %}", s=state, **page) == show("{% state_badge s 'desk' %}", s=state)


@pytest.mark.parametrize(
    ("deadline", "words"),
    [
        ({"working_days_left": 11}, "neutral 剩余 11 个工作日"),
        ({"working_days_left": 3}, "warning 剩余 3 个工作日"),
        ({"days_left": 5, "unit": "working"}, "neutral 剩余 5 个工作日"),
        ({"days_left": 5}, "neutral 剩余 5 天"),
        ({"days_left": 0}, "warning 今日截止"),
        ({"days_left": -4}, "danger 已逾期 4 天"),
        ({"days_left": -4, "done": True}, "success 已办结"),
        ({"days_left": 9, "firm": True}, "neutral 剩余 9 天"),
        ({"days_left": 9, "due_on": date(2027, 3, 1), "firm": False}, "neutral 自2027年3月1日起可以办理"),
        ({"days_left": -78, "due_on": date(2024, 3, 1), "firm": False}, "progress 自2024年3月1日起可以办理"),
        ({"due_on": date(2026, 1, 1)}, "neutral 不限时"),
    ],
)
def test_days_left(deadline: dict[str, Any], words: str) -> None:
    shown = show("{% days_left d %}", d=deadline)
    found = re.search(r'state-(\w+)"[^>]*><i[^>]*></i>([^<]*)</span>', shown)
    assert found
    assert f"{found[1]} {found[2]}" == words


def test_days_left_says_what_is_provisional_and_how_it_was_computed() -> None:
    shown = show(
        "{% days_left d %}",
        d={"due_on": date(2027, 3, 31), "days_left": 90, "provisional": True, "basis": "自立项起一年"},
    )
    assert re.findall(r">([^<>]+)<", shown) == [
        "剩余 90 天",
        "暂定",
        "2027年3月31日",
        "如何计算",
        "自立项起一年",
    ]


def test_stepper_marks_the_current_step_and_its_holder() -> None:
    shown = show(
        "{% stepper steps %}",
        steps=[
            {"label": "申报", "state": "done"},
            SimpleNamespace(label="初审", state="current", who="县能源局", days_left=2),
            {"label": "公示", "state": "todo", "days_left": 9},
        ],
    )
    assert re.findall(r'step step-(\w+)"( aria-current="step")?', shown) == [
        ("done", ""),
        ("current", ' aria-current="step"'),
        ("todo", ""),
    ]
    assert re.findall(r"县能源局|剩余 \d+ 天", shown) == ["县能源局", "剩余 2 天"]


# --- clauses and findings -------------------------------------------------------


def test_clause_opens_in_place() -> None:
    assert show("{% clause 'QS-9.3' %}") == (
        '<details class="in-place clause"><summary>依据 <span class="clause-id">QS-9.3</span></summary>'
        '<div class="in-place-body"><div><strong>QS-9.3</strong></div></div></details>'
    )
    assert show("{% clause '' %}") == ""


def test_clause_names_the_article_and_leads_to_the_rules() -> None:
    shown = show("{% clause 'QS-9.3' %}", jurisdiction=QINSHUI, clause_articles={"QS-9.3": "第九条"})
    assert re.findall(r">([^<>]+)<", shown) == ["依据 ", "第九条", "第九条", "QS-9.3", "在办法页查看这一条"]
    assert re.findall(r'href="([^"]*)"', shown) == ["/qinshui/rules/#QS-9.3"]
    # What the rules say under the clause comes when it is opened.
    assert re.findall(r'hx-get="([^"]*)" hx-trigger="([^"]*)"', shown) == [
        ("/qinshui/rules/?clause=QS-9.3", "toggle once")
    ]
    bound = show("{% clause 'QS-9.3' %}", jurisdiction=QINSHUI, clause_version="2023-01-01.2")
    assert re.findall(r'href="([^"]*)"', bound) == ["/qinshui/rules/?version=2023-01-01.2#QS-9.3"]
    assert "?version=2023-01-01.2&amp;clause=QS-9.3" in bound


def finding(outcome: Any, label: str, force: Any = "hard") -> Finding:
    return Finding("QS-4.1", label, outcome, force, f"{label}的说明", (), figures={"technicians": 2})


def test_findings_are_grouped_with_what_needs_work_first() -> None:
    shown = show(
        "{% finding_list findings %}",
        findings=[
            finding("met", "甲"),
            finding("judged", "乙"),
            finding("unmet", "丙"),
            finding("unknown", "丁"),
            finding("unmet", "戊", "soft"),
        ],
    )
    assert re.findall(r'state-(\w+)"><i[^>]*></i>([^<]*)<|finding-label">([^<]*)<|>(提示)<', shown) == [
        ("danger", "不符合", "", ""),
        ("", "", "丙", ""),
        ("", "", "戊", ""),
        ("", "", "", "提示"),
        ("neutral", "资料不足", "", ""),
        ("", "", "丁", ""),
        ("progress", "待人工认定", "", ""),
        ("", "", "乙", ""),
        ("success", "符合", "", ""),
        ("", "", "甲", ""),
    ]
    assert "technicians" not in shown


def test_soft_findings_alone_are_not_red() -> None:
    assert "danger" not in show("{% finding_list f %}", f=[finding("unmet", "戊", "soft")])


# --- forms ----------------------------------------------------------------------


class UnitForm(forms.Form):
    people = forms.IntegerField(label="人数", help_text="技师和高级技师", min_value=0)
    opened = forms.DateField(label="日期", widget=forms.DateInput)
    kind = forms.ChoiceField(label="类别", choices=[("a", "企业"), ("b", "协会")], widget=forms.RadioSelect)
    note = forms.CharField(label="说明", required=False, widget=forms.Textarea)


def test_field_ties_label_help_and_error_to_its_control() -> None:
    form = UnitForm({"people": "-1"})
    shown = show("{% field form.people unit='人' %}", form=form)
    assert re.findall(r'(?:for|id|aria-\w+)="[^"]*"', shown) == [
        'for="id_people"',
        'aria-hidden="true"',
        'aria-describedby="id_people_helptext id_people_error"',
        'aria-invalid="true"',
        'id="id_people"',
        'id="id_people_helptext"',
        'id="id_people_error"',
        'aria-hidden="true"',
    ]
    assert re.findall(r'value="[^"]*"|input-group-text">[^<]*', shown) == [
        'value="-1"',
        'input-group-text">人',
    ]


def test_date_field_takes_what_the_browser_sends() -> None:
    shown = show("{% field form.opened %}", form=UnitForm(initial={"opened": date(2026, 11, 20)}))
    assert re.findall(r'type="date"|value="[^"]*"', shown) == ['type="date"', 'value="2026-11-20"']


def test_choices_are_a_fieldset_that_the_summary_can_reach() -> None:
    form = UnitForm({"people": "3", "opened": "2026-11-20"})
    assert re.findall(r'<fieldset[^>]*id="([^"]*)"', show("{% field form.kind %}", form=form)) == ["id_kind"]
    assert re.findall(r'<a href="([^"]*)">([^<]*)', show("{% error_summary form %}", form=form)) == [
        ("#id_kind", f"类别：{form.errors['kind'][0]}")
    ]


def test_error_summary_takes_forms_formsets_and_problems() -> None:
    form = UnitForm({"people": "3", "opened": "2026-11-20", "kind": "a"})
    form.add_error(None, "两项相互矛盾")
    rows = forms.formset_factory(UnitForm)(
        {"form-TOTAL_FORMS": "1", "form-INITIAL_FORMS": "1", "form-0-people": "1", "form-0-kind": "a"}
    )
    shown = show(
        "{% error_summary form rows problems pairs %}",
        form=form,
        rows=rows,
        problems=[Problem("不足 3 名", "facts.technicians")],
        pairs=[("roster", "名册为空")],
    )
    assert re.findall(r"<li>(?:<a href=\"([^\"]*)\">)?([^<]*)", shown) == [
        ("", "两项相互矛盾"),
        ("#id_form-0-opened", f"日期：{rows.errors[0]['opened'][0]}"),
        ("#facts.technicians", "不足 3 名"),
        ("#roster", "名册为空"),
    ]
    assert "有 4 处需要修改" in shown
    assert show("{% error_summary form %}", form=UnitForm()) == ""


def test_confirm_panel_asks_for_its_reason() -> None:
    source = (
        "{% confirm_panel '不予推荐' button='退回' tone='danger' tells='县人社局' reason='required'"
        " reason_error='请填写理由' ident='no' %}{% endconfirm_panel %}"
    )
    shown = show(source, csrf_token="t0ken")
    assert re.findall(r"<textarea[^>]*>|<button[^>]*>|name=\"csrf[^>]*>", shown) == [
        'name="csrfmiddlewaretoken" value="t0ken">',
        '<textarea class="form-control is-invalid" id="no-reason" name="reason" rows="3" required'
        ' aria-invalid="true" aria-describedby="no-reason_error">',
        '<button class="btn btn-danger" type="submit">',
    ]


# --- lists ----------------------------------------------------------------------


def test_pagination_keeps_the_query_string() -> None:
    request = RequestFactory().get("/", {"state": "open", "q": "煤&业", "page": "2"})
    shown = show("{% pagination page %}", page=Paginator(range(25), 10).page(2), request=request)
    query = "?state=open&amp;q=%E7%85%A4%26%E4%B8%9A&amp;page="
    assert re.findall(r'href="([^"]*)"[^>]*?(rel="\w+"|aria-current="page"|aria-label="[^"]*")>', shown) == [
        (f"{query}1", 'rel="prev"'),
        (f"{query}1", 'aria-label="第 1 页"'),
        (f"{query}2", 'aria-current="page"'),
        (f"{query}3", 'aria-label="第 3 页"'),
        (f"{query}3", 'rel="next"'),
    ]
    assert show("{% pagination page %}", page=Paginator(range(5), 10).page(1), request=request) == ""


@pytest.mark.parametrize(
    ("address", "sort", "target"),
    [
        ("/?q=a&page=3", "none", "?q=a&amp;sort=due"),
        ("/?sort=due", "ascending", "?sort=-due"),
        ("/?sort=-due", "descending", "?sort=due"),
    ],
)
def test_sort_header(address: str, sort: str, target: str) -> None:
    shown = show("{% sort_header '期限' 'due' %}", request=RequestFactory().get(address))
    assert re.findall(r'aria-sort="([^"]*)"|href="([^"]*)"', shown) == [(sort, ""), ("", target)]


# --- addresses and navigation ---------------------------------------------------


def test_turl_puts_the_jurisdiction_in() -> None:
    assert show("{% turl 'desk:queue' %}", jurisdiction=QINSHUI) == "/qinshui/desk/"
    assert show("{% turl 'desk:file' pk=3 %}", jurisdiction=QINSHUI) == "/qinshui/desk/files/3/"
    assert show(
        "{% turl 'desk:file' 3 as here %}{{ here }}", request=SimpleNamespace(jurisdiction=QINSHUI)
    ) == ("/qinshui/desk/files/3/")


def test_navigation_shows_an_audience_its_own_pages() -> None:
    request: Any = RequestFactory().get("/qinshui/desk/files/3/")
    request.jurisdiction, request.audiences = QINSHUI, {"desk"}
    request.resolver_match = SimpleNamespace(namespace="desk", view_name="desk:file")
    found = navigation.build(request)
    assert found.audience == "desk"
    assert [(item.label, item.url, item.active) for item in found.items] == [
        ("待办申报", "/qinshui/desk/", True),
    ]
    assert [(a.label, a.url, a.active) for a in found.audiences] == [
        ("公众", "/qinshui/", False),
        ("初审", "/qinshui/desk/", True),
    ]


def test_navigation_keeps_only_the_pages_that_the_rights_open() -> None:
    request: Any = SimpleNamespace(rights=frozenset({Right.PUBLISH}))
    assert [page.label for page in navigation.pages_of("bureau", request)] == ["公示", "站点"]
    assert [page.label for page in navigation.pages_of("bureau", SimpleNamespace())] == []  # type: ignore[arg-type]


def test_navigation_gives_a_stranger_the_public_pages() -> None:
    request: Any = RequestFactory().get("/qinshui/desk/")
    request.jurisdiction = QINSHUI
    request.resolver_match = SimpleNamespace(namespace="desk", view_name="desk:queue")
    found = navigation.build(request)
    assert (found.audience, [item.label for item in found.items]) == ("public", ["首页", "办法"])
    assert [a.key for a in found.audiences] == ["public"]


# --- pages ----------------------------------------------------------------------


def test_every_component_renders_with_its_samples() -> None:
    request = RequestFactory().get("/components/")
    shown = engines["django"].get_template("core/components.html").render(samples(request.GET))
    assert refused(shown) == []
    identifiers = re.findall(r'\sid="([^"]*)"', shown)
    assert sorted(set(identifiers)) == sorted(identifiers)
    targets = set(re.findall(r'aria-(?:describedby|labelledby)="([^"]*)"', shown))
    assert {one for target in targets for one in target.split()} - set(identifiers) == set()


def test_components_page_is_for_development_only() -> None:
    with override_settings(SHOW_COMPONENTS=False), pytest.raises(Http404):
        views.components(RequestFactory().get("/components/"))


@pytest.mark.parametrize("name", ["404.html", "403.html", "500.html", "403_csrf.html"])
def test_error_pages_need_nothing_around_them(name: str) -> None:
    shown = engines["django"].get_template(name).render()
    assert re.findall(r"<h1>[^<]+</h1>|回到首页", shown)[1:] == ["回到首页"]


def test_expired_form_says_so() -> None:
    assert views.csrf_failure(RequestFactory().post("/")).status_code == 403


@pytest.mark.django_db
def test_healthz_asks_the_database() -> None:
    answer = views.healthz(RequestFactory().get("/healthz/"))
    assert (answer.status_code, answer.content) == (200, b"ok")
