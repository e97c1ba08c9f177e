"""Word and Excel files: the zip directory first, then that nothing in it runs, hides or calls out.

Nothing is unpacked beyond what the directory declares, and the directory itself is measured
before it is read: a file that would burst costs some milliseconds and no memory.
"""

from __future__ import annotations

import re
import struct
import zipfile
import zlib
from typing import BinaryIO
from xml.etree import ElementTree

from documents.inspection.refusal import Refused

# The part that a file of the kind has, and the folder of its parts.
PARTS = {"docx": "word/document.xml", "xlsx": "xl/workbook.xml"}
TYPES = "[Content_Types].xml"

MAX_ENTRIES = 5_000
MAX_DIRECTORY = 1024 * 1024
MAX_UNPACKED = 120 * 1024 * 1024
# Below ClamAV's own limits (MaxFileSize 100 MB, MaxScanSize 400 MB): what is taken in, it looks into.
MAX_ENTRY = 90 * 1024 * 1024
MAX_RATIO = 100
# Below this size a high ratio is only repetition, as sheets have it.
RATIO_MATTERS_FROM = 10 * 1024 * 1024
MAX_INDEX_PART = 2 * 1024 * 1024

_END = struct.Struct("<4s4H2LH")
_NESTED = re.compile(r"\.(zip|jar|rar|7z|gz|bz2|xz|tar|docx|docm|xlsx|xlsm|xlsb|pptx|pptm|doc|xls|ppt)$")
_PROGRAM = re.compile(r"\.(exe|dll|com|scr|bat|cmd|ps1|vbs|js|jse|wsf|hta|lnk|msi|py|sh|html?)$")
_FIELD = re.compile(rb"<w:instrText[^>]*>([^<]*)|w:instr=\"([^\"]*)\"")
_EXTERNAL_ALLOWED = ("/hyperlink",)

OTHER_WAY = "；请去掉后另存，或另存为 PDF 上传。"


def check(file: BinaryIO, kind: str) -> None:
    """Raises `Refused` for what is broken, would burst, or does more than say something."""
    _measure_directory(file)
    try:
        with zipfile.ZipFile(file) as archive:
            entries = archive.infolist()
            _measure(entries, _size(file))
            _check_names(entries, kind)
            _check_declared(archive, entries)
            _check_types(archive)
            _check_relations(archive, entries)
            _check_fields(archive, kind)
    except (zipfile.BadZipFile, zlib.error, struct.error, NotImplementedError, UnicodeError) as error:
        raise broken(kind) from error
    except (ElementTree.ParseError, EOFError, OSError, ValueError, KeyError) as error:
        raise broken(kind) from error


def broken(kind: str) -> Refused:
    """The refusal of a damaged file."""
    return Refused(f"的内容不是完整的 {kind.upper()} 文件，请用原软件打开检查、另存后再上传。", code="broken")


def _burst() -> Refused:
    return Refused("解压后过大，可能损坏系统，不能上传；请拆分，或另存为 PDF 上传。", code="bomb")


def _size(file: BinaryIO) -> int:
    return file.seek(0, 2)


def _measure_directory(file: BinaryIO) -> None:
    """The directory is small, at the very end, and of the plain kind: all that office programs write."""
    size = _size(file)
    if size < _END.size:
        raise Refused("的内容不完整，请重新选择。", code="broken")
    file.seek(size - _END.size)
    mark, _, _, _, entries, length, start, comment = _END.unpack(file.read(_END.size))
    if mark != b"PK\x05\x06" or comment:
        raise Refused("末尾有多余的内容，或文件不完整；请用原软件另存后再上传。", code="polyglot")
    if entries > MAX_ENTRIES or length > MAX_DIRECTORY:
        raise _burst()
    if start + length != size - _END.size:
        # Zip64, something before the archive, or something between its parts.
        raise Refused("的结构不是 Office 文件的结构；请用原软件另存后再上传。", code="polyglot")


def _measure(entries: list[zipfile.ZipInfo], size: int) -> None:
    unpacked = sum(entry.file_size for entry in entries)
    if len(entries) > MAX_ENTRIES or unpacked > MAX_UNPACKED:
        raise _burst()
    if any(entry.file_size > MAX_ENTRY for entry in entries):
        raise _burst()
    if unpacked > RATIO_MATTERS_FROM and unpacked > MAX_RATIO * size:
        raise _burst()
    # Entries that share their bytes: the directory would promise more than the file holds.
    if sum(entry.compress_size for entry in entries) > size:
        raise _burst()


