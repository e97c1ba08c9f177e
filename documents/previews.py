"""A look at a person's papers: the same page, with the viewer, the purpose and the day drawn across it."""

from __future__ import annotations

import html
import io
import math
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path

from django.conf import settings
from PIL import Image, ImageDraw, ImageFont
from pypdf import PdfReader, PdfWriter, Transformation

from core import pdf

# Long edge of a preview: enough to read, too little to print a copy.
MAX_EDGE = 1800
ANGLE = 28
INK = (190, 30, 45, 110)
EDGE = (255, 255, 255, 110)
# Side of the square that is laid over a PDF page, in points.
SQUARE = 842


def watermarked(content: bytes, content_type: str, words: str) -> tuple[bytes, str] | None:
    """The content with `words` across it, and its media type; None for what has no preview.

    Raises what `core.pdf` raises where no PDF can be written.
    """
    draw: dict[str, Callable[[bytes, str], tuple[bytes, str]]] = {
        "image/jpeg": _on_picture,
        "image/png": _on_picture,
        "application/pdf": _on_pages,
    }
    return draw[content_type](content, words) if content_type in draw else None


def _on_picture(content: bytes, words: str) -> tuple[bytes, str]:
    with Image.open(io.BytesIO(content)) as opened:
        opened.thumbnail((MAX_EDGE, MAX_EDGE))
        picture = opened.convert("RGBA")
    white = Image.new("RGBA", picture.size, "white")
    page = Image.alpha_composite(white, picture)
    marked = Image.alpha_composite(page, _layer(page.size, words)).convert("RGB")
    made = io.BytesIO()
    marked.save(made, "JPEG", quality=85)
    return made.getvalue(), "image/jpeg"


def _layer(size: tuple[int, int], words: str) -> Image.Image:
    """A transparent layer covered with the words: no part of a page can be cut out without them."""
    font = _font(max(14, min(size) // 34))
    left, top, right, bottom = font.getbbox(words)
    width, height = int(right - left), int(bottom - top)
    side = math.ceil(sum(size))
    field = Image.new("RGBA", (side, side), (0, 0, 0, 0))
    pen = ImageDraw.Draw(field)
    for row, y in enumerate(range(0, side, height * 4)):
        for x in range(-width * (row % 3) // 3 - width // 2, side, width + height * 3):
            # Edged in white, so that it is read on a red seal and on a dark photograph as well.
            pen.text((x, y), words, font=font, fill=INK, stroke_width=1, stroke_fill=EDGE)
    turned = field.rotate(ANGLE, resample=Image.Resampling.BILINEAR)
    x, y = (side - size[0]) // 2, (side - size[1]) // 2
    # The corners of a turned square are empty: the square is large enough to leave them outside.
    return turned.crop((x, y, x + size[0], y + size[1]))


@lru_cache(maxsize=16)
def _font(size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(Path(settings.NODE_MODULES) / pdf.FONTS["Paper Sans", 400]), size)


def _on_pages(content: bytes, words: str) -> tuple[bytes, str]:
    stamp = PdfReader(io.BytesIO(_stamp(words))).pages[0]
    writer = PdfWriter(clone_from=io.BytesIO(content))
    for page in writer.pages:
        if page.rotation:
            page.transfer_rotation_to_content()
        box = page.mediabox
        scale = max(float(box.width), float(box.height)) / SQUARE
        place = Transformation().scale(scale).translate(float(box.left), float(box.bottom))
        page.merge_transformed_page(stamp, place)
    made = io.BytesIO()
    writer.write(made)
    return made.getvalue(), "application/pdf"


@lru_cache(maxsize=32)
def _stamp(words: str) -> bytes:
    """A square page that holds nothing but the words, over and over."""
    line = f"<p>{html.escape(pdf.printable(words))}</p>"
    rows = "".join(f'<div class="{"odd" if row % 2 else "even"}">{line * 3}</div>' for row in range(22))
    return pdf.render(
        f"""<!doctype html><html><head><style>
        @page {{ size: {SQUARE}pt {SQUARE}pt; margin: 0; }}
        body {{ margin: 0; font: 15pt "Paper Sans"; color: rgba(190, 30, 45, 0.42); }}
        .field {{ position: absolute; left: -{SQUARE // 2}pt; top: -{SQUARE // 5}pt; width: {SQUARE * 2}pt;
                 transform: rotate(-{ANGLE}deg); }}
        .odd {{ margin-left: 9em; }}
        div {{ white-space: nowrap; }}
        p {{ display: inline-block; margin: 1.6em 3em 1.6em 0; }}
        </style></head><body><div class="field">{rows}</div></body></html>"""
    )
