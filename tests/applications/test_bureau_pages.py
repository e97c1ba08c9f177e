"""The bureau's pages, and the public page of a call."""

import pytest
from django.test import Client

from applications.desk.checking import judge
from applications.enums import ApplicationState, RoundState
from applications.models import Round
from core.web import tenant_url
from jurisdictions.enums import Role
from jurisdictions.staffing import appoint
from panels.enums import Verdict
from panels.models import Panel
from tests.applications.builders import Play, sign_all
from tests.world import SLUGS


@pytest.fixture
def play(world):
    return Play(world)


@pytest.fixture
def bureau(play):
    return browser(play.officer)


def browser(user):
    client = Client()
    client.force_login(user)
    return client


def call_of(world, **changes):
    content = world.demo["round"]
    return {
        "year": content["year"],
        "title": content["title"],
        "announcement": content["announcement"],
        "opens_at": str(content["opens"]).replace(" ", "T")[:16],
        "closes_at": str(content["closes"]).replace(" ", "T")[:16],
        "basis": content.get("basis", ""),
    } | changes


@pytest.mark.parametrize("world", SLUGS, indirect=True)
def test_a_call_from_draft_to_the_public(world, bureau):
    answer = bureau.post(tenant_url("bureau:round_new"), call_of(world))
    round_ = Round.objects.get()
    assert answer.url == tenant_url("bureau:round", pk=round_.pk)
    public = tenant_url("public:call", pk=round_.pk)
    assert Client().get(public).status_code == 404
    assert bureau.get(answer.url).status_code == 200
    bureau.post(tenant_url("bureau:round_open", pk=round_.pk))
    round_.refresh_from_db()
    assert round_.state == RoundState.OPEN
    html = Client().get(public).content.decode()
    for part in (*world.rules.materials, *world.rules.conditions):
        assert part.label in html


@pytest.mark.parametrize("world", ["gaoming"], indirect=True)
def test_the_form_demands_a_basis_for_an_expired_text(world, bureau):
    late = call_of(world, opens_at="2026-11-20T09:00", closes_at="2026-12-20T18:00", title="补办申报")
    answer = bureau.post(tenant_url("bureau:round_new"), late)
    assert list(answer.context["form"].errors) == ["basis"]
    assert answer.context["answer"].status == "expired"
    assert "补办申报" in answer.content.decode()
    assert not Round.objects.exists()
    answer = bureau.post(tenant_url("bureau:round_new"), late | {"basis": "会议纪要〔2026〕1号"})
    assert answer.url == tenant_url("bureau:round", pk=Round.objects.get().pk)


def test_who_may_not_organise_finds_nothing(play):
    application = play.submitted()
    pages = [
        ("rounds", {}),
        ("round_new", {}),
        ("round", {"pk": play.round.pk}),
        ("round_edit", {"pk": play.round.pk}),
        ("panel_new", {"pk": play.round.pk}),
        ("list", {"pk": play.round.pk}),
        ("application", {"pk": application.pk}),
    ]
    for key in ("reviewer", "expert1", "publisher", "maker", "auditor"):
        client = browser(play.world.people[key])
        for name, kwargs in pages:
            assert (key, name, client.get(tenant_url(f"bureau:{name}", **kwargs)).status_code) == (
                key,
                name,
                404,
            )
        assert client.post(tenant_url("bureau:round_open", pk=play.round.pk)).status_code == 404


def test_a_panel_secretary_runs_panels_and_nothing_else(play):
    application = play.reviewed()
    secretary = play.world.people["auditor"]
    appoint(user=secretary, authority=play.world.lead, role=Role.PANEL_SECRETARY, actor=None)
    client, pk = browser(secretary), play.round.pk
    pages = {
        "rounds": {},
        "round": {"pk": pk},
        "panel_new": {"pk": pk},
        "application": {"pk": application.pk},
    }
    for name, kwargs in pages.items():
        assert (name, client.get(tenant_url(f"bureau:{name}", **kwargs)).status_code) == (name, 200)
    for name, kwargs in {"round_new": {}, "round_edit": {"pk": pk}, "list": {"pk": pk}}.items():
        assert (name, client.get(tenant_url(f"bureau:{name}", **kwargs)).status_code) == (name, 404)
    experts = [expert.pk for expert in play.world.experts.values()]
    data = {"applications": [application.pk], "experts": experts, "due_on": "2024-03-29"}
    client.post(tenant_url("bureau:panel_new", pk=pk), data)
    panel = Panel.objects.get()
    sign_all(panel)
    client.post(tenant_url("bureau:panel_close", pk=panel.pk))
    application.refresh_from_db()
    assert application.state == ApplicationState.EVALUATED


