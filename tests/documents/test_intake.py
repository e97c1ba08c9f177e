"""What is taken in: only what it says it is, not empty, not too large, under a name of our own."""

from __future__ import annotations

import hashlib
import io
import zipfile
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from django.core.files.uploadedfile import SimpleUploadedFile

from core.errors import DomainError
from documents.intake import MAX_OFFICE_UNPACKED, take_in
from documents.models import Attachment
from documents.serving import attachment_response
from tests.world import World

PDF = (Path(django_settings.BASE_DIR) / "fixtures" / "demo" / "sample.pdf").read_bytes()
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010806000000"
    "1f15c4890000000d49444154789c6360000002000001e221bc330000000049454e44ae426082"
)
JPG = bytes.fromhex("ffd8ffe000104a46494600010100000100010000") + b"\x00" * 64 + bytes.fromhex("ffd9")
ALL = ("pdf", "jpg", "png", "docx", "xlsx")


def office(part: str, *, unpacked: int = 10, entries: int = 1) -> bytes:
    """A zip that has the part which office files of a kind have."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(part, b"\x00" * unpacked)
        for number in range(entries - 1):
            archive.writestr(f"extra/{number}", b"")
    return buffer.getvalue()


def upload(name: str, content: bytes) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, "application/octet-stream")


@pytest.mark.parametrize(
    ("name", "content", "media_type"),
    [
        ("执照.pdf", PDF, "application/pdf"),
        ("照片.PNG", PNG, "image/png"),
        ("照片.jpeg", JPG, "image/jpeg"),
        (
            "报告.docx",
            office("word/document.xml"),
            "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        ),
        (
            "名册.xlsx",
            office("xl/workbook.xml"),
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        ),
    ],
)
def test_what_it_says_it_is_is_stored_under_a_name_of_our_own(
    world: World, name: str, content: bytes, media_type: str
) -> None:
    attachment = take_in(upload=upload(name, content), accepts=ALL, actor=world.people["reviewer"])
    assert (attachment.original_name, attachment.content_type, attachment.size) == (
        name,
        media_type,
        len(content),
    )
    assert attachment.sha256 == hashlib.sha256(content).hexdigest()
    assert attachment.file.read() == content
    folder, stored = attachment.file.name.split("/")
    assert (folder, len(stored)) == (str(world.jurisdiction.pk), 32)
    assert attachment.scan_state == "not_scanned"


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("空.pdf", b"", "空文件"),
        ("网页.pdf", b"<!doctype html><script>alert(1)</script>", "内容不是 PDF"),
        ("网页.html", b"<html></html>", "格式不支持"),
        ("程序.pdf.exe", PDF, "格式不支持"),
        ("没有扩展名", PDF, "格式不支持"),
        ("图片.png", PDF, "内容不是 PNG"),
        ("文档.pdf", PNG, "内容不是 PDF"),
        ("报告.docx", PDF, "内容不是 DOCX"),
        ("报告.docx", office("xl/workbook.xml"), "内容不是 DOCX"),
        ("报告.docx", office("readme.txt"), "内容不是 DOCX"),
        ("表.xlsx", b"PK\x03\x04broken", "内容不是 XLSX"),
        ("旧.doc", b"\xd0\xcf\x11\xe0", "格式不支持"),
    ],
)
def test_anything_else_is_refused_in_words_and_nothing_is_stored(
    world: World, name: str, content: bytes, words: str
) -> None:
    with pytest.raises(DomainError, match=words) as refused:
        take_in(upload=upload(name, content), accepts=ALL, actor=world.people["reviewer"])
    assert name in refused.value.message
    assert not Attachment.objects.exists()
    assert not [path for path in Path(django_settings.MEDIA_ROOT).rglob("*") if path.is_file()]


def test_a_kind_that_this_material_does_not_take_is_refused(world: World) -> None:
    with pytest.raises(DomainError, match="可上传：pdf"):
        take_in(upload=upload("照片.png", PNG), accepts=("pdf",), actor=world.people["reviewer"])


def test_one_byte_too_many_is_refused_and_the_limit_itself_is_not(world: World, settings: object) -> None:
    settings.MAX_UPLOAD_BYTES = len(PDF)
    take_in(upload=upload("正好.pdf", PDF), accepts=("pdf",), actor=world.people["reviewer"])
    with pytest.raises(DomainError, match="超过上限"):
        take_in(upload=upload("过大.pdf", PDF + b"\n"), accepts=("pdf",), actor=world.people["reviewer"])


def test_an_office_file_that_would_burst_is_refused_unopened(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("documents.intake.MAX_OFFICE_UNPACKED", 1024 * 1024)
    bomb = office("word/document.xml", unpacked=1024 * 1024 + 1)
    assert len(bomb) < 4096 < MAX_OFFICE_UNPACKED
    with pytest.raises(DomainError, match="内容不是 DOCX"):
        take_in(upload=upload("炸弹.docx", bomb), accepts=ALL, actor=world.people["reviewer"])
    crowd = office("word/document.xml", entries=5_001)
    with pytest.raises(DomainError, match="内容不是 DOCX"):
        take_in(upload=upload("拥挤.docx", crowd), accepts=ALL, actor=world.people["reviewer"])


@pytest.mark.parametrize("name", ["../../etc/passwd.pdf", "C:\\temp\\执照.pdf", "a\x00b.pdf"])
def test_a_name_never_becomes_a_path(world: World, name: str) -> None:
    attachment = take_in(upload=upload(name, PDF), accepts=("pdf",), actor=world.people["reviewer"])
    stored = Path(attachment.file.path).resolve()
    assert stored.is_relative_to(Path(django_settings.MEDIA_ROOT).resolve())
    assert "\x00" not in attachment.original_name
    assert "/" not in attachment.original_name


def test_a_file_is_handed_out_as_a_download_that_nothing_executes(world: World) -> None:
    attachment = take_in(upload=upload("执照.pdf", PDF), accepts=("pdf",), actor=world.people["reviewer"])
    response = attachment_response(attachment)
    assert b"".join(response.streaming_content) == PDF
    assert response["Content-Disposition"].startswith("attachment")
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert response["Cache-Control"] == "private, no-store"
