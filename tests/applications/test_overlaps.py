"""What an application has in common with others, the end by false material, and the letters of a desk."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from applications.desk.falsity import clauses_of, end_for_falsity
from applications.desk.inquiring import bars_of, endings_of
from applications.desk.letters import accept, letters_to
from applications.desk.overlaps import leader_of, names_of, overlaps_of
from applications.desk.review import reject, return_for_correction
from applications.enums import ApplicationState as S
from applications.models import Application, FalsityFinding, MaterialFile
from config.demo_story import SAMPLE
from core.errors import DomainError, NotAllowed, StateConflict
from core.models import LogEntry
from core.web import tenant_url
from deadlines.models import Deadline, Notification
from documents.enums import DocumentKind
from documents.permissions import can_read
from jurisdictions.engine.exclusions import APPLY
from tests.applications.builders import Play
from tests.applications.filing import browser_of

RECOURSE = "可以自收到之日起六十日内申请行政复议。"


@pytest.fixture
def play(world):
    return Play(world)


@pytest.fixture
def application(play):
    return play.submitted()


@pytest.fixture
def reviewer(play, application):
    return play.reviewer(application)


def end(application, actor, **changes):
    given = {
        "materials": [application.rules.materials[0].name],
        "finding": "证书编号经发证机构复函查无此证",
        "clause": clauses_of(application)[0].clause,
        "recourse": RECOURSE,
    }
    return end_for_falsity(application=application, actor=actor, **given | changes)


def test_people_leader_and_files_are_found_elsewhere(play, application, reviewer):
    other = play.submitted("third")
    assert overlaps_of(application, reviewer) == ((), 0)
    # The other names our leader as its own, and hands in one of our files.
    Application.objects.filter(pk=other.pk).update(rosters=application.rosters, persons=application.persons)
    mine = MaterialFile.objects.filter(material__application=application).first()
    theirs = MaterialFile.objects.filter(material__application=other).first().attachment
    theirs.sha256 = mine.attachment.sha256
    theirs.save()
    (found,), more = overlaps_of(application, reviewer)
    assert (found.other, found.open, found.same_unit, more) == (other, True, False, 0)
    assert (found.same_leader, found.percent, found.is_grave) == (True, 100, True)
    assert set(found.people) == set(names_of(application).values())
    assert names_of(application)[leader_of(application)] in found.people
    assert found.files == (application.rules.material(mine.material.name).label,)
    page = browser_of(reviewer).get(tenant_url("desk:file", pk=application.pk)).content.decode()
    assert other.number in page
    Application.objects.filter(pk=other.pk).update(state=S.WITHDRAWN)
    assert overlaps_of(application, reviewer) == ((), 0)


def test_of_another_desks_application_the_desk_alone_is_told(play, application, reviewer):
    other = play.submitted("third")
    stranger = play.world.lead
    Application.objects.filter(pk=other.pk).update(persons=application.persons, authority=stranger)
    (found,), _ = overlaps_of(application, reviewer)
    assert not found.open
    page = browser_of(reviewer).get(tenant_url("desk:file", pk=application.pk)).content.decode()
    assert other.number not in page
    assert other.unit.name not in page
    assert f"{stranger.short_name}办理的另一份申报" in page


@pytest.mark.parametrize("world", ["gaoming", "qinshui"], indirect=True)
def test_false_material_ends_the_application_with_a_letter(play, application, reviewer):
    browser = browser_of(reviewer)
    url = tenant_url("desk:falsity", pk=application.pk)
    evidence = SimpleUploadedFile("复函.pdf", SAMPLE.read_bytes(), "application/pdf")
    data = {
        "materials": [application.rules.materials[0].name],
        "finding": "证书编号经发证机构复函查无此证",
        "clause": clauses_of(application)[0].clause,
        "recourse": "",
    }
    answer = browser.post(url, data)
    assert list(answer.context["form"].errors) == ["recourse"]
    assert data["finding"] in answer.content.decode()
    browser.post(url, data | {"recourse": RECOURSE, "evidence": evidence})
    application.refresh_from_db()
    found = FalsityFinding.objects.get()
    assert (application.state, found.recorded_by) == (S.REMOVED, reviewer)
    entry = LogEntry.history_of(application).get(action="applications.disqualify")
    assert (entry.reason, entry.clause) == (data["finding"], data["clause"])
    assert entry.data["evidence"] == found.evidence.sha256
    assert not Deadline.objects.filter(subject_id=application.pk, kind="review", state="open").exists()
    letter = letters_to(application).get(kind=DocumentKind.DISQUALIFICATION)
    assert all(part in letter.html for part in (data["finding"], RECOURSE, application.unit.name))
    assert can_read(play.submitter(), letter)
    assert not can_read(play.world.people["expert1"], letter)
    assert Notification.objects.filter(title="申报资格已取消", text__contains=RECOURSE).exists()
    assert browser.get(tenant_url("desk:falsity_evidence", pk=application.pk)).status_code == 200
    assert "取消申报资格" in browser.get(tenant_url("desk:file", pk=application.pk)).content.decode()
    unit = browser_of(play.submitter()).get(tenant_url("unit:application", pk=application.pk))
    assert data["finding"] in unit.content.decode()


def test_an_application_ends_for_falsity_once_and_on_grounds(play, application, reviewer):
    for changes, path in (
        ({"materials": []}, "materials"),
        ({"materials": ["nothing"]}, "materials"),
        ({"finding": "\u200b"}, "finding"),
        ({"clause": "QS-1"}, "clause"),
        ({"recourse": " "}, "recourse"),
    ):
        with pytest.raises(DomainError) as refused:
            end(application, reviewer, **changes)
        assert refused.value.path == path
    with pytest.raises(NotAllowed):
        end(application, play.officer)
    end(application, reviewer)
    with pytest.raises((StateConflict, NotAllowed)):
        end(application, reviewer)


def test_what_false_material_ended_counts_as_fraud_for_a_ban(play, application, reviewer, monkeypatch):
    """Under a text that bars for good after fraud (the invented one of Qinglan)."""
    end(application, reviewer)
    Application.objects.filter(pk=application.pk).update(state=S.WITHDRAWN)
    again = play.story.apply("unit", play.round)
    assert [by for by, _ in endings_of(again)] == ["fraud"]
    asked = []

    def answers(rules, facts, *, action):
        asked.append((facts["ended_by"], facts["ended_on"], action))
        return ()

    monkeypatch.setattr("applications.desk.inquiring.check_exclusions", answers)
    bars_of(again)
    assert asked == [("fraud", endings_of(again)[0][1], APPLY)]


def test_the_letters_of_a_desk(play, application, reviewer):
    browser = browser_of(reviewer)
    browser.post(tenant_url("desk:accept", pk=application.pk))
    with pytest.raises(DomainError):
        accept(application=application, actor=reviewer)
    item = {"path": "facts.trade", "label": "工种", "text": "请写明具体工种"}
    due = Application.objects.get(pk=application.pk).submitted_at.date().replace(day=28)
    return_for_correction(application=application, items=[item], due_on=due, actor=reviewer)
    other = play.submitted("third")
    clause = clauses_of(other)[0].clause
    type(play.round).objects.update(recourse=RECOURSE)
    other.round.refresh_from_db()
    reject(application=other, reason="条件不符", clause=clause, actor=reviewer)
    kinds = [letter.kind for letter in letters_to(application)]
    assert kinds == [DocumentKind.ACCEPTANCE, DocumentKind.CORRECTION]
    assert item["text"] in letters_to(application).last().html
    refusal = letters_to(other).get()
    assert all(part in refusal.html for part in ("条件不符", RECOURSE, other.rules.article(clause)))
    page = browser_of(play.submitter()).get(tenant_url("unit:application", pk=application.pk))
    assert "补正通知书" in page.content.decode()
