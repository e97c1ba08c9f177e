"""The desk's pages."""

import pytest
from django.contrib.contenttypes.models import ContentType
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from applications.desk.checking import judged_facts
from applications.desk.inquiring import questions_of
from applications.dossier.papers import whole_checks
from applications.enums import ApplicationState
from applications.filing.drafting import start_application
from applications.models import Application, ApplicationVersion, Opinion
from config.demo_story import SAMPLE
from core.tenancy import tenant_scope
from core.web import tenant_url
from deadlines.models import Deadline
from stations.models import ApplicantUnit
from tests.applications.builders import Play, is_sample
from tests.world import SLUGS, furnish, make_jurisdiction


@pytest.fixture
def play(world):
    return Play(world)


@pytest.fixture
def application(play):
    return play.submitted()


@pytest.fixture
def desk(play, application):
    return browser(play.reviewer(application))


def browser(user):
    client = Client()
    client.force_login(user)
    return client


def page(name, application, **kwargs):
    return tenant_url(f"desk:{name}", pk=application.pk, **kwargs)


def upload():
    return SimpleUploadedFile("推荐报告.pdf", SAMPLE.read_bytes(), "application/pdf")


def checklist(application, **changes):
    """What the reviewer's browser sends when everything is in order."""
    data = {}
    for row in application.materials.all():
        if row.files.exists():
            data[f"material-{row.name}"] = "accepted"
            data[f"material-{row.name}-original"] = "on"
    for stage in application.rules.stages:
        data |= {f"check-{name}": "on" for name in stage.checks}
    data |= {f"check-{check.name}": "on" for check in whole_checks(application.rules)}
    words = {"yes_no": "no", "names": "无", "several": ["无"], "name": ""}
    data |= {f"find-{asked.name}": words[asked.kind] for asked in questions_of(application)}
    data |= {f"judge-{fact.name}": "yes" for fact in judged_facts(application)}
    return data | changes


@pytest.mark.parametrize("world", SLUGS, indirect=True)
def test_a_file_from_the_queue_to_the_panel(play, application):
    while application.state == ApplicationState.UNDER_REVIEW:
        client = browser(play.reviewer(application))
        assert application.unit.name in client.get(tenant_url("desk:queue")).content.decode()
        assert client.get(page("file", application)).status_code == 200
        for rule in application.rules.materials:
            if (
                rule.brought_by == "first_pass"
                and not application.materials.get(name=rule.name).files.exists()
            ):
                client.post(page("bring", application, material=rule.name), {"file": upload()})
        answer = client.post(page("file", application), checklist(application, then="forward"))
        assert answer.url == page("forward", application)
        stage = client.get(answer.url).context["form"]["stage"].value()
        answer = client.post(answer.url, {"stage": stage, "text": "材料齐全，同意上报"})
        assert answer.url == tenant_url("desk:queue")
        application.refresh_from_db()
    assert application.state == ApplicationState.AWAITING_PANEL


def test_the_checklist_keeps_what_was_typed_when_it_refuses(application, desk):
    data = checklist(application, **{"material-licence_copy": "problem", "material-licence_copy-note": ""})
    data["material-application_form"] = "problem"
    data["material-application_form-note"] = "第三页缺公章"
    answer = desk.post(page("file", application), data)
    assert list(answer.context["form"].errors) == ["material-licence_copy-note"]
    assert "第三页缺公章" in answer.content.decode()
    assert set(application.materials.values_list("check_state", flat=True)) == {"unchecked"}


def test_returning_with_the_problems_of_the_checklist(play, application, desk):
    data = {"material-licence_copy": "problem", "material-licence_copy-note": "复印件不清晰"}
    answer = desk.post(page("file", application), checklist(application, **data, then="return"))
    assert answer.url == page("return", application)
    shown = desk.get(answer.url)
    assert shown.context["formset"].initial == [
        {"path": "materials.licence_copy", "label": "营业执照或批准成立文件复印件", "text": "复印件不清晰"}
    ]
    form = {
        "stage": 0,
        "due_on": "2024-03-20",
        "text": "",
        "items-TOTAL_FORMS": 3,
        "items-INITIAL_FORMS": 1,
        "items-0-path": "materials.licence_copy",
        "items-0-text": "复印件不清晰",
        "items-1-path": "facts.trade",
        "items-1-text": "请写明具体工种",
        "items-2-path": "narratives.equipment",
        "items-2-text": "",
    }
    answer = desk.post(page("return", application), form)
    assert answer.context["formset"].errors[2] == {"text": ["请写明需要怎样补正。"]}
    application.refresh_from_db()
    assert application.state == ApplicationState.UNDER_REVIEW
    form["items-2-path"] = ""
    assert desk.post(page("return", application), form).url == tenant_url("desk:queue")
    application.refresh_from_db()
    assert application.state == ApplicationState.RETURNED
    assert [item["path"] for item in Opinion.objects.get().items] == ["materials.licence_copy", "facts.trade"]
    assert Deadline.objects.get(kind="correction").due_on.isoformat() == "2024-03-20"


