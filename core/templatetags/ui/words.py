"""Addresses, dates, money, masked numbers, icons."""

from __future__ import annotations

from typing import Any

from django.template import Context
from django.urls import reverse
from django.utils.html import format_html

from core import money as amounts
from core.templatetags import wording
from core.templatetags.ui.base import register


def tenant_slug(context: Context) -> str:
    jurisdiction = context.get("jurisdiction") or getattr(context.get("request"), "jurisdiction", None)
    return str(getattr(jurisdiction, "slug", jurisdiction) or "")


@register.simple_tag(takes_context=True)
def turl(context: Context, name: str, *args: Any, **kwargs: Any) -> str:
    """The address of a page of this jurisdiction: `{% turl "desk:file" pk=file.pk %}`."""
    slug = tenant_slug(context)
    if args:
        return reverse(name, args=(slug, *args))
    return reverse(name, kwargs={"jurisdiction": slug, **kwargs})


@register.simple_tag
def cn_date(value: Any) -> str:
    """`2026年11月20日`."""
    return wording.date_text(value)


@register.simple_tag
def cn_datetime(value: Any) -> str:
    """`2026年11月20日 10:32`."""
    return wording.datetime_text(value)


register.filter("cn_date", wording.date_text)
register.filter("cn_datetime", wording.datetime_text)
register.filter("body_parts", wording.body_parts)


@register.filter
def wan(fen: int | None) -> str:
    """`10.00 万元` as plain text, for attributes and sentences."""
    return wording.EMPTY if fen is None else amounts.wan_text(fen)


@register.filter
def yuan(fen: int | None) -> str:
    """`10,000.00`: yuan to the fen, for columns of a ledger."""
    return wording.EMPTY if fen is None else amounts.yuan_text(fen)


@register.simple_tag
def money(fen: int | None) -> str:
    """`10.00 万元` with the yuan on hover; amounts are integer fen."""
    if fen is None:
        return wording.EMPTY
    return format_html(
        '<span class="money" title="{} 元">{}</span>', amounts.yuan_text(fen), amounts.wan_text(fen)
    )


@register.simple_tag
def masked(value: Any, kind: str = "id") -> str:
    """A number with its middle hidden: a sealed one by its own mask, any other as one of its `kind`
    (`id`, `phone`, `bank`)."""
    return format_html('<span class="masked">{}</span>', wording.mask_text(value, kind))


@register.simple_tag
def icon(name: str) -> str:
    """A Tabler icon that stands beside a word, so it is hidden from readers of the screen."""
    return format_html('<i class="ti ti-{}" aria-hidden="true"></i>', name)
