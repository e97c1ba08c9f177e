"""How an objection is looked into, what becomes of a lead, and what the objector is told."""

from datetime import date, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client, override_settings

from core.errors import DomainError, InputRefused, NotAllowed, ReasonRequired, StateConflict
from core.models import LogEntry
from documents.models import Attachment, OfficialDocument
from notices.enums import ObjectionState
from notices.investigating import file_objection, record_step, take_up
from notices.models import Objection, ObjectionFile
from notices.objections import decide_objection
from notices.receipts import objection_with
from tests.browsing import signed_in
from tests.documents.corpus import pdf
from tests.notices.builders import objected, published

PDF = pdf()


def evidence(name="证据.pdf", content=PDF):
    return SimpleUploadedFile(name, content, "application/pdf")


def given_of(notice, **more):
    entry = notice.entries.first()
    return {"entry": entry.pk, "name": "赵反映", "contact": "13955550123", "text": "设备并非自有。", **more}


def step(world, objection, **changes):
    given = {
        "kind": "site",
        "done_on": date(2024, 6, 5),
        "done_by": "王核查、李核查",
        "text": "现场查看设备台账。",
        "actor": world.people["officer"],
        **changes,
    }
    return record_step(objection=objection, **given)


def test_evidence_comes_without_an_account_and_lies_sealed(world):
    notice = published(world, "2024-06-05")
    visitor = Client()
    url = world.url(f"notices/{notice.pk}/")
    assert visitor.post(url, given_of(notice, files=[evidence(), evidence("二.pdf")])).status_code == 302
    objection = Objection.objects.get()
    kept = [file.attachment for file in objection.files.all()]
    assert [(one.original_name, one.personal, one.uploaded_by) for one in kept] == [
        ("证据.pdf", True, None),
        ("二.pdf", True, None),
    ]
    officer = signed_in(world, "officer")
    page = officer.get(world.url(f"bureau/objections/{objection.pk}/")).content.decode()
    assert "证据.pdf" in page
    file = ObjectionFile.objects.first()
    assert officer.get(world.url(f"bureau/objections/files/{file.pk}/")).status_code in (200, 409)
    for key in ("publisher", "reviewer", "auditor"):
        person = signed_in(world, key)
        assert person.get(world.url(f"bureau/objections/files/{file.pk}/")).status_code == 404, key


@override_settings(PUBLIC_UPLOAD_FILES=1)
def test_a_bad_file_is_named_and_nothing_is_kept(world, client):
    notice = published(world, "2024-06-05")
    url = world.url(f"notices/{notice.pk}/")
    refused = client.post(url, given_of(notice, files=[evidence(content=b"MZ not a pdf")]))
    assert refused.status_code == 422
    page = refused.content.decode()
    assert "“证据.pdf”" in page
    assert "设备并非自有。" in page
    assert "请重新选择佐证材料" in page
    many = client.post(url, given_of(notice, files=[evidence(), evidence("二.pdf")]))
    assert (many.status_code, "最多 1 个文件" in many.content.decode()) == (422, True)
    assert (Objection.objects.count(), Attachment.objects.count()) == (0, 0)


def test_elsewhere_strangers_still_bring_nothing(world):
    """Only views that say so take files from whoever has not signed in."""
    notice = published(world, "2024-06-05")
    objection = objected(notice)
    Client().post(world.url(f"bureau/objections/{objection.pk}/steps/"), {"files": evidence()})
    assert Attachment.objects.count() == 0


def test_the_receipt_tells_the_state_and_nothing_of_a_person(world):
    notice = published(world, "2024-06-05")
    visitor = Client()
    visitor.post(world.url(f"notices/{notice.pk}/"), given_of(notice))
    shown = visitor.get(world.url("objections/")).content.decode()
    receipt = visitor.session["objection_receipt"]
    assert receipt in shown
    objection = Objection.objects.get()
    # Kept nowhere: not in the row, not in the log.
    assert receipt.replace("-", "") not in str([objection.__dict__, *LogEntry.objects.values()])
    step(world, objection)
    decide_objection(
        objection=objection,
        upheld=False,
        finding="张三提供了发票，设备为自有。",
        reply="设备权属已经核实。",
        actor=world.people["officer"],
    )
    stranger = Client()
    url = world.url("objections/")
    answer = stranger.post(url, {"receipt": receipt.lower().replace("-", " ")})
    page = answer.content.decode()
    for text in ("异议不成立", "实地核查", "设备权属已经核实。", notice.title):
        assert text in page, text
    for secret in ("赵反映", "13955550123", "139****", "设备并非自有", "张三", "王核查", "现场查看"):
        assert secret not in page, secret
    wrong = stranger.post(url, {"receipt": "K7QM-3XHT-9RWD"})
    assert (wrong.status_code, "没有找到这个查询码" in wrong.content.decode()) == (422, True)
    assert objection_with("") is None


