"""A published call opens later or ends later: by a recorded decision, told, and shown to everybody."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from applications.call_files import add_call_file
from applications.enums import RoundState
from applications.models import CallFile, Round, ScheduleChange
from applications.rescheduling import reschedule
from applications.rounds import close_ended_rounds
from config.demo_story import SAMPLE
from core import clock
from core.errors import DomainError, NotAllowed, StateConflict
from core.models import LogEntry
from core.web import tenant_url
from deadlines.models import Notification
from documents.models import Attachment
from tests.applications.filing import browser_of, draft_of, open_call

GROUNDS = {"reason": "申报系统停机两天", "reference": "局务会议纪要〔2024〕8号"}


def move(round_, actor, *, opens=timedelta(), closes=timedelta(), **changes):
    given = {"opens_at": round_.opens_at + opens, "closes_at": round_.closes_at + closes, **GROUNDS}
    return reschedule(round_=round_, actor=actor, **given | changes)


def test_a_later_end_is_recorded_told_and_shown(world):
    draft, officer = draft_of(world), world.people["officer"]
    round_ = draft.round
    before = round_.closes_at
    change = move(round_, officer, closes=timedelta(days=7))
    round_.refresh_from_db()
    assert round_.closes_at == before + timedelta(days=7)
    assert (change.closes_before, change.closes_at, change.reopens) == (before, round_.closes_at, False)
    entry = LogEntry.history_of(round_).get(action="applications.reschedule")
    assert (entry.actor, entry.reason, entry.data["reference"]) == (
        officer,
        GROUNDS["reason"],
        GROUNDS["reference"],
    )
    told = Notification.objects.filter(title__startswith="申报截止时间改为")
    assert set(told.values_list("recipient", flat=True)) == set(
        draft.unit.recipients().values_list("pk", flat=True)
    )
    page = Client().get(tenant_url("public:call", pk=round_.pk)).content.decode()
    assert all(words in page for words in GROUNDS.values())


def test_a_call_that_has_ended_is_open_again_until_its_new_end(world):
    round_, officer = draft_of(world).round, world.people["officer"]
    world.at(clock.local(round_.closes_at).date() + timedelta(days=1))
    assert close_ended_rounds() == 1
    round_.refresh_from_db()
    with pytest.raises(DomainError) as refused:
        move(round_, officer, closes=timedelta(hours=1))
    assert refused.value.path == "closes_at"
    round_.refresh_from_db()
    assert move(round_, officer, closes=timedelta(days=3)).reopens
    assert round_.state == RoundState.OPEN
    assert Round.objects.get().takes_applications()


def test_times_only_become_later_and_only_on_grounds(world):
    round_, officer = open_call(world), world.people["officer"]
    for changes, path in (
        ({}, "closes_at"),
        ({"closes": timedelta(minutes=-1)}, "closes_at"),
        ({"opens": timedelta(days=1)}, "opens_at"),
        ({"closes": timedelta(days=1), "reason": "\u200b"}, "reason"),
        ({"closes": timedelta(days=1), "reference": " "}, "reference"),
    ):
        with pytest.raises(DomainError) as refused:
            move(round_, officer, **changes)
        assert refused.value.path == path
        round_.refresh_from_db()
    with pytest.raises(NotAllowed):
        move(round_, world.people["reviewer"], closes=timedelta(days=1))
    Round.objects.update(state=RoundState.DECIDED)
    with pytest.raises(StateConflict):
        move(round_, officer, closes=timedelta(days=1))
    assert not ScheduleChange.objects.exists()


def test_the_officer_postpones_on_a_page_that_keeps_what_was_typed(world):
    round_ = open_call(world)
    browser = browser_of(world.people["officer"])
    url = tenant_url("bureau:round_schedule", pk=round_.pk)
    later = clock.local(round_.closes_at + timedelta(days=2)).strftime("%Y-%m-%dT%H:%M")
    answer = browser.post(url, {"closes_at": later, "reason": "系统停机", "reference": ""})
    assert list(answer.context["form"].errors) == ["reference"]
    assert "系统停机" in answer.content.decode()
    browser.post(url, {"closes_at": later, "reason": "系统停机", "reference": "会议纪要3号"})
    assert ScheduleChange.objects.get().closes_at == round_.closes_at + timedelta(days=2)
    edit = browser.get(tenant_url("bureau:round_edit", pk=round_.pk)).context["form"]
    assert all(edit.fields[name].disabled for name in ("year", "opens_at", "closes_at"))


def test_the_forms_of_a_call_are_everybodys_once_it_is_published(world):
    round_, officer = open_call(world), world.people["officer"]
    material = round_.rules.materials[0]
    upload = SimpleUploadedFile("表样.pdf", SAMPLE.read_bytes(), "application/pdf")
    url = tenant_url("bureau:call_files", pk=round_.pk)
    browser_of(officer).post(url, {"file": upload, "label": "申请表样", "material": material.name})
    file = CallFile.objects.get()
    public = tenant_url("public:call_file", pk=round_.pk, file=file.pk)
    assert public in Client().get(tenant_url("public:call", pk=round_.pk)).content.decode()
    answer = Client().get(public)
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/pdf")
    Attachment.objects.update(scan_state="infected", scanned_at=clock.now(), scan_note="病毒")
    assert Client().get(public).status_code == 409
    Round.objects.update(state=RoundState.DRAFT)
    assert Client().get(public).status_code == 404
    with pytest.raises(NotAllowed):
        add_call_file(round_=round_, label="附件", upload=upload, actor=world.people["reviewer"])
