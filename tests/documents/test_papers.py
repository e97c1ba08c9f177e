"""Official papers: decided and hashed at once, rendered with our own fonts and nothing from outside."""

import hashlib
import io
import re
from datetime import date

import pytest
from django.template.loader import render_to_string
from pypdf import PdfReader

from core import outbox, pdf
from documents.enums import DocumentKind
from documents.models import OfficialDocument
from documents.papers import issue, title_lines
from documents.serving import paper_response


def correction(world, **changes):
    """A paper to one unit."""
    given = {
        "issuers": [world.lead.name],
        "recipient": "沁水县沁河煤机制造有限公司",
        "application": {"number": "沁水申2024-0001"},
        "items": [{"label": "申请报告", "text": "缺少第三页"}],
        "rules": world.rules,
        "due": date(2024, 6, 5),
        **changes,
    }
    return issue(
        kind=DocumentKind.CORRECTION,
        subject=world.lead,
        title="补正通知书",
        template="papers/correction.html",
        context=given,
        issued_on=date(2024, 5, 6),
        actor=world.people["officer"],
    )


def rendered(document) -> bytes:
    while outbox.relay_one():
        pass
    document.refresh_from_db()
    with document.pdf.open("rb") as file:
        return file.read()


def printed(content: bytes) -> list[str]:
    """The text of each page of the PDF."""
    return [page.extract_text() for page in PdfReader(io.BytesIO(content)).pages]


def test_paper_is_decided_at_once_and_rendered_after(world):
    document = correction(world)
    assert document.sha256 == hashlib.sha256(document.html.encode()).hexdigest()
    assert not document.pdf
    content = rendered(document)
    assert content.startswith(b"%PDF-")
    assert outbox.relay_one() is False
    name = document.pdf.name
    outbox.emit("documents.render", document=document.pk)
    rendered(document)
    assert OfficialDocument.objects.get().pdf.name == name


def test_pdf_says_what_was_decided(world):
    (text,) = printed(rendered(correction(world)))
    for words in ("补正通知书", "沁水县沁河煤机制造有限公司：", "1.申请报告：缺少第三页", "2024年6月5日"):
        assert words in text, words
    # Dates without padding, the page number as the standard writes it.
    assert "2024年5月6日" in text
    assert re.search(r"— ?1 ?—$", text)


def test_characters_of_rare_names_print(world):
    (text,) = printed(rendered(correction(world, recipient="喆祎玥堃")))
    assert "喆祎玥堃" in text


def test_character_without_glyph_fails_by_name():
    with pytest.raises(pdf.MissingGlyphs, match="\U0002a6d6"):
        pdf.render("<p>王\U0002a6d6</p>")


def test_template_reaches_neither_file_nor_network(tmp_path):
    secret = tmp_path / "secret.txt"
    secret.write_text("机密内容")
    for address in (secret.as_uri(), "http://127.0.0.1:9/x.css", "https://example.org/x.png"):
        html = (
            f'<link rel="stylesheet" href="{address}"><img src="{address}">'
            f'<a rel="attachment" href="{address}">x</a><p>正文</p>'
        )
        content = pdf.render(html)
        assert content.startswith(b"%PDF-")
        assert b"EmbeddedFile" not in content


def numbered(world, issuers: list[str]) -> str:
    document = OfficialDocument(
        kind=DocumentKind.DESIGNATION,
        number="沁人社字〔2024〕6号",
        title=world.rules.designation.document_title,
        issued_on=date(2024, 6, 5),
    )
    context = {
        "document": document,
        "title_lines": title_lines(document.title),
        "issuers": issuers,
        "printed_by": world.lead.name,
        "rules": world.rules,
        "rows": [{"number": "沁技站202401", "name": "甲站", "unit": "甲", "leader": "乙", "plaque": "丙"}],
        "steps": ["单位申报"],
        "list_title": "名单",
    }
    return render_to_string("papers/designation.html", context)


def test_numbered_paper_has_a_head_with_every_issuer_in_order(world):
    issuers = ["中共沁水县委组织部", "沁水县人力资源和社会保障局", "沁水县财政局"]
    html = numbered(world, issuers)
    head = html[html.index('class="head"') : html.index("<h1>")]
    assert sorted(issuers, key=head.index) == issuers
    pages = printed(pdf.render(html))
    first, last = pages[0], pages[-1]
    assert "沁人社字〔2024〕6号" in first
    # The attachment starts a page of its own, and page numbers go on.
    assert last.startswith("附件")
    assert "2024年6月5日印发" in last
    assert re.search(rf"— ?{len(pages)} ?—$", last)


def test_paper_without_number_has_no_head(world):
    html = correction(world).html
    assert 'class="head"' not in html
    assert 'class="imprint"' not in html


def test_signatures_break_between_the_parts_of_a_name(world):
    issuers = ["温州市人力资源和社会保障局", "中共温州市委人才工作领导小组办公室", "温州市财政局"]
    pages = printed(pdf.render(numbered(world, issuers)))
    signed = next(page for page in pages if "2024年6月5日" in page and "附件：" in page)
    lines = signed[signed.index("附件：") :].splitlines()
    # Three columns side by side: their lines run together in the text, their parts do not come apart.
    text = "".join(lines)
    for part in ("中共温州市委", "人才工作", "领导小组", "办公室", "人力资源和", "社会保障局"):
        assert part in text, (part, lines)


def test_pages_hold_28_characters_a_line():
    document = {"title": "标题", "issued_on": date(2024, 6, 5)}
    context = {"document": document, "title_lines": ["标题"], "issuers": ["某局"]}
    rows = f"<p>{'字' * 26}{'文' * 28}末</p>"
    html = render_to_string("papers/base.html", context)
    html = html.replace('<div class="sign">', f'{rows}<div class="sign">')
    (text,) = printed(pdf.render(html))
    lines = text.splitlines()
    assert "字" * 26 in lines
    assert "文" * 28 in lines


@pytest.mark.parametrize(
    ("title", "lines"),
    [
        ("关于认定沁水县技师工作站的通知", ["关于认定沁水县技师工作站的通知"]),
        (
            "关于2024年拟认定佛山市高明区技师工作站名单的公示",
            ["关于2024年拟认定", "佛山市高明区技师工作站名单的公示"],
        ),
    ],
)
def test_titles_break_by_meaning(title, lines):
    assert title_lines(title) == lines


def test_download_is_kept_by_no_browser(world):
    document = correction(world)
    rendered(document)
    response = paper_response(document)
    assert response["Content-Type"] == "application/pdf"
    assert (response["X-Content-Type-Options"], response["Cache-Control"]) == ("nosniff", "private, no-store")