def test_the_board_counts_and_names_what_is_stuck(play, bureau):
    play.reviewed("second")
    on_desk = play.submitted("unit")
    shown = bureau.get(tenant_url("bureau:round", pk=play.round.pk))
    counts = {column["label"]: column["count"] for column in shown.context["columns"]}
    assert counts == {
        "审核中": 1,
        "待补正": 0,
        "待专家评审": 1,
        "专家评审中": 0,
        "评审完成": 0,
        "拟认定和公示": 0,
        "已认定": 0,
        "未通过或未入选": 0,
    }
    assert shown.context["overdue"] == []
    narrowed = bureau.get(tenant_url("bureau:round", pk=play.round.pk) + "?at=review")
    assert [row["application"] for row in narrowed.context["rows"]] == [on_desk]
    for query in (on_desk.unit.name[2:8], on_desk.number):
        found = bureau.get(tenant_url("bureau:round", pk=play.round.pk), {"q": query})
        assert [row["application"] for row in found.context["rows"]] == [on_desk]
        assert found.context["page"].paginator.count == 1
    nothing = bureau.get(tenant_url("bureau:round", pk=play.round.pk), {"q": "没有这个单位", "at": "review"})
    assert "没有符合条件的申报" in nothing.content.decode()


@pytest.mark.parametrize("world", ["gaoming"], indirect=True)
def test_an_overdue_desk_is_named(play, bureau):
    application = play.submitted()
    play.world.at("2022-03-17")
    shown = bureau.get(tenant_url("bureau:round", pk=play.round.pk))
    (row,) = shown.context["overdue"]
    assert (row["who"], row["count"], row["since"].isoformat()) == (
        str(application.authority),
        1,
        "2022-03-16",
    )


def test_forming_a_panel_from_the_page(play, bureau):
    application = play.reviewed()
    address = tenant_url("bureau:panel_new", pk=play.round.pk)
    experts = [expert.pk for expert in play.world.experts.values()]
    answer = bureau.post(address, {"applications": [application.pk], "experts": experts, "due_on": ""})
    assert answer.context["form"].errors == {"due_on": ["请选择评审截止日期。"]}
    answer = bureau.post(
        address, {"applications": [application.pk], "experts": experts, "due_on": "2024-03-29"}
    )
    panel = Panel.objects.get()
    assert answer.url == tenant_url("bureau:panel", pk=panel.pk)
    application.refresh_from_db()
    assert application.state == ApplicationState.AT_PANEL


def test_the_list_is_shown_once_more_before_it_stands(play, bureau):
    first, second = play.evaluated("unit", "second")
    address = tenant_url("bureau:list", pk=play.round.pk)
    data = {
        f"choice-{first.pk}": "propose",
        f"reason-{first.pk}": "",
        f"choice-{second.pk}": "not_select",
        f"reason-{second.pk}": "",
    }
    answer = bureau.post(address, data)
    assert answer.context["form"].errors == {f"reason-{second.pk}": ["不列入名单须写明理由。"]}
    data[f"reason-{second.pk}"] = "择优排后"
    answer = bureau.post(address, data)
    assert ([row["application"] for row in answer.context["proposed"]], len(answer.context["dropped"])) == (
        [first],
        1,
    )
    play.round.refresh_from_db()
    assert play.round.state == RoundState.CLOSED
    hidden = {bound.html_name: bound.value() for bound in answer.context["form"]}
    assert hidden == data
    bureau.post(address, hidden | {"then": "decide"})
    play.round.refresh_from_db()
    first.refresh_from_db()
    assert (play.round.state, first.state) == (RoundState.DECIDED, ApplicationState.PROPOSED)


def test_what_is_still_open_is_judged_on_the_application(play, bureau):
    (application,) = play.evaluated()
    judge(application=application, answers={"equipment_fairly_advanced": None}, actor=play.officer)
    listed = bureau.get(tenant_url("bureau:list", pk=play.round.pk)).context["rows"]
    assert [finding.clause for finding in listed[0]["open"]] == ["QS-4.4"]
    address = tenant_url("bureau:list", pk=play.round.pk)
    choose = {f"choice-{application.pk}": "propose", f"reason-{application.pk}": "", "then": "decide"}
    assert list(bureau.post(address, choose).context["form"].errors) == [f"choice-{application.pk}"]
    page = tenant_url("bureau:application", pk=application.pk)
    form = bureau.get(page).context["form"]
    answers = {name: field.initial for name, field in form.fields.items()} | {
        "judge-equipment_fairly_advanced": "yes"
    }
    assert bureau.post(page, answers).url == page
    assert bureau.post(address, choose).url == address
    # Once the list stands nothing is judged any more.
    assert bureau.get(page).context["form"] is None
    assert bureau.post(page, answers).status_code == 404


def test_against_the_experts_the_form_asks_for_a_reason(play, bureau):
    (application,) = play.evaluated(verdicts=(Verdict.OPPOSE,))
    address = tenant_url("bureau:list", pk=play.round.pk)
    answer = bureau.post(address, {f"choice-{application.pk}": "propose", f"reason-{application.pk}": ""})
    assert list(answer.context["form"].errors) == [f"reason-{application.pk}"]


def test_the_unit_does_not_meet_the_lists_of_the_bureau(play):
    play.evaluated()
    client = browser(play.submitter())
    for name in ("round", "list"):
        assert client.get(tenant_url(f"bureau:{name}", pk=play.round.pk)).status_code == 404
