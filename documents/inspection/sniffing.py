"""First look: the bytes at the front and at the end."""

from __future__ import annotations

import zipfile
from typing import BinaryIO

from documents.inspection.refusal import Refused

SIGNATURES = {
    "pdf": b"%PDF-",
    "jpg": b"\xff\xd8\xff",
    "png": b"\x89PNG\r\n\x1a\n",
    "docx": b"PK\x03\x04",
    "xlsx": b"PK\x03\x04",
}
# What else it may be, for the sentence: the beginning, without blanks and in lower case.
LOOKS = (
    (b"%pdf-", "PDF"),
    (b"\xff\xd8\xff", "JPG 图片"),
    (b"\x89png", "PNG 图片"),
    (b"gif8", "GIF 图片"),
    (b"bm", "BMP 图片"),
    (b"ii*\x00", "TIFF 图片"),
    (b"mm\x00*", "TIFF 图片"),
    (b"pk\x03\x04", "压缩包或 Office 文件"),
    (b"rar!", "压缩包"),
    (b"7z\xbc\xaf", "压缩包"),
    (b"\x1f\x8b", "压缩包"),
    (b"\xd0\xcf\x11\xe0", "旧版或加密的 Office 文件"),
    (b"mz", "程序"),
    (b"\x7felf", "程序"),
    (b"#!", "脚本"),
    (b"<svg", "SVG 图形"),
    (b"<!doctype", "网页"),
    (b"<html", "网页"),
    (b"<script", "网页"),
    (b"<?php", "网页程序"),
    (b"<?xml", "XML 文件"),
    (b"{\\rtf", "RTF 文件"),
)
HEAD = 1024
# What a browser, a mail program or a server that guesses would take for a page or a program.
SECOND_NATURES = (b"<html", b"<script", b"<!doctype", b"<svg", b"<?php", b"<iframe", b"javascript:")


def check(file: BinaryIO, kind: str) -> None:
    """The front is that of the kind, and nothing else can be read out of the same bytes."""
    file.seek(0)
    head = file.read(HEAD)
    if not head.startswith(SIGNATURES[kind]):
        known = looks_like(head)
        seems = f"（看起来是{known}）" if known else ""
        raise Refused(
            f"的内容不是 {kind.upper()} 文件{seems}，请用原软件另存为 {kind.upper()} 后再上传。",
            code="signature",
        )
    rest = head[len(SIGNATURES[kind]) :].lower()
    if any(mark in rest for mark in SECOND_NATURES) or b"%pdf-" in rest:
        raise second_nature()
    if SIGNATURES[kind] != SIGNATURES["docx"] and is_archive(file):
        raise second_nature("压缩包")


def looks_like(head: bytes) -> str:
    """A word for what the bytes look like; empty when nobody knows."""
    front = head.removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    return next((word for mark, word in LOOKS if front.startswith(mark)), "")


def second_nature(word: str = "另一种格式的内容") -> Refused:
    """The refusal of a file that is two things at once."""
    return Refused(f"里夹带了{word}，为安全起见不能上传；请用原软件另存后再上传。", code="polyglot")


def is_archive(file: BinaryIO) -> bool:
    """Whether a zip program would open it, wherever in the file the archive stands."""
    file.seek(0)
    return zipfile.is_zipfile(file)
