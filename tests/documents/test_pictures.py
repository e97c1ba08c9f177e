"""Pictures (F4): measured before they are decoded, then made anew from their pixels alone."""

from __future__ import annotations

import io
from typing import Any

import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from documents.inspection import Refused
from documents.inspection.images import remake
from tests.documents import corpus

SECRETS = (b"SecretCamera", b"serial-4711", b"2026:11:25", b"hidden-comment", b"fake-profile", b"Exif")


def made_anew(content: bytes, kind: str) -> bytes:
    return remake(io.BytesIO(content), kind)


def test_a_photograph_keeps_its_pixels_upright_and_nothing_else() -> None:
    given = corpus.tell_tale_jpeg()
    assert all(secret in given for secret in SECRETS[:2])
    made = made_anew(given, "jpg")
    assert not [secret for secret in SECRETS if secret in made]
    with Image.open(io.BytesIO(made)) as image:
        assert (image.format, image.size, dict(image.getexif())) == ("JPEG", (40, 60), {})
        assert "icc_profile" not in image.info
        # It lay on its side: what was left is now above.
        red, blue = image.getpixel((20, 5)), image.getpixel((20, 55))
    assert red[0] > 200 > 60 > red[2]
    assert blue[2] > 200 > 60 > blue[0]


def test_a_drawing_keeps_its_transparency_and_no_text() -> None:
    image = Image.new("RGBA", (4, 3), (255, 0, 0, 0))
    notes = PngInfo()
    notes.add_text("Author", "hidden-comment")
    exif = Image.Exif()
    exif[0x010F] = "SecretCamera"
    given = io.BytesIO()
    image.save(given, "PNG", pnginfo=notes, exif=exif.tobytes(), icc_profile=b"fake-profile")
    assert b"hidden-comment" in given.getvalue()
    made = made_anew(given.getvalue() + b"trailing secret", "png")
    assert not [secret for secret in (*SECRETS, b"trailing") if secret in made]
    with Image.open(io.BytesIO(made)) as again:
        assert (again.mode, again.getpixel((1, 1))[3]) == ("RGBA", 0)


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "I;16"])
def test_every_kind_of_drawing_is_made_anew(mode: str) -> None:
    given = io.BytesIO()
    Image.new(mode, (5, 4)).save(given, "PNG")
    with Image.open(io.BytesIO(made_anew(given.getvalue(), "png"))) as again:
        assert (again.mode, again.size) == (mode, (5, 4))


@pytest.mark.parametrize("mode", ["L", "RGB", "CMYK"])
def test_every_kind_of_photograph_is_made_anew(mode: str) -> None:
    given = io.BytesIO()
    Image.new(mode, (16, 8)).save(given, "JPEG")
    with Image.open(io.BytesIO(made_anew(given.getvalue(), "jpg"))) as again:
        assert (again.mode, again.size) == ("L" if mode == "L" else "RGB", (16, 8))


@pytest.mark.parametrize(("kind", "form"), [("jpg", "JPEG"), ("png", "PNG")])
@pytest.mark.parametrize("part", [0.3, 0.6, 0.9])
def test_a_truncated_picture_is_refused(kind: str, form: str, part: float) -> None:
    image = Image.effect_noise((200, 150), 60)
    whole = io.BytesIO()
    image.save(whole, form)
    content = whole.getvalue()
    made_anew(content, kind)
    with pytest.raises(Refused, match="不完整或已损坏"):
        made_anew(content[: int(len(content) * part)], kind)


def test_one_pixel_too_many_is_refused_and_the_limit_itself_is_not(settings: Any) -> None:
    settings.MAX_IMAGE_PIXELS = 60 * 40
    made_anew(corpus.picture(size=(60, 40)), "jpg")
    with pytest.raises(Refused, match="像素超过上限"):
        made_anew(corpus.picture(size=(60, 41)), "jpg")


def test_a_flood_is_refused_by_its_header_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", None)  # our own limit holds without Pillow's
    with pytest.raises(Refused, match="像素超过上限"):
        made_anew(corpus.flood_png(), "png")


def test_another_format_behind_the_right_name_is_not_decoded() -> None:
    given = io.BytesIO()
    Image.new("RGB", (4, 4)).save(given, "TIFF")
    with pytest.raises(Refused):
        made_anew(given.getvalue(), "jpg")
