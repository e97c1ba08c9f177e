"""Verifying a paper, and reading it: the public ones for everybody, the others for who sees their subject."""

import pytest

from core import outbox
from documents.enums import DocumentKind
from documents.models import OfficialDocument
from tests.applications.builders import Play
from tests.browsing import signed_in, text_of
from tests.documents.test_papers import correction
from tests.notices.builders import published


def render_all() -> None:
    while outbox.relay_one():
        pass


def test_anybody_verifies_by_the_code_alone(world, client):
    document = published(world, "2024-06-05").document
    page = text_of(client, f"/verify/{document.verification_code}/")
    for words in (document.title, document.sha256, world.lead.name, "与存档一致", "2024年6月5日"):
        assert words in page, words


def test_altered_archive_is_called_so(world, client):
    document = published(world, "2024-06-05").document
    OfficialDocument.objects.filter(pk=document.pk).update(html=document.html.replace("甲", "丙"))
    page = text_of(client, f"/verify/{document.verification_code}/")
    assert "与存档不一致" in page
    assert "与存档一致" not in page


def test_unknown_code_is_said_to_be_unknown(world, client):
    page = client.get("/verify/000000000000000a/")
    assert page.status_code == 404
    assert "没有找到这份文件" in page.content.decode()


def test_papers_to_one_unit_are_verified_without_naming_it(world, client):
    document = correction(world)
    page = text_of(client, f"/verify/{document.verification_code}/")
    assert "与存档一致" in page
    assert "<dt>标题</dt>" not in page
    assert "沁河煤机" not in page
    assert client.get(world.url(f"papers/{document.verification_code}/")).status_code == 404


def test_public_papers_are_handed_to_everybody_once_rendered(world, client):
    document = published(world, "2024-06-05").document
    url = world.url(f"papers/{document.verification_code}/")
    waiting = client.get(url)
    assert waiting.status_code == 202
    assert "正在生成" in waiting.content.decode()
    render_all()
    ready = client.get(url)
    assert ready["Content-Type"] == "application/pdf"
    assert b"".join(ready.streaming_content).startswith(b"%PDF-")


def test_other_papers_only_to_who_sees_their_subject(world, client):
    application = Play(world).submitted()
    document = correction(world)
    OfficialDocument.objects.filter(pk=document.pk).update(
        subject_type=application.deadlines.content_type, subject_id=application.pk
    )
    render_all()
    url = world.url(f"papers/{document.verification_code}/")
    assert client.get(url).status_code == 404
    found = {key: signed_in(world, key).get(url).status_code for key in ("submitter", "officer", "reviewer2")}
    assert found == {"submitter": 200, "officer": 200, "reviewer2": 404}


@pytest.mark.parametrize("kind", [DocumentKind.CORRECTION, DocumentKind.REFUSAL])
def test_no_other_kind_is_public_by_itself(world, client, kind):
    document = correction(world)
    OfficialDocument.objects.filter(pk=document.pk).update(kind=kind)
    assert client.get(world.url(f"papers/{document.verification_code}/")).status_code == 404