def test_steps_say_who_did_what_when(world):
    objection = objected(published(world, "2024-06-05"))
    world.at("2024-06-07")
    made = step(world, objection, files=[evidence()])
    assert (made.done_by, made.files.get().attachment.uploaded_by) == (
        "王核查、李核查",
        world.people["officer"],
    )
    entry = LogEntry.history_of(objection).last()
    assert (entry.action, entry.actor) == ("notices.investigate", world.people["officer"])
    for path, changes in {
        "done_on": {"done_on": date(2024, 6, 8)},
        "done_by": {"done_by": " "},
        "text": {"text": ""},
    }.items():
        with pytest.raises(InputRefused) as refused:
            step(world, objection, **changes)
        assert [problem.path for problem in refused.value.problems] == [path]
    with pytest.raises(InputRefused):
        step(world, objection, done_on=date(2024, 6, 4))
    with pytest.raises(NotAllowed):
        step(world, objection, actor=world.people["publisher"])
    decide_objection(objection=objection, upheld=False, finding="自有。", actor=world.people["officer"])
    with pytest.raises(StateConflict):
        step(world, objection)
    assert objection.steps.count() == 1


def test_the_officer_records_steps_on_the_page(world):
    objection = objected(published(world, "2024-06-05"))
    officer = signed_in(world, "officer")
    url = world.url(f"bureau/objections/{objection.pk}/")
    given = {"kind": "documents", "done_on": "2024-06-05", "done_by": "王核查", "text": "调阅发票。"}
    refused = officer.post(f"{url}steps/", {**given, "done_by": ""})
    assert (refused.status_code, "调阅发票。" in refused.content.decode()) == (422, True)
    assert officer.post(f"{url}steps/", {**given, "files": evidence()}).status_code == 302
    page = officer.get(url).content.decode()
    for text in ("调阅材料", "王核查", "调阅发票。", "证据.pdf"):
        assert text in page, text


def test_a_late_lead_holds_nothing_until_somebody_takes_it_up(world):
    notice = published(world, "2024-06-05")
    world.at(notice.last_day + timedelta(days=1))
    late, other = objected(notice), objected(notice)
    officer = world.people["officer"]
    with pytest.raises(StateConflict):
        decide_objection(objection=late, upheld=True, finding="属实。", actor=officer)
    with pytest.raises(ReasonRequired):
        take_up(objection=late, reason=" ", actor=officer)
    take_up(objection=late, reason="线索具体，有据可查", actor=officer)
    assert (late.state, late.counts) == (ObjectionState.RECEIVED, True)
    file_objection(objection=other, reason="与前件重复", actor=officer)
    assert (other.state, other.counts, other.reply) == (
        ObjectionState.FILED,
        False,
        "您反映的情况已登记存档。",
    )


def test_without_a_name_it_counts_until_somebody_files_it_with_a_reason(world):
    notice = published(world, "2024-06-05")
    nameless = objected(notice, name="", contact="", anonymous=True)
    assert (nameless.anonymous, nameless.counts, str(nameless.objector_contact)) == (True, True, "")
    officer = world.people["officer"]
    with pytest.raises(NotAllowed):
        file_objection(objection=nameless, reason="无法核实", actor=world.people["publisher"])
    file_objection(objection=nameless, reason="无法核实", actor=officer)
    assert nameless.counts is False
    with pytest.raises(DomainError, match="必须核查"):
        file_objection(objection=objected(notice), reason="不想查", actor=officer)


def test_what_was_typed_beside_anonymous_is_not_kept(world):
    nameless = objected(published(world, "2024-06-05"), anonymous=True)
    nameless.refresh_from_db()
    assert (nameless.objector_name, bool(nameless.objector_contact)) == ("", False)


def test_the_answer_is_a_paper_for_the_objector_alone(world, client):
    notice = published(world, "2024-06-05")
    objection, nameless = objected(notice), objected(notice, anonymous=True)
    officer = world.people["officer"]
    for one in (objection, nameless):
        decide_objection(
            objection=one, upheld=True, finding="李四称设备系租赁。", reply="设备系租赁。", actor=officer
        )
    paper = objection.reply_paper
    for text in ("赵反映：", "设备系租赁。", notice.title, world.lead.name):
        assert text in paper.html, text
    for secret in ("李四", "13955550123", "设备并非自有"):
        assert secret not in paper.html, secret
    assert nameless.reply_paper is None
    assert OfficialDocument.objects.filter(kind="objection_reply").count() == 1
    page = world.url(f"papers/{paper.verification_code}/")
    assert client.get(page).status_code == 404
    assert signed_in(world, "publisher").get(page).status_code == 404
    assert signed_in(world, "officer").get(page).status_code in (200, 202)
    verified = client.get(f"/verify/{paper.verification_code}/").content.decode()
    assert "异议答复" in verified
    assert "赵反映" not in verified