def test_an_empty_return_says_what_it_lacks(application, desk):
    form = {"stage": 0, "due_on": "2024-03-20", "items-TOTAL_FORMS": 1, "items-INITIAL_FORMS": 0}
    answer = desk.post(page("return", application), form)
    assert answer.context["form"].non_field_errors() == ["请至少列出一项需要补正的内容。"]


def test_rejecting_with_reason_and_clause(application, desk):
    answer = desk.post(page("reject", application), {"stage": 0, "clause": "QS-4.1", "reason": ""})
    assert answer.context["form"].errors == {"reason": ["请写明不予通过的理由。"]}
    given = {"stage": 0, "clause": "QS-4.1", "reason": "人数不足"}
    answer = desk.post(page("reject", application), given)
    assert list(answer.context["form"].errors) == ["although_met"]
    assert 'name="although_met"' in answer.content.decode()
    answer = desk.post(page("reject", application), {**given, "although_met": "on"})
    assert answer.status_code == 302
    application.refresh_from_db()
    assert application.state == ApplicationState.REJECTED
    # Its page stays readable at the desk that decided; nothing is left to decide there.
    assert desk.get(page("file", application)).context["mine"] is False
    assert desk.get(page("forward", application)).url == page("file", application)


def test_a_file_is_only_on_its_own_desk(play, application):
    for key in ("reviewer2", "expert1", "publisher", "maker"):
        client = browser(play.world.people[key])
        for name in ("file", "forward", "return", "reject"):
            for method in ("get", "post"):
                answer = getattr(client, method)(page(name, application))
                assert (key, name, answer.status_code) == (key, name, 404)
    # The lead sees what was handed in, and has nothing to decide on another's desk.
    lead = browser(play.officer)
    shown = lead.get(page("file", application))
    assert (shown.status_code, shown.context["mine"]) == (200, False)
    assert lead.post(page("file", application), checklist(application, then="forward")).status_code == 200
    assert lead.post(page("forward", application), {"stage": 0, "text": "代办"}).status_code == 404
    assert set(application.materials.values_list("check_state", flat=True)) == {"unchecked"}
    unit = browser(play.submitter())
    assert unit.get(page("file", application)).status_code == 404


def test_a_desk_that_has_passed_a_file_on_is_told_so(play, application):
    passed, first = page("forward", application), play.reviewer(application)
    desk = browser(first)
    for rule in application.rules.materials:
        if rule.brought_by == "first_pass":
            desk.post(page("bring", application, material=rule.name), {"file": upload()})
    desk.post(page("file", application), checklist(application))
    for _ in range(2):
        answer = desk.post(passed, {"stage": 0, "text": "材料齐全，同意上报"}, follow=True)
    application.refresh_from_db()
    assert first not in application.authority.recipients()
    told = (
        f"这份申报已由{first}于2024年3月4日 10:00同意上报，"
        f"转交{application.authority.name}，当前为“待专家评审”。"
    )
    for name in ("forward", "return", "reject"):
        for method in ("get", "post"):
            answer = getattr(desk, method)(page(name, application), follow=True)
            assert answer.redirect_chain == [(page("file", application), 302)], (name, method)
            assert [str(message) for message in answer.context["messages"]] == [told]
    paper = page("bring", application, material="recommendation")
    assert desk.post(paper, {"file": upload()}).url == page("file", application)
    assert "核对记录没有保存" in desk.post(page("file", application), checklist(application)).content.decode()
    assert Opinion.objects.count() == 1
    # Whom it never reached still finds nothing.
    assert browser(play.world.people["reviewer2"]).get(passed).status_code == 404


