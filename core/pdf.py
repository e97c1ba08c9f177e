"""The one PDF writer: no network, no file access from templates, our own fonts, no missing glyph."""

from __future__ import annotations

import atexit
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings


class PdfUnavailable(RuntimeError):
    """WeasyPrint's system libraries are not on this machine."""


class MissingGlyphs(RuntimeError):
    """A character of the paper stands in none of the fonts: it would print as a box."""


SANS = "@expo-google-fonts/noto-sans-sc"
SERIF = "@expo-google-fonts/noto-serif-sc"
# CSS family and weight of each shipped font file.
FONTS: dict[tuple[str, int], str] = {
    ("Paper Serif", 400): f"{SERIF}/400Regular/NotoSerifSC_400Regular.ttf",
    ("Paper Serif", 700): f"{SERIF}/700Bold/NotoSerifSC_700Bold.ttf",
    ("Paper Sans", 400): f"{SANS}/400Regular/NotoSansSC_400Regular.ttf",
    ("Paper Sans", 700): f"{SANS}/700Bold/NotoSansSC_700Bold.ttf",
}


def render(html: str) -> bytes:
    """The PDF of a complete HTML page. Raises `PdfUnavailable`, or `MissingGlyphs` by name."""
    missing = _missing_glyphs(html)
    if missing:
        raise MissingGlyphs(f"字库缺字：{'、'.join(sorted(missing))}")
    weasyprint = _weasyprint()
    fonts = _font_configuration()
    fetcher = weasyprint.urls.URLFetcher(allowed_protocols={"data"}, allow_redirects=False)
    document = weasyprint.HTML(string=html, url_fetcher=fetcher)
    pdf: bytes = document.write_pdf(font_config=fonts, stylesheets=[_font_faces()])
    return pdf


def printable(text: str) -> str:
    """The text with 〓 for each character that none of the fonts has: for marks that must not fail."""
    missing = _missing_glyphs(text)
    return "".join("〓" if char in missing else char for char in text)


def _weasyprint() -> Any:
    try:
        import weasyprint  # noqa: PLC0415 - absent system libraries must not stop the rest
    except OSError as error:
        raise PdfUnavailable("PDF needs libpango-1.0-0, libpangoft2-1.0-0 and libharfbuzz-subset0") from error
    return weasyprint


@cache
def _font_configuration() -> Any:
    from weasyprint.text.fonts import FontConfiguration  # noqa: PLC0415 - as above

    return FontConfiguration()


@cache
def _font_faces() -> Any:
    """Our fonts, the only files that a paper reads; the fetcher of this one sheet allows them."""
    weasyprint = _weasyprint()
    faces = "\n".join(
        f'@font-face {{ font-family: "{family}"; font-weight: {weight}; '
        f'src: url("{_font_path(path).as_uri()}"); }}'
        for (family, weight), path in FONTS.items()
    )
    return weasyprint.CSS(
        string=faces,
        font_config=_font_configuration(),
        url_fetcher=weasyprint.urls.URLFetcher(allowed_protocols={"file"}, allow_redirects=False),
    )


# Its folder of fonts is removed by the object itself, which needs an interpreter that still stands.
atexit.register(_font_configuration.cache_clear)
atexit.register(_font_faces.cache_clear)


def _font_path(relative: str) -> Path:
    return Path(settings.NODE_MODULES) / relative


@cache
def _characters() -> frozenset[int]:
    from fontTools.ttLib import TTFont  # noqa: PLC0415 - comes with WeasyPrint; slow to load

    with TTFont(_font_path(FONTS["Paper Serif", 400])) as font:
        return frozenset(font.getBestCmap())


def _missing_glyphs(html: str) -> set[str]:
    return {char for char in set(html) if ord(char) > 0x7F and ord(char) not in _characters()}
