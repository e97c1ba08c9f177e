"""The square on a paper that leads a telephone to the page on which the paper is verified."""

from __future__ import annotations

import qrcode
from django.conf import settings
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from qrcode.image.svg import SvgPathImage


def verification_address(code: str) -> str:
    """The whole address of the verification page; empty while `PUBLIC_ADDRESS` is not set."""
    site: str = settings.PUBLIC_ADDRESS
    return f"{site.rstrip('/')}{reverse('verify', kwargs={'code': code})}" if site else ""


def qr_of(code: str) -> SafeString:
    """That address as an inline drawing; empty where there is none."""
    address = verification_address(code)
    if not address:
        return SafeString()
    return mark_safe(drawing_of(address))


def drawing_of(text: str) -> str:
    """A text as an SVG drawing that a telephone reads."""
    drawn: str = qrcode.make(text, image_factory=SvgPathImage, border=2).to_string(encoding="unicode")
    return drawn