def _check_names(entries: list[zipfile.ZipInfo], kind: str) -> None:
    names = [entry.filename.lower() for entry in entries]
    if len(set(names)) != len(names) or min((entry.header_offset for entry in entries), default=0):
        raise Refused("的结构不是 Office 文件的结构；请用原软件另存后再上传。", code="polyglot")
    if PARTS[kind] not in names or TYPES.lower() not in names:
        raise Refused(
            f"的内容不是 {kind.upper()} 文件，请用原软件另存为 {kind.upper()} 后再上传。", code="signature"
        )
    if any(entry.flag_bits & 1 for entry in entries):
        raise Refused("有密码，无法打开；请取消密码后再上传。", code="encrypted")
    for name in names:
        if "vbaproject" in name or "macrosheets/" in name or "vbadata" in name:
            raise Refused(f"内含宏，不能上传{OTHER_WAY}", code="macro")
        if "/embeddings/" in name or "/activex/" in name or "oleobject" in name or _NESTED.search(name):
            raise Refused(f"内嵌了其他文件或控件，不能上传{OTHER_WAY}", code="embedded")
        if "/externallinks/" in name:
            raise Refused(f"引用了外部的工作簿，不能上传{OTHER_WAY}", code="external")
        if _PROGRAM.search(name) or name.startswith("/") or ".." in name.split("/") or "\\" in name:
            raise Refused("内含 Office 文件不该有的内容；请用原软件另存后再上传。", code="embedded")


def _check_declared(archive: zipfile.ZipFile, entries: list[zipfile.ZipInfo]) -> None:
    """Each entry unpacks to what the directory says, and to nothing that is a file of its own."""
    for entry in entries:
        with archive.open(entry) as part:
            front = part.read(8)
            if front.startswith(
                (b"PK\x03\x04", b"Rar!", b"7z\xbc\xaf", b"\xd0\xcf\x11\xe0", b"MZ", b"\x7fELF")
            ):
                raise Refused(f"内嵌了其他文件或控件，不能上传{OTHER_WAY}", code="embedded")
            # To the end, where the reader compares the checksum; it gives no byte more than declared.
            while part.read(256 * 1024):
                pass
        if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise Refused("的压缩方式不是 Office 所用的，请用原软件另存后再上传。", code="broken")


def _index_part(archive: zipfile.ZipFile, name: str) -> ElementTree.Element:
    """One of the small parts that say what the others are."""
    if archive.getinfo(name).file_size > MAX_INDEX_PART:
        raise _burst()
    content = archive.read(name)
    if b"<!DOCTYPE" in content or b"<!ENTITY" in content:
        raise Refused("的结构不是 Office 文件的结构；请用原软件另存后再上传。", code="polyglot")
    return ElementTree.fromstring(content)


def _check_types(archive: zipfile.ZipFile) -> None:
    for node in _index_part(archive, TYPES).iter():
        kind = node.get("ContentType", "").lower()
        if "macroenabled" in kind or "vbaproject" in kind:
            raise Refused(f"内含宏，不能上传{OTHER_WAY}", code="macro")
        if "oleobject" in kind or "activex" in kind:
            raise Refused(f"内嵌了其他文件或控件，不能上传{OTHER_WAY}", code="embedded")


def _check_relations(archive: zipfile.ZipFile, entries: list[zipfile.ZipInfo]) -> None:
    """Only links that a reader clicks may lead outside: a template or picture from there loads itself."""
    for entry in entries:
        if not entry.filename.lower().endswith(".rels"):
            continue
        for node in _index_part(archive, entry.filename).iter():
            outside = node.get("TargetMode", "").lower() == "external"
            if outside and not node.get("Type", "").lower().endswith(_EXTERNAL_ALLOWED):
                raise Refused(f"引用了外部的模板、图片或数据，不能上传{OTHER_WAY}", code="external")


def _check_fields(archive: zipfile.ZipFile, kind: str) -> None:
    """Fields of Word that start programs (DDE)."""
    if kind != "docx":
        return
    fields = b" ".join(a or b for a, b in _FIELD.findall(archive.read(PARTS[kind])))
    if re.search(rb"\bDDE(AUTO)?\b", fields, re.IGNORECASE):
        raise Refused(f"内含会启动程序的域（DDE），不能上传{OTHER_WAY}", code="active")
