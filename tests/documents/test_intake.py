"""What is taken in: not empty, not too large, under a name of our own (F8), personal papers sealed."""

from __future__ import annotations

import hashlib
import logging
from email.message import Message
from io import StringIO
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from django.core.files.uploadedfile import SimpleUploadedFile, UploadedFile
from django.core.management import call_command

from core.errors import DomainError
from core.sealing import new_key
from documents import contents
from documents.intake import MEDIA_TYPES, take_in
from documents.models import Attachment
from documents.naming import clean_name, kind_of
from documents.serving import attachment_response
from jurisdictions.engine import Profile
from jurisdictions.models import Jurisdiction
from tests.documents import corpus
from tests.documents.corpus import SAMPLE as PDF
from tests.documents.corpus import office, picture, upload
from tests.world import World

ALL = ("pdf", "jpg", "png", "docx", "xlsx")


def brought(world: World, name: str, content: bytes = PDF, **more: object) -> Attachment:
    return take_in(upload=upload(name, content), accepts=ALL, actor=world.people["reviewer"], **more)


def stored_files() -> list[Path]:
    return [path for path in Path(django_settings.MEDIA_ROOT).rglob("*") if path.is_file()]


@pytest.mark.parametrize(
    ("name", "content"),
    [("执照.pdf", PDF), ("报告.docx", office()), ("名册.xlsx", office("xlsx"))],
)
def test_what_it_says_it_is_is_stored_under_a_name_of_our_own(
    world: World, name: str, content: bytes
) -> None:
    attachment = brought(world, name, content)
    assert (attachment.original_name, attachment.content_type, attachment.size) == (
        name,
        MEDIA_TYPES[kind_of(name)],
        len(content),
    )
    assert (attachment.sha256, attachment.received_sha256) == (hashlib.sha256(content).hexdigest(), "")
    assert attachment.file.read() == content == contents.content_of(attachment)
    folder, stored = attachment.file.name.split("/")
    assert (folder, len(stored)) == (str(world.jurisdiction.pk), 32)
    assert stored_files()[0].stat().st_mode & 0o777 == 0o640


@pytest.mark.parametrize(("name", "kind"), [("照片.jpeg", "JPEG"), ("照片.PNG", "PNG")])
def test_of_a_picture_both_digests_are_kept(world: World, name: str, kind: str) -> None:
    given = picture(kind) + b"trailing"
    attachment = brought(world, name, given)
    stored = attachment.file.read()
    assert attachment.received_sha256 == hashlib.sha256(given).hexdigest()
    assert attachment.sha256 == hashlib.sha256(stored).hexdigest() != attachment.received_sha256
    assert attachment.size == len(stored)
    assert b"trailing" not in stored


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("空.pdf", b"", "空文件"),
        ("网页.pdf", corpus.HTML, "看起来是网页"),
        ("网页.html", corpus.HTML, "格式不支持"),
        ("程序.pdf.exe", PDF, "格式不支持"),
        ("没有扩展名", PDF, "格式不支持"),
        ("宏.docm", office(), "格式不支持"),
        ("宏.xlsm", office("xlsx"), "格式不支持"),
        ("旧.doc", b"\xd0\xcf\x11\xe0", "格式不支持"),
    ],
)
def test_anything_else_is_refused_in_words_and_nothing_is_stored(
    world: World, name: str, content: bytes, words: str, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG), pytest.raises(DomainError, match=words) as refused:
        brought(world, name, content)
    assert name in refused.value.message
    assert name.partition(".")[0] not in caplog.text
    assert not Attachment.objects.exists()
    assert not stored_files()


def test_a_kind_that_this_material_does_not_take_is_refused(world: World) -> None:
    with pytest.raises(DomainError, match="可上传：pdf"):
        take_in(upload=upload("照片.png", picture("PNG")), accepts=("pdf",), actor=world.people["reviewer"])


def test_one_byte_too_many_is_refused_and_the_limit_itself_is_not(world: World, settings: object) -> None:
    settings.MAX_UPLOAD_BYTES = len(PDF)
    brought(world, "正好.pdf")
    with pytest.raises(DomainError, match="超过上限"):
        brought(world, "过大.pdf", PDF + b"\n")


# --- personal papers --------------------------------------------------------------


def test_a_persons_papers_lie_sealed(world: World) -> None:
    attachment = brought(world, "身份证.pdf", personal=True)
    stored = stored_files()[0].read_bytes()
    assert PDF[100:200] not in stored
    assert b"%PDF" not in stored
    assert contents.content_of(attachment) == PDF
    assert attachment.sha256 == hashlib.sha256(PDF).hexdigest()


def test_a_sealed_file_does_not_open_under_another_row(world: World) -> None:
    mine, other = (brought(world, "甲.png", picture("PNG", size), personal=True) for size in ((9, 9), (8, 8)))
    other.file.name = mine.file.name
    with pytest.raises(ValueError, match="sealed for another purpose"):
        contents.content_of(other)


def test_files_follow_a_change_of_keys(world: World, settings: object) -> None:
    sealed, plain = brought(world, "甲.pdf", personal=True), brought(world, "乙.pdf")
    before, untouched = sealed.file.name, plain.file.name
    assert contents.reseal_all() == 0
    settings.FIELD_KEYS = f"next:{new_key()},{settings.FIELD_KEYS}"
    Jurisdiction.objects.update(is_active=False)
    call_command("rotate_field_keys", stdout=(said := StringIO()))
    assert "documents.Attachment: 1\n" in said.getvalue()
    settings.FIELD_KEYS = settings.FIELD_KEYS.partition(",")[0]
    sealed.refresh_from_db()
    plain.refresh_from_db()
    assert contents.content_of(sealed) == PDF
    assert sealed.file.name != before
    assert plain.file.name == untouched


