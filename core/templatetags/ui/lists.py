"""Tables, filters, sorting, pages of a list."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.paginator import Page
from django.http import QueryDict
from django.template import Context
from django.utils.safestring import SafeString

from core.templatetags.ui.base import register, render
from core.templatetags.ui.fields import styled_control


@register.simple_block_tag(takes_context=True, end_name="enddata_table")
def data_table(context: Context, content: str, caption: str, total: int | None = None) -> SafeString:
    """A table that scrolls in its own box and becomes cards on a phone; the block holds
    `<thead>` and `<tbody>`, cells carry `data-label`, numbers `class="num"`."""
    return render(context, "table", caption=caption, total=total, content=SafeString(content.strip()))


@register.simple_tag(takes_context=True)
def filter_bar(context: Context, form: forms.Form, total: int | None = None) -> SafeString:
    """A GET form above a list: its state lives in the address."""
    controls = [field for field in form if not field.is_hidden]
    request = context.get("request")
    return render(
        context,
        "filter_bar",
        controls=[styled_control(field, compact=True) for field in controls],
        hidden=form.hidden_fields(),
        total=total,
        reset_url=getattr(request, "path", "."),
        filtered=any(field.data not in (None, "", []) for field in controls),
    )


def query(context: Context, **changes: Any) -> str:
    """The query string of this page with some keys changed."""
    request = context.get("request")
    params = request.GET.copy() if request is not None else QueryDict(mutable=True)
    for key, value in changes.items():
        if value in (None, ""):
            params.pop(key, None)
        else:
            params[key] = str(value)
    return "?" + params.urlencode()


@register.simple_tag(takes_context=True)
def pagination(context: Context, page: Page[Any], param: str = "page") -> str:
    """Pages of a list; keeps the rest of the query string. Nothing when there is one page."""
    paginator = page.paginator
    if paginator.num_pages < 2:
        return ""
    numbers = [
        {"number": number, "url": query(context, **{param: number}), "current": number == page.number}
        if isinstance(number, int)
        else None
        for number in paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1)
    ]
    return render(
        context,
        "pagination",
        page=page,
        numbers=numbers,
        previous=query(context, **{param: page.number - 1}) if page.has_previous() else "",
        following=query(context, **{param: page.number + 1}) if page.has_next() else "",
    )


@register.simple_tag(takes_context=True)
def sort_header(context: Context, label: str, key: str, numeric: bool = False) -> SafeString:
    """A column head that sorts: `?sort=key`, then `?sort=-key`."""
    request = context.get("request")
    current = request.GET.get("sort", "") if request is not None else ""
    direction = {key: "ascending", f"-{key}": "descending"}.get(current, "none")
    target = f"-{key}" if direction == "ascending" else key
    return render(
        context,
        "sort_header",
        label=label,
        direction=direction,
        numeric=numeric,
        url=query(context, sort=target, page=""),
    )
