"""Where an upload lies while its request lasts: nameless, in quarantine, never more than its limit."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.contrib.auth import SESSION_KEY
from django.core.files.uploadhandler import SkipFile
from django.test import Client, RequestFactory

from documents.models import Attachment
from documents.uploading import QuarantinedFile, QuarantineUploadHandler, open_to_files
from tests.applications.filing import browser_of, draft_of, submitter_of
from tests.documents.corpus import HTML, SAMPLE, pdf, upload
from tests.world import World

# More than Django keeps in memory.
LARGE = pdf(f"<</Length 3000000>>\nstream\n{'0' * 3_000_000}\nendstream")


@pytest.fixture
def quarantine(settings: Any, tmp_path: Path) -> Path:
    settings.QUARANTINE_ROOT = tmp_path / "quarantine"
    return settings.QUARANTINE_ROOT


def sent(world: World, *files: Any) -> Any:
    """The answer to bringing files for a material, as the page does."""
    application = draft_of(world)
    url = world.url(f"unit/applications/{application.pk}/materials/licence_copy/add/")
    return browser_of(submitter_of(world)).post(url, {"file": list(files)})


def reasons(answer: Any) -> list[str]:
    return [reason for line in answer.context["lines"] for reason in line["errors"]]


def test_a_large_file_passes_through_quarantine_and_leaves_nothing_there(
    world: World, quarantine: Path
) -> None:
    assert sent(world, upload("大.pdf", LARGE)).status_code == 302
    assert Attachment.objects.get().size == len(LARGE)
    assert list(quarantine.iterdir()) == []


def test_a_quarantine_that_takes_nothing_is_a_sentence_beside_the_field(
    world: World, quarantine: Path
) -> None:
    quarantine.write_text("a file where the folder should be")
    answer = sent(world, upload("大.pdf", LARGE), upload("小.pdf", SAMPLE))
    assert answer.status_code == 422
    assert [reason for reason in reasons(answer) if "大.pdf" in reason] == [
        "服务器暂时无法保存文件，“大.pdf”没有上传；请稍后再试，仍不成功请联系管理员。"
    ]


def test_what_is_too_large_is_refused_with_its_true_size(
    world: World, quarantine: Path, settings: Any
) -> None:
    settings.MAX_UPLOAD_BYTES = 2_800_000
    answer = sent(world, upload("大.pdf", LARGE))
    assert reasons(answer) == ["“大.pdf”有 2.9 MB，超过上限 2 MB。"]


def test_a_refusal_stands_beside_its_field_with_its_reason(world: World) -> None:
    answer = sent(world, upload("执照.pdf", HTML))
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "“执照.pdf”的内容不是 PDF 文件（看起来是网页），请用原软件另存为 PDF 后再上传。" in page
    assert 'aria-describedby="file-licence_copy_error"' in page


def handler_of(session: dict[str, Any] | None) -> QuarantineUploadHandler:
    request = RequestFactory().post("/")
    if session is not None:
        request.session = session
    return QuarantineUploadHandler(request)


def test_no_byte_beyond_the_limit_reaches_the_disk(quarantine: Path, settings: Any) -> None:
    settings.MAX_UPLOAD_BYTES = 1_000
    handler = handler_of({SESSION_KEY: "1"})
    handler.new_file("file", "大.pdf", "application/pdf", None)
    for place in range(0, 100_000, 600):
        handler.receive_data_chunk(b"0" * 600, place)
    found = handler.file_complete(100_000)
    assert isinstance(found, QuarantinedFile)
    assert (found.size, found.is_cut, len(found.read())) == (100_000, False, 600)
    assert list(quarantine.iterdir()) == []  # it has no name there
    found.close()


def test_who_has_not_signed_in_brings_nothing(quarantine: Path) -> None:
    with pytest.raises(SkipFile):
        handler_of({}).new_file("file", "大.pdf", "application/pdf", None)
    assert not quarantine.exists()


def test_a_stranger_brings_files_only_where_a_page_says_so(quarantine: Path, settings: Any) -> None:
    settings.PUBLIC_UPLOAD_FILES, settings.PUBLIC_UPLOAD_BYTES = 1, 1_000
    one = ("files", "证据.pdf", "application/pdf", None)
    closed = handler_of({})
    closed.request.resolver_match = SimpleNamespace(func=lambda request: None)
    with pytest.raises(SkipFile):
        closed.new_file(*one)
    opened = handler_of({})
    opened.request.resolver_match = SimpleNamespace(func=open_to_files(lambda request: None))
    # One more than allowed is let through, so that the page can say that it is too many.
    for _ in range(2):
        opened.new_file(*one)
    for place in range(0, 6_000, 600):
        opened.receive_data_chunk(b"0" * 600, place)
    found = opened.file_complete(6_000)
    assert (found.size, len(found.read())) == (6_000, 600)
    with pytest.raises(SkipFile):
        opened.new_file(*one)


def test_a_stranger_fills_no_disk(world: World, quarantine: Path) -> None:
    Client().post(world.url("unit/"), {"file": upload("大.pdf", LARGE)})
    assert not quarantine.exists()
    assert not Attachment.objects.exists()
