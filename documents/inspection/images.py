"""Pictures: measured before they are decoded, then made anew from their pixels alone.

What a camera or an attacker wrote beside the pixels (place, serial number, comments, a second
file behind the end) does not survive.
"""

from __future__ import annotations

import io
import struct
import zlib
from typing import BinaryIO

from django.conf import settings
from PIL import Image, ImageFile, ImageOps

from documents.inspection.refusal import Refused
from documents.inspection.sniffing import second_nature

FORMATS = {"jpg": "JPEG", "png": "PNG"}
JPEG_QUALITY = 92
# Anything that is not a plain picture any more when it stands in one.
STRANGE = (b"%pdf-", b"<script", b"<html", b"<svg", b"<?php")
_BROKEN = (OSError, SyntaxError, ValueError, EOFError, struct.error, zlib.error)


def remake(file: BinaryIO, kind: str) -> bytes:
    """The same picture, upright, without anything but pixels. Raises `Refused`."""
    file.seek(0)
    content = file.read().lower()
    if any(mark in content for mark in STRANGE):
        raise second_nature()
    file.seek(0)
    # WeasyPrint switches it on for the whole process when imported; the pictures that it gets are whole.
    ImageFile.LOAD_TRUNCATED_IMAGES = False
    try:
        with Image.open(file, formats=(FORMATS[kind],)) as image:
            _measure(image)
            image.load()
            return _encoded(ImageOps.exif_transpose(image), kind)
    except Image.DecompressionBombError as error:  # Pillow's own limit, before the header is ours to read
        raise _too_large() from error
    except _BROKEN as error:
        raise Refused("不完整或已损坏，请重新拍摄、扫描后再上传。", code="broken") from error


def _measure(image: Image.Image) -> None:
    width, height = image.size
    if width * height > settings.MAX_IMAGE_PIXELS:
        raise _too_large()


def _too_large() -> Refused:
    most = settings.MAX_IMAGE_PIXELS // 10_000
    return Refused(f"的像素超过上限（{most} 万），请缩小后再上传。", code="pixels")


def _encoded(image: Image.Image, kind: str) -> bytes:
    if kind == "jpg" and image.mode not in ("RGB", "L"):
        image = image.convert("RGB")
    # Writers put what stands in `info` into the new file; only transparency belongs to the picture.
    image.info = {key: value for key, value in image.info.items() if key == "transparency"}
    made = io.BytesIO()
    if kind == "jpg":
        image.save(made, "JPEG", quality=JPEG_QUALITY)
    else:
        image.save(made, "PNG")
    return made.getvalue()