@pytest.mark.parametrize(
    ("world", "names"),
    [
        ("wenzhou", {"ids_certs_education_copies"}),
        ("yantai", {"technician_ids_certs_awards", "three_year_trained_list"}),
        ("shenzhen", {"head_id_copy", "instructor_id_cert_education_copies"}),
        ("gaoming", {"member_id_cert_performance"}),
        ("qinshui", set()),
    ],
    indirect=["world"],
)
def test_which_materials_show_who_a_person_is(world: World, names: set[str]) -> None:
    rules: Profile = world.rules
    assert {material.name for material in rules.materials if material.is_personal} == names


def test_a_profile_may_say_so_itself(world: World) -> None:
    material = world.rules.materials[0]
    assert material.model_copy(update={"personal": True, "label": "名册"}).is_personal
    assert not material.model_copy(update={"personal": False, "label": "身份证"}).is_personal


@pytest.mark.parametrize(
    ("label", "personal"),
    [
        ("近三年培养的高级工及以上人才名单和证件", True),
        ("指导教师学历证明", True),
        ("成员职业资格证书", True),
        # A unit's own certificates, and prizes, name no number of a person.
        ("法人登记证书或营业执照", False),
        ("法人证照、组织机构代码证复印件", False),
        ("获奖、技术认定、出版物等证明复印件", False),
    ],
)
def test_what_shows_who_a_person_is_is_known_by_its_name(world: World, label: str, personal: bool) -> None:
    material = world.rules.materials[0]
    assert material.model_copy(update={"personal": None, "label": label}).is_personal == personal


# --- names (F8) -------------------------------------------------------------------

NAMES = {
    "../../etc/passwd.pdf": "passwd.pdf",
    "..\\..\\windows\\执照.pdf": "执照.pdf",
    "C:\\temp\\执照.pdf": "执照.pdf",
    "a\x00b.pdf": "ab.pdf",
    "a\r\nSet-Cookie: x=1.pdf": "aSet-Cookie: x=1.pdf",
    "证件\u202efdp.exe.pdf": "证件fdp.exe.pdf",
    "\u2066证\u200b件\u2069.pdf": "证件.pdf",
    "营业执照（副本）.pdf": "营业执照（副本）.pdf",
    "𠮷野家 喆祎.pdf": "𠮷野家 喆祎.pdf",
    'quote"semi;.pdf': 'quote"semi;.pdf',
    "  .执照.pdf . ": "执照.pdf",
    "长" * 300 + ".pdf": "长" * 116 + ".pdf",
    "x" * 300 + "." + "y" * 300: "x" * 120,
    "\u202e": "未命名",
}


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("11010519491231002X身份证.pdf", "1101**********002X身份证.pdf"),
        ("张三_11010519491231002X.pdf", "张三_1101**********002X.pdf"),
        ("ID11010519491231002x-正面.jpg", "ID1101**********002X-正面.jpg"),
        ("１１０１０５１９４９１２３１００２Ｘ.pdf", "1101**********002X.pdf"),
        ("联系方式13803569876.pdf", "联系方式138****9876.pdf"),
        ("卡6222021608001234567.pdf", "卡**** 4567.pdf"),
        # What is no person's number stays.
        ("扫描件_20260312_143055.pdf", "扫描件_20260312_143055.pdf"),
        ("mmexport1712345678901.jpg", "mmexport1712345678901.jpg"),
        ("执照91370600MA3C4D5E6F.pdf", "执照91370600MA3C4D5E6F.pdf"),
    ],
)
def test_no_number_of_a_person_stays_in_the_name_of_a_file(given: str, kept: str) -> None:
    assert clean_name(given) == kept


@pytest.mark.parametrize("given", NAMES)
def test_a_name_is_kept_readable_and_never_a_trick(given: str) -> None:
    assert clean_name(given) == NAMES[given]


@pytest.mark.parametrize("given", [name for name in NAMES if NAMES[name].endswith(".pdf")])
def test_a_name_never_becomes_a_path_and_comes_back_in_the_header(world: World, given: str) -> None:
    raw = SimpleUploadedFile("x.pdf", PDF)
    raw._name = given  # past Django's own cleaning
    assert UploadedFile.name.fget(raw) == given
    attachment = take_in(upload=raw, accepts=("pdf",), actor=world.people["reviewer"])
    stored = Path(attachment.file.path).resolve()
    assert stored.is_relative_to(Path(django_settings.MEDIA_ROOT).resolve())
    assert len(stored.name) == 32
    assert attachment.original_name == NAMES[given]
    header = attachment_response(attachment)["Content-Disposition"]
    assert name_in(header) == NAMES[given]


def name_in(header: str) -> str:
    """As a browser reads it (RFC 6266)."""
    message = Message()
    message["Content-Disposition"] = header
    assert message.get_content_disposition() == "attachment"
    return message.get_filename() or ""


def test_an_old_name_with_a_line_break_does_not_break_the_header(world: World) -> None:
    attachment = brought(world, "执照.pdf")
    attachment.original_name = "a\r\nX-Evil: 1.pdf"
    answer = attachment_response(attachment)
    assert "X-Evil" not in answer.headers
    assert name_in(answer["Content-Disposition"]) == "aX-Evil: 1.pdf"