def test_a_draft_is_nobody_elses(play):
    play.open_round()
    play.story.register("second")
    draft = start_application(
        round_=play.round, unit=play.story.units["second"], actor=play.submitter("second")
    )
    for key in ("reviewer", "reviewer2", "officer"):
        assert browser(play.world.people[key]).get(page("file", draft)).status_code == 404


def test_files_go_to_who_may_see_the_application(play, application, desk):
    file = application.panel_attachments().first()
    address = page("attachment", application, file=file.pk)
    answer = desk.get(address)
    assert answer.status_code == 200
    assert answer["Content-Disposition"].startswith("attachment")
    assert is_sample(b"".join(answer.streaming_content))
    assert browser(play.officer).get(address).status_code == 200
    for key in ("reviewer2", "expert1", "maker"):
        assert browser(play.world.people[key]).get(address).status_code == 404
    assert Client().get(address).status_code == 302
    other = play.submitted("second")
    stray = page("attachment", other, file=file.pk)
    assert browser(play.officer).get(stray).status_code == 404


def test_another_jurisdiction_finds_nothing(play, application):
    with tenant_scope(make_jurisdiction("gaoming")) as scope:
        other = furnish(scope.tenant)
        foreign = f"/gaoming/desk/files/{application.pk}/"
        for key in ("officer", "reviewer"):
            assert browser(other.people[key]).get(foreign).status_code == 404
            assert browser(other.people[key]).get(f"/qinshui/desk/files/{application.pk}/").status_code == 404


def test_the_queue_puts_the_nearest_day_first(play, application):
    lead = play.officer
    play.story.review("unit", application)
    second = play.submitted("third")
    first = play.submitted("fourth")
    for one, day in ((second, "2024-03-20"), (first, "2024-03-08")):
        Deadline.objects.create(
            subject=one, bearer=one.authority, kind="review", period="0", label="审核", due_on=day, rungs=[]
        )
    shown = browser(play.reviewer(first)).get(tenant_url("desk:queue"))
    assert [row["application"] for row in shown.context["rows"]] == [first, second]
    assert [(tab["label"], tab["count"]) for tab in shown.context["tabs"]] == [
        ("待我审核", 2),
        ("待单位补正", 0),
        ("已上报", 1),
        ("不予通过", 0),
    ]
    passed = browser(play.reviewer(first)).get(tenant_url("desk:queue") + "?state=passed")
    assert [row["application"] for row in passed.context["rows"]] == [application]
    found = browser(play.reviewer(first)).get(tenant_url("desk:queue"), {"q": "太行"})
    assert [row["application"] for row in found.context["rows"]] == [second]
    assert browser(lead).get(tenant_url("desk:queue")).context["rows"] == []


def test_lists_cost_the_same_at_one_and_at_thirty(play, application, desk):
    officer = browser(play.officer)
    pages = [(desk, tenant_url("desk:queue")), (officer, tenant_url("bureau:round", pk=play.round.pk))]
    few = [queries_of(*one) for one in pages]
    copies_of(application, 30)
    for (client, address), before in zip(pages, few, strict=True):
        assert queries_of(client, address) == before
        assert client.get(address).context["page"].paginator.count == 31


def queries_of(client, address):
    client.get(address)
    with CaptureQueriesContext(connection) as queries:
        assert client.get(address).status_code == 200
    return len(queries)


def copies_of(application, number):
    """The same application of so many other units, each with its date."""
    kind = ContentType.objects.get_for_model(Application)
    for count in range(number):
        unit = ApplicantUnit.objects.get(pk=application.unit_id)
        unit.pk, unit.uscc, unit.name = None, f"COPY{count:014d}", f"单位{count}"
        unit._state.adding = True
        unit.save()
        copy = Application.objects.get(pk=application.pk)
        copy.pk, copy.unit, copy.number = None, unit, f"{application.number}-{count}"
        copy._state.adding = True
        copy.save()
        Deadline.objects.create(
            subject_type=kind,
            subject_id=copy.pk,
            bearer=copy.authority,
            kind="review",
            period="0",
            label="审核",
            due_on="2024-03-20",
            rungs=[],
        )
    assert ApplicationVersion.objects.count() == 1
