"""Handing a file out (F2, T11): who, in which state, under which headers, and what each look leaves."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.test import Client
from PIL import Image, ImageChops
from pypdf import PdfReader

from accounts.models import User
from accounts.sessions import CONFIRMED
from applications.filing.drafting import add_material_file
from applications.filing.submission import submit
from applications.models import Application, MaterialFile
from core import clock
from core.errors import DomainError
from core.models import LogEntry
from core.tenancy import tenant_scope
from core.web import tenant_url
from documents.intake import take_in
from documents.looking import look_at
from documents.models import Attachment
from documents.serving import attachment_response
from jurisdictions.enums import Role
from jurisdictions.staffing import appoint
from panels.models import ScoreSheet
from tests.accounts.people import make_user
from tests.applications.builders import Play, is_sample
from tests.applications.filing import browser_of, draft_of, fill, submitter_of
from tests.documents import corpus
from tests.documents.corpus import SAMPLE, office, picture, upload
from tests.world import World, furnish, make_jurisdiction

GUARDS = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "sandbox; default-src 'none'",
    "Cache-Control": "private, no-store",
}
ID_COPY = "head_id_copy"


def body_of(answer: Any) -> bytes:
    return b"".join(answer.streaming_content) if answer.streaming else answer.content


def is_guarded(answer: Any) -> bool:
    return answer["Content-Disposition"].startswith("attachment") and all(
        answer[name] == value for name, value in GUARDS.items()
    )


# --- what every file has (F2) -----------------------------------------------------


@pytest.mark.parametrize("personal", [False, True])
@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("甲.pdf", SAMPLE),
        ("甲.jpg", picture()),
        ("甲.png", picture("PNG")),
        ("甲.docx", office()),
        ("甲.xlsx", office("xlsx")),
    ],
)
def test_every_kind_leaves_as_a_download_that_nothing_executes(
    world: World, name: str, content: bytes, personal: bool
) -> None:
    accepts = ("pdf", "jpg", "png", "docx", "xlsx")
    actor = world.people["reviewer"]
    found = take_in(upload=upload(name, content), accepts=accepts, actor=actor, personal=personal)
    answer = attachment_response(found)
    assert is_guarded(answer)
    assert answer["Content-Type"] == found.content_type
    assert len(body_of(answer)) == found.size


def test_the_web_server_is_handed_a_path_of_its_own_and_no_byte(world: World, settings: Any) -> None:
    settings.ACCEL_LOCATION = "/protected/"
    actor = world.people["reviewer"]
    plain = take_in(upload=upload("甲.pdf", SAMPLE), accepts=("pdf",), actor=actor)
    answer = attachment_response(plain)
    assert (answer["X-Accel-Redirect"], body_of(answer)) == (f"/protected/{plain.file.name}", b"")
    assert is_guarded(answer)
    # What lies sealed on the disk is of no use to the web server.
    sealed = take_in(upload=upload("甲.pdf", SAMPLE), accepts=("pdf",), actor=actor, personal=True)
    answer = attachment_response(sealed)
    assert "X-Accel-Redirect" not in answer
    assert body_of(answer) == SAMPLE


# --- who (T11) --------------------------------------------------------------------


@pytest.fixture
def play(world: World) -> Play:
    return Play(world)


def every_address(play: Play) -> dict[str, tuple[str, set[str]]]:
    """Each address of a stored file with the people of the demonstration who may fetch it."""
    panel = play.at_panel("unit")
    application = panel.items.get().subject
    row = MaterialFile.objects.filter(material__application=application, attachment__personal=False)[0]
    sheet = ScoreSheet.objects.of_expert(play.world.people["expert1"]).get()
    pk, file = application.pk, row.attachment_id
    unit = {"submitter", "editor"}
    return {
        "unit": (tenant_url("unit:file", pk=pk, file=row.pk), unit),
        "desk": (tenant_url("desk:attachment", pk=pk, file=file), {"reviewer", "officer", "officer2"}),
        "bureau": (tenant_url("bureau:attachment", pk=pk, file=file), {"officer", "officer2", "secretary"}),
        "panel": (tenant_url("panel:attachment", pk=sheet.pk, file=file), {"expert1"}),
    }


def test_each_address_serves_its_people_and_nobody_else(play: Play) -> None:
    for audience, (url, allowed) in every_address(play).items():
        assert Client().get(url).status_code == 302, audience
        served = set()
        for key, person in play.world.people.items():
            answer = browser_of(person).get(url)
            assert answer.status_code in (200, 404), (audience, key)
            if answer.status_code == 200:
                assert is_sample(body_of(answer))
                served.add(key)
        assert served == allowed, audience


def test_no_address_serves_what_belongs_elsewhere(play: Play) -> None:
    addresses = every_address(play)
    stray = take_in(upload=upload("别处.pdf", SAMPLE), accepts=("pdf",), actor=play.officer)
    people = {
        "unit": play.submitter(),
        "desk": play.officer,
        "bureau": play.officer,
        "panel": play.world.people["expert1"],
    }
    for audience, (url, _) in addresses.items():
        base = url.rstrip("/").rpartition("/")[0]
        for wrong in (stray.pk, 10**9):
            answer = browser_of(people[audience]).get(f"{base}/{wrong}/")
            assert answer.status_code == 404, audience
    with tenant_scope(make_jurisdiction("gaoming")) as scope:
        foreign = furnish(scope.tenant)
        for url, _ in addresses.values():
            there = url.replace("/qinshui/", "/gaoming/")
            for key in ("officer", "reviewer", "expert1"):
                assert browser_of(foreign.people[key]).get(there).status_code == 404


def test_no_path_leads_to_the_disk(world: World, settings: Any) -> None:
    settings.ACCEL_LOCATION = "/protected/"
    found = take_in(upload=upload("甲.pdf", SAMPLE), accepts=("pdf",), actor=world.people["officer"])
    client = browser_of(world.people["officer"])
    name = found.file.name
    for path in (
        f"/protected/{name}",
        f"/media/{name}",
        f"/{name}",
        f"/static/../media/{name}",
        f"/static/%2e%2e/media/{name}",
        world.url(f"media/{name}"),
        world.url(f"papers/{Path(name).name}/"),
    ):
        answer = client.get(path)
        assert answer.status_code == 404, path
        assert SAMPLE not in body_of(answer)


# --- in which state ---------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"scan_state": "pending"}, "还在等待查毒"),
        ({"scan_state": "infected", "scan_note": "Eicar", "scanned_at": True}, "发现了病毒"),
        (
            {"scan_state": "not_scanned", "scan_note": "超出查毒程序的检查范围", "scanned_at": True},
            "不能确认是否安全",
        ),
        ({"scan_state": "not_scanned"}, "没有可用的查毒程序"),
    ],
)
def test_what_is_not_servable_says_so_at_every_address_and_sends_nothing(
    play: Play, settings: Any, changes: dict[str, Any], words: str
) -> None:
    addresses = every_address(play)
    if changes.get("scanned_at"):
        changes = {**changes, "scanned_at": clock.now()}
    Attachment.objects.update(**changes)
    settings.SCAN_REQUIRED = True
    settings.CLAMD_ADDRESS = "127.0.0.1:1" if changes["scan_state"] == "pending" else ""
    people = {"unit": play.submitter(), "desk": play.officer, "bureau": play.officer}
    people["panel"] = play.world.people["expert1"]
    for audience, (url, _) in addresses.items():
        answer = browser_of(people[audience]).get(url)
        assert answer.status_code == 409, audience
        assert words in answer.content.decode()
        assert answer["Cache-Control"] == "private, no-store"
        assert b"%PDF" not in answer.content


def test_the_pages_say_the_state_and_link_only_what_opens(world: World, settings: Any) -> None:
    application, actor = draft_of(world), submitter_of(world)
    add_material_file(
        application=application, name="licence_copy", upload=upload("执照.pdf", SAMPLE), actor=actor
    )
    url = world.url(f"unit/applications/{application.pk}/materials/")
    link = tenant_url("unit:file", pk=application.pk, file=MaterialFile.objects.get().pk)
    page = browser_of(actor).get(url).content.decode()
    assert "未查毒" in page
    assert f'href="{link}"' in page
    settings.SCAN_REQUIRED = True
    Attachment.objects.update(scan_state="pending")
    page = browser_of(actor).get(url).content.decode()
    assert "正在查毒" in page
    assert "查毒完成后才能打开" in page
    assert f'href="{link}"' not in page
    Attachment.objects.update(scan_state="infected", scan_note="Eicar", scanned_at=clock.now())
    page = browser_of(actor).get(url).content.decode()
    assert "有病毒" in page
    assert "请移除后重新上传" in page


def test_an_infected_material_is_not_handed_in(world: World) -> None:
    application = fill(world, draft_of(world))
    file = MaterialFile.objects.filter(material__name="licence_copy").get()
    Attachment.objects.filter(pk=file.attachment_id).update(
        scan_state="infected", scan_note="Eicar", scanned_at=clock.now()
    )
    with pytest.raises(Exception, match="有文件查出病毒，请移除后重新上传"):
        submit(application=application, actor=submitter_of(world), pledged=True)


# --- a person's papers ------------------------------------------------------------


@pytest.fixture
def personal(world: World) -> tuple[Application, MaterialFile]:
    """An application whose copy of an identity card is a picture; handed in."""
    application = draft_of(world)
    fill(world, application)
    MaterialFile.objects.filter(material__name=ID_COPY).delete()
    file = add_material_file(
        application=application,
        name=ID_COPY,
        upload=upload("身份证.png", picture("PNG", size=(900, 600))),
        actor=submitter_of(world),
    )
    submit(application=application, actor=submitter_of(world), pledged=True)
    application.refresh_from_db()
    return application, file


def looks(file: MaterialFile) -> list[tuple[str, str, str]]:
    return [
        (entry.action, entry.actor.username, entry.reason)
        for entry in LogEntry.history_of(file.attachment)
        if entry.action.endswith("_personal")
    ]


def reviewer_of(world: World, application: Application) -> User:
    return Play(world).reviewer(application)


in_shenzhen = pytest.mark.parametrize("world", ["shenzhen"], indirect=True)


@in_shenzhen
def test_a_reviewer_sees_a_watermarked_copy_and_each_look_is_a_row(
    world: World, personal: tuple[Application, MaterialFile]
) -> None:
    application, file = personal
    reviewer = reviewer_of(world, application)
    url = tenant_url("desk:attachment", pk=application.pk, file=file.attachment_id)
    client = browser_of(reviewer)
    page = client.get(url)
    assert page.status_code == 200
    assert f'src="{url}?copy=1"' in page.content.decode()
    assert looks(file) == []
    copy = client.get(f"{url}?copy=1")
    assert (copy["Content-Type"], is_guarded(copy)) == ("image/jpeg", True)
    assert looks(file) == [("documents.view_personal", reviewer.username, "")]
    client.get(f"{url}?copy=1")
    assert len(looks(file)) == 2
    entry = LogEntry.history_of(file.attachment).filter(action="documents.view_personal")[0]
    assert entry.data == {"sha256": file.attachment.sha256, "purpose": f"{application.round.title}审核"[:40]}
    assert "身份证" not in json.dumps(entry.data, ensure_ascii=False)
    with (
        Image.open(io.BytesIO(copy.content)) as marked,
        Image.open(io.BytesIO(picture("PNG", (900, 600)))) as clean,
    ):
        assert marked.size == clean.size
        # Every sixth of the page carries ink: nothing can be cut out of it.
        for left in range(0, 900, 300):
            for top in (0, 300):
                box = (left, top, left + 300, top + 300)
                difference = ImageChops.difference(
                    marked.crop(box).convert("RGB"), clean.crop(box).convert("RGB")
                )
                assert max(high for _, high in difference.getextrema()) > 40


@in_shenzhen
def test_the_original_costs_a_reason(world: World, personal: tuple[Application, MaterialFile]) -> None:
    application, file = personal
    reviewer = reviewer_of(world, application)
    url = tenant_url("desk:attachment", pk=application.pk, file=file.attachment_id)
    client = browser_of(reviewer)
    refused = client.post(url, {"reason": "  "})
    assert refused.status_code == 422
    assert "取得原件必须写明理由" in refused.content.decode()
    assert looks(file) == []
    given = client.post(url, {"reason": "核对原件"})
    assert is_guarded(given)
    assert body_of(given).startswith(b"\x89PNG")
    assert looks(file) == [("documents.take_personal", reviewer.username, "核对原件")]


@in_shenzhen
def test_the_original_is_taken_only_after_the_person_has_confirmed(
    world: World, personal: tuple[Application, MaterialFile]
) -> None:
    application, file = personal
    client = browser_of(reviewer_of(world, application))
    session = client.session
    session[CONFIRMED] -= django_settings.REAUTHENTICATION_SECONDS
    session.save()
    url = tenant_url("desk:attachment", pk=application.pk, file=file.attachment_id)
    answer = client.post(url, {"reason": "核对原件"})
    assert answer["Location"].startswith("/accounts/reauthenticate/")
    assert looks(file) == []


@in_shenzhen
def test_the_unit_reads_its_own_with_a_row(world: World, personal: tuple[Application, MaterialFile]) -> None:
    application, file = personal
    submitter = submitter_of(world)
    url = tenant_url("unit:file", pk=application.pk, file=file.pk)
    answer = browser_of(submitter).get(url)
    assert body_of(answer).startswith(b"\x89PNG")
    assert looks(file) == [("documents.take_personal", submitter.username, "")]
    assert browser_of(submitter).post(url).status_code == 405


@in_shenzhen
def test_who_only_reads_gets_no_original(world: World, personal: tuple[Application, MaterialFile]) -> None:
    application, file = personal
    url = tenant_url("bureau:attachment", pk=application.pk, file=file.attachment_id)
    secretary = make_user("mishu", is_demonstration=True)
    appoint(user=secretary, authority=world.lead, role=Role.PANEL_SECRETARY, actor=None)
    browser = browser_of(secretary)
    assert browser.get(url).status_code == 200
    assert "取得原件" not in browser.get(url).content.decode()
    assert browser.post(url, {"reason": "看看"}).status_code == 405
    assert looks(file) == []
    assert browser_of(world.people["maker"]).get(f"{url}?copy=1").status_code == 404


@in_shenzhen
def test_who_reads_the_log_reads_no_papers(world: World, personal: tuple[Application, MaterialFile]) -> None:
    """The application is no page for the auditor: neither are its files, by whichever door."""
    application, _ = personal
    auditor = browser_of(world.people["auditor"])
    for file in Attachment.objects.filter(material_file__material__application=application):
        for door in ("desk:attachment", "bureau:attachment"):
            url = tenant_url(door, pk=application.pk, file=file.pk)
            looked = (auditor.get(url), auditor.get(f"{url}?copy=1"), auditor.post(url, {"reason": "审计"}))
            assert [answer.status_code for answer in looked] == [404] * 3, url


@in_shenzhen
def test_no_invisible_word_is_a_reason(world: World, personal: tuple[Application, MaterialFile]) -> None:
    application, file = personal
    url = tenant_url("desk:attachment", pk=application.pk, file=file.attachment_id)
    browser = browser_of(reviewer_of(world, application))
    for reason in (" ", "\u200b", "\u3000\u200b", "\u2800\u3164"):
        assert browser.post(url, {"reason": reason}).status_code == 422
    assert looks(file) == []


@in_shenzhen
def test_an_ordinary_file_takes_no_post(world: World, personal: tuple[Application, MaterialFile]) -> None:
    application, _ = personal
    plain = MaterialFile.objects.filter(material__application=application, attachment__personal=False)[0]
    url = tenant_url("desk:attachment", pk=application.pk, file=plain.attachment_id)
    assert browser_of(reviewer_of(world, application)).post(url, {"reason": "x"}).status_code == 405


def test_every_page_of_a_pdf_is_stamped(world: World) -> None:
    actor = world.people["officer"]
    content = corpus.pages(3)
    found = take_in(upload=upload("身份证.pdf", content), accepts=("pdf",), actor=actor, personal=True)
    made, media_type = look_at(attachment=found, purpose="2024年度申报审核", actor=actor)
    pages = PdfReader(io.BytesIO(made)).pages
    assert (media_type, len(pages)) == ("application/pdf", 3)
    for page in pages:
        text = page.extract_text().replace("\n", "")
        for words in ("仅供2024年度申报审核", str(actor), f"{clock.local(clock.now()):%Y-%m-%d}"):
            assert words in text


def test_a_kind_without_a_copy_says_so_and_leaves_no_row(world: World) -> None:
    actor = world.people["officer"]
    found = take_in(upload=upload("名册.docx", office()), accepts=("docx",), actor=actor, personal=True)
    with pytest.raises(DomainError, match="没有带水印的副本"):
        look_at(attachment=found, purpose="审核", actor=actor)
    assert not LogEntry.history_of(found).exists()


def test_media_lies_outside_of_what_is_served() -> None:
    media = Path(django_settings.MEDIA_ROOT).resolve()
    for served in (django_settings.STATIC_ROOT, django_settings.BASE_DIR / "static"):
        assert not media.is_relative_to(Path(served).resolve())
