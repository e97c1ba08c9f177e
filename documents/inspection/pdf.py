"""PDF files: whole, of a readable size, and nothing in them that acts.

Two looks, because readers differ in what they make of a bent file: at every object as the parser
finds it, and at the names that stand in the bytes between the streams.
"""

from __future__ import annotations

import io
import re
import time
from collections.abc import Iterator
from typing import Any, BinaryIO

from pypdf import PdfReader
from pypdf.errors import PyPdfError
from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject, NameObject, StreamObject

from documents.inspection.refusal import Refused

MAX_PAGES = 1_000
MAX_OBJECTS = 200_000
MAX_SECONDS = 8.0
# The end mark stands here at the latest, and only blanks follow it.
TAIL = 2048

_SCRIPT, _START, _FILE = "脚本（JavaScript）", "启动程序的动作", "嵌入的附件"
_SEND, _MEDIA, _FORM = "向外发送或读取数据的动作", "多媒体内容", "动态表单（XFA）"
ACTIVE: dict[str, str] = {
    "/JavaScript": _SCRIPT,
    "/JS": _SCRIPT,
    "/Launch": _START,
    "/EmbeddedFile": _FILE,
    "/EmbeddedFiles": _FILE,
    "/EF": _FILE,
    "/FileAttachment": _FILE,
    "/SubmitForm": _SEND,
    "/ImportData": _SEND,
    "/GoToE": _SEND,
    "/GoToR": _SEND,
    "/RichMedia": _MEDIA,
    "/RichMediaExecute": _MEDIA,
    "/Rendition": _MEDIA,
    "/Movie": _MEDIA,
    "/Sound": _MEDIA,
    "/3D": _MEDIA,
    "/XFA": _FORM,
}
_STREAM = re.compile(rb"stream\r?\n.*?endstream", re.DOTALL)
_NAME = re.compile(rb"/[^\x00\t\n\x0c\r ()<>\[\]{}/%]{1,127}")
_ESCAPE = re.compile(rb"#([0-9A-Fa-f]{2})")
_BROKEN = (PyPdfError, RecursionError, ValueError, KeyError, TypeError, AttributeError, IndexError, OSError)


def check(file: BinaryIO) -> None:
    """Raises `Refused` for what is broken, locked, too long or active."""
    file.seek(0)
    content = file.read()
    _check_end(content)
    _check_names(content)
    deadline = time.monotonic() + MAX_SECONDS
    try:
        reader = PdfReader(io.BytesIO(content), strict=False)
        if reader.is_encrypted:
            raise Refused("设有密码或权限限制；请取消，或“打印为 PDF”另存后再上传。", code="encrypted")
        _check_objects(reader, deadline)
        _check_pages(reader)
    except (*_BROKEN, NotImplementedError, OverflowError, ZeroDivisionError) as error:
        raise _broken() from error
    except MemoryError as error:
        raise _too_complex() from error


def _broken() -> Refused:
    return Refused("不完整或已损坏，请用原软件另存为 PDF 后再上传。", code="broken")


def _too_complex() -> Refused:
    return Refused("的结构过于复杂，请“打印为 PDF”另存或拆分后再上传。", code="bomb")


def _active(word: str) -> Refused:
    return Refused(f"内含{word}，为安全起见不能上传；请“打印为 PDF”另存后再上传。", code="active")


def _check_end(content: bytes) -> None:
    end = content.rfind(b"%%EOF", max(0, len(content) - TAIL))
    if end < 0:
        raise _broken()
    if content[end + 5 :].strip(b"\x00\t\n\x0c\r "):
        raise Refused("末尾夹带了多余的内容；请“打印为 PDF”另存后再上传。", code="polyglot")


def _check_names(content: bytes) -> None:
    """Names in the bytes themselves, also of objects that no table lists; `#4a` is read as J."""
    for found in set(_NAME.findall(_STREAM.sub(b"", content))):
        name = _ESCAPE.sub(lambda code: bytes([int(code[1], 16)]), found).decode("latin-1")
        if name in ACTIVE:
            raise _active(ACTIVE[name])


def _check_objects(reader: PdfReader, deadline: float) -> None:
    """Every object of the tables, compressed ones too, looked through down to its last name."""
    numbers = {(number, generation) for generation, row in reader.xref.items() for number in row}
    numbers |= {(number, 0) for number in reader.xref_objStm}
    if len(numbers) > MAX_OBJECTS:
        raise _too_complex()
    for number, generation in sorted(numbers):
        if time.monotonic() > deadline:
            raise _too_complex()
        for part in _parts_of(reader.get_object(IndirectObject(number, generation, reader))):
            if isinstance(part, DictionaryObject):
                _check_dictionary(part)
            elif str(part) in ACTIVE:
                raise _active(ACTIVE[str(part)])


def _check_dictionary(part: DictionaryObject) -> None:
    """What acts by the company it keeps: a link is one until it opens by itself."""
    # A stream whose content lies elsewhere, and a thread of another file: read from wherever they say.
    if "/F" in part and (isinstance(part, StreamObject) or part.get("/S") == "/Thread"):
        raise _active(_SEND)
    waiting = [part["/OpenAction"]] if "/OpenAction" in part else []
    if "/AA" in part and isinstance(part["/AA"], DictionaryObject):
        waiting += part["/AA"].values()
    seen: set[int] = set()
    while waiting:
        action = waiting.pop().get_object()
        if id(action) in seen:
            continue
        seen.add(id(action))
        if isinstance(action, ArrayObject):
            waiting += list(action)
        elif isinstance(action, DictionaryObject):
            if action.get("/S") == "/URI":
                raise _active(_SEND)
            waiting += [action["/Next"]] if "/Next" in action else []


def _parts_of(thing: Any) -> Iterator[NameObject | DictionaryObject]:
    """All names and dictionaries in one object; what it refers to is looked at as its own."""
    waiting = [thing]
    while waiting:
        part = waiting.pop()
        if isinstance(part, NameObject):
            yield part
        elif isinstance(part, DictionaryObject):
            yield part
            waiting += part.keys()
            waiting += [part.raw_get(key) for key in part]
        elif isinstance(part, ArrayObject):
            waiting += [list.__getitem__(part, place) for place in range(len(part))]


def _check_pages(reader: PdfReader) -> None:
    """Counts the pages by walking their tree once; a tree that meets itself would have no end."""
    root = reader.trailer["/Root"]["/Pages"]
    waiting, seen, pages = [root], set(), 0
    while waiting:
        node = waiting.pop().get_object()
        if id(node) in seen:
            raise _broken()
        seen.add(id(node))
        if "/Kids" in node:
            waiting += list(node["/Kids"])
        else:
            pages += 1
        if pages > MAX_PAGES:
            raise Refused(f"超过 {MAX_PAGES} 页，请拆分后再上传。", code="pages")
    if not pages:
        raise _broken()
