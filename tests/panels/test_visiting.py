"""A visit to the place is recorded, signed by each visitor, and stays as it was signed."""

from __future__ import annotations

import io
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, transaction
from PIL import Image

from core import clock
from core.errors import DomainError, InputRefused, NotAllowed, StateConflict
from core.models import LogEntry
from documents.contents import content_of
from panels.consolidation import close_panel
from panels.enums import SheetState, VisitState
from panels.forming import withdraw_seat
from panels.models import ScoreSheet, SiteVisit, SiteVisitFile, SiteVisitor
from panels.scoring import recuse_sheet
from panels.visiting import add_visit_file, record_visit, sign_visit, void_visit
from tests.applications.builders import sign_all
from tests.panels.builders import second_organiser

GPS = 0x8825


def visit_of(play, item, **changes):
    values = {
        "item": item,
        "held_at": clock.now() - timedelta(hours=2),
        "place": "三号车间",
        "experts": list(item.panel.members.order_by("pk")[:1]),
        "officers": [play.officer],
        "unit_people": "陈厂长",
        "findings": {"": "设备在用，带徒台账齐全"},
        "statement": "无异议",
        "actor": play.officer,
    }
    return record_visit(**values | changes)


def expert_of(item):
    return item.panel.members.order_by("pk").first().expert.user


def tagged_jpeg():
    """A photo as a phone makes it: with the place where it was taken."""
    exif = Image.Exif()
    exif[GPS] = {1: "N", 2: (30.0, 15.0, 0.0), 3: "E", 4: (120.0, 9.0, 0.0)}
    exif[0x010F] = "PHONE-MAKER"
    out = io.BytesIO()
    Image.new("RGB", (64, 48), "teal").save(out, "JPEG", exif=exif)
    assert Image.open(io.BytesIO(out.getvalue())).getexif().get_ifd(GPS)
    return SimpleUploadedFile("车间.jpg", out.getvalue(), "image/jpeg")


def test_the_last_signature_makes_it_final(play, item):
    visit = visit_of(play, item)
    sign_visit(visit=visit, actor=expert_of(item))
    visit.refresh_from_db()
    assert visit.state == VisitState.DRAFT
    with pytest.raises(StateConflict, match="已经签署"):
        sign_visit(visit=visit, actor=expert_of(item))
    sign_visit(visit=visit, actor=play.officer)
    visit.refresh_from_db()
    assert visit.state == VisitState.SIGNED
    assert visit.signed_at is not None
    with pytest.raises(StateConflict):
        void_visit(visit=visit, reason="写错了", actor=play.officer)
    actions = list(LogEntry.objects.filter(subject_id=visit.pk).values_list("action", flat=True))
    assert actions.count("panels.confirm_visit") == 2


def test_only_visitors_sign(play, item):
    """Planted bug: `is_visitor` without the visitors."""
    visit = visit_of(play, item)
    for stranger in (second_organiser(play), play.world.people["expert2"]):
        with pytest.raises(NotAllowed):
            sign_visit(visit=visit, actor=stranger)
    assert not visit.visitors.filter(signed_at__isnull=False).exists()


def test_what_was_signed_stays_in_the_database(play, item):
    """Planted bug: the triggers left out."""
    visit = visit_of(play, item)
    file = add_visit_file(visit=visit, upload=tagged_jpeg(), caption="车间", actor=play.officer)
    early = {"state": VisitState.SIGNED, "signed_at": clock.now()}
    refused(lambda: SiteVisit.objects.filter(pk=visit.pk).update(**early))
    sign_visit(visit=visit, actor=expert_of(item))
    with pytest.raises(StateConflict, match="已有人签署"):
        add_visit_file(visit=visit, upload=tagged_jpeg(), caption="", actor=play.officer)
    refused(lambda: SiteVisitFile.objects.create(visit=visit, attachment=file.attachment))
    refused(lambda: SiteVisitor.objects.create(visit=visit, user=play.world.people["expert2"], name="x"))
    refused(lambda: SiteVisit.objects.filter(pk=visit.pk).update(place="别处"))
    refused(lambda: visit.visitors.update(signed_at=None))
    refused(lambda: visit.visitors.all().delete())


def refused(write):
    with pytest.raises(DatabaseError), transaction.atomic():
        write()


def test_a_photo_keeps_no_place(play, item):
    visit = visit_of(play, item)
    upload = tagged_jpeg()
    made = add_visit_file(visit=visit, upload=upload, caption="车间", actor=expert_of(item))
    stored = content_of(made.attachment)
    assert not dict(Image.open(io.BytesIO(stored)).getexif())
    assert b"PHONE-MAKER" not in stored
    assert b"Exif" not in stored
    assert made.attachment.personal
    assert made.attachment.received_sha256


def test_a_correction_names_the_signed_record(play, item):
    first = visit_of(play, item, officers=[])
    with pytest.raises(StateConflict):
        visit_of(play, item, former=first)
    sign_visit(visit=first, actor=expert_of(item))
    first.refresh_from_db()
    assert visit_of(play, item, former=first, place="四号车间").former == first


def test_what_is_missing_is_named(play, item):
    for changes, path in (
        ({"held_at": clock.now() + timedelta(hours=1)}, "held_on"),
        ({"place": " "}, "place"),
        ({"experts": [], "officers": []}, "members"),
        ({"officers": [play.world.people["submitter"]]}, "officers"),
        ({"findings": {"": " "}}, "findings"),
    ):
        with pytest.raises(InputRefused) as found:
            visit_of(play, item, **changes)
        assert [problem.path for problem in found.value.problems] == [path]
    with pytest.raises(NotAllowed):
        visit_of(play, item, actor=expert_of(item))
    ScoreSheet.objects.filter(item=item, member__expert__user=expert_of(item)).update(
        state=SheetState.RECUSED
    )
    with pytest.raises(InputRefused, match="回避"):
        visit_of(play, item)


def test_who_has_recused_neither_signs_nor_adds_nor_reads(play, item):
    """Planted bug: a visitor stays one whatever came after the visit."""
    visit = visit_of(play, item)
    expert = expert_of(item)
    recuse_sheet(sheet=ScoreSheet.objects.of_expert(expert).get(item=item), reason="亲属任职", actor=expert)
    for act in (
        lambda: sign_visit(visit=visit, actor=expert),
        lambda: add_visit_file(visit=visit, upload=tagged_jpeg(), caption="", actor=expert),
    ):
        with pytest.raises(NotAllowed):
            act()
    assert not SiteVisit.objects.of_expert(expert).exists()
    assert not SiteVisit.objects.waiting_for(expert).exists()


def test_a_panel_closes_when_its_records_are_signed(play, item):
    visit = visit_of(play, item, officers=[])
    sign_all(item.panel)
    with pytest.raises(DomainError, match="实地考察记录还有人未签署"):
        close_panel(panel=item.panel, actor=play.officer)
    sign_visit(visit=visit, actor=expert_of(item))
    close_panel(panel=item.panel, actor=play.officer)


def test_a_correction_after_the_end_is_signed_by_who_was_there(play, item):
    visit = visit_of(play, item, officers=[])
    expert = expert_of(item)
    sign_visit(visit=visit, actor=expert)
    sign_all(item.panel)
    close_panel(panel=item.panel, actor=play.officer)
    item.refresh_from_db()
    visit.refresh_from_db()
    again = visit_of(play, item, officers=[], former=visit)
    assert list(SiteVisit.objects.waiting_for(expert)) == [again]
    sign_visit(visit=again, actor=expert)
    again.refresh_from_db()
    assert again.state == VisitState.SIGNED


@pytest.mark.parametrize("year", [1, 1900, 2000])
def test_a_mistyped_year_is_found(play, item, year):
    """A day of that kind could be stored, and never be read again."""
    moment = clock.now().replace(year=year)
    with pytest.raises(InputRefused) as found:
        visit_of(play, item, held_at=moment)
    assert found.value.problems[0].path == "held_on"


def test_who_was_taken_off_the_panel_is_told_of_no_record(play, item):
    visit = visit_of(play, item)
    expert = expert_of(item)
    assert list(SiteVisit.objects.waiting_for(expert)) == [visit]
    withdraw_seat(member=item.panel.members.order_by("pk").first(), reason="请假", actor=play.officer)
    assert not SiteVisit.objects.waiting_for(expert).exists()
