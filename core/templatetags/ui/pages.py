"""The parts of a page: heads, panels, facts, files, confirmations."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from django.db.models import Model
from django.template import Context
from django.utils.safestring import SafeString

from core.templatetags import wording
from core.templatetags.ui.base import register, render
from core.templatetags.wording import pick


@register.simple_block_tag(takes_context=True, end_name="endpage_header")
def page_header(
    context: Context, content: str, title: str, pretitle: str = "", subtitle: str = ""
) -> SafeString:
    """The head of a page; the block holds its actions."""
    return render(
        context,
        "page_header",
        title=title,
        pretitle=pretitle,
        subtitle=subtitle,
        actions=SafeString(content.strip()),
    )


@register.simple_block_tag(takes_context=True, end_name="endpanel")
def panel(context: Context, content: str, title: str = "", clause: Any = "", icon: str = "") -> SafeString:
    """A titled card around anything."""
    return render(
        context, "panel", title=title, clause=clause, icon=icon, content=SafeString(content.strip())
    )


@register.simple_tag(takes_context=True)
def empty_state(
    context: Context,
    title: str,
    text: str = "",
    action_url: str = "",
    action_label: str = "",
    icon: str = "inbox",
) -> SafeString:
    """Why the list is empty and what to do about it."""
    return render(
        context,
        "empty_state",
        title=title,
        text=text,
        action_url=action_url,
        action_label=action_label,
        icon=icon,
    )


@register.simple_tag(takes_context=True)
def definition_list(context: Context, rows: Iterable[Any]) -> SafeString:
    """Facts as label and value; rows are pairs, or dicts with `label`, `value`, `clause`."""
    facts = [
        {"label": row[0], "value": row[1], "clause": row[2] if len(row) > 2 else ""}
        if isinstance(row, tuple | list)
        else {
            "label": pick(row, "label", default=""),
            "value": pick(row, "value", default=wording.EMPTY),
            "clause": pick(row, "clause", default=""),
        }
        for row in rows
    ]
    return render(context, "definition_list", facts=facts)


@register.simple_tag(takes_context=True)
def tabs(context: Context, items: Iterable[Any], label: str = "分类") -> SafeString:
    """Views of one list as links; items have `label`, `url`, `active`, and perhaps `count`."""
    rows = [
        {
            "label": pick(item, "label"),
            "url": pick(item, "url"),
            "active": pick(item, "active", default=False),
            "count": pick(item, "count"),
        }
        for item in items
    ]
    return render(context, "tabs", items=rows, label=label)


@register.simple_tag(takes_context=True)
def nav_item(context: Context, item: Any) -> SafeString:
    """One entry of the navigation."""
    return render(context, "nav_item", item=item)


FILE_ICONS: Final = {
    "pdf": "file-type-pdf",
    "doc": "file-type-doc",
    "docx": "file-type-docx",
    "xls": "file-type-xls",
    "xlsx": "file-type-xls",
    "jpg": "photo",
    "jpeg": "photo",
    "png": "photo",
    "zip": "file-zip",
}


def _scan_state(attachment: Any) -> Any:
    """What is known of a file's harmlessness; a row holds the bare value, so its word is asked."""
    if isinstance(attachment, Model):
        display = getattr(attachment, "get_scan_state_display", None)
        return getattr(attachment, "status", None) or ({"label": display()} if display else None)
    return pick(attachment, "scan_state", "state")


@register.simple_tag(takes_context=True)
def file_list(context: Context, attachments: Iterable[Any], empty: str = "尚未上传文件") -> SafeString:
    """Uploaded files: objects or dicts with `name`, `url`, `size`, `uploaded_at`, `uploaded_by`,
    `label` (the material it answers), `state` (scan), `note`, `clause`, `remove_url` (a POST)."""
    rows = []
    for attachment in attachments:
        name = str(pick(attachment, "name", "original_name", default=""))
        rows.append(
            {
                "name": name,
                "icon": FILE_ICONS.get(name.rpartition(".")[2].lower(), "file"),
                "url": pick(attachment, "url", "get_absolute_url", default=""),
                "size": wording.size_text(pick(attachment, "size")),
                "at": pick(attachment, "uploaded_at", "created_at"),
                "who": pick(attachment, "uploaded_by", default=""),
                "label": pick(attachment, "label", default=""),
                "note": pick(attachment, "note", default=""),
                "state": _scan_state(attachment),
                "clause": pick(attachment, "clause", default=""),
                "remove_url": pick(attachment, "remove_url", default=""),
            }
        )
    return render(context, "file_list", files=rows, empty=empty)


@register.simple_block_tag(takes_context=True, end_name="endconfirm_panel")
def confirm_panel(
    context: Context,
    content: str,
    title: str,
    action: str = "",
    button: str = "确认",
    what: str = "",
    tells: Any = "",
    tone: str = "primary",
    reason: str = "",
    reason_label: str = "理由",
    reason_name: str = "reason",
    reason_value: str = "",
    reason_error: str = "",
    cancel_url: str = "",
    dialog: str = "",
    ident: str = "",
) -> SafeString:
    """A confirmation: what it will do, whom it will tell, a reason, one button.

    The block holds the list of what is touched and any fields; `reason` is `required`,
    `optional` or empty; `dialog` puts the panel into a `<dialog>` of that id.
    """
    told = [tells] if isinstance(tells, str) and tells else list(tells or [])
    return render(
        context,
        "confirm_panel",
        title=title,
        action=action,
        button=button,
        what=what,
        tells=told,
        tone="danger" if tone == "danger" else "primary",
        reason=reason,
        reason_label=reason_label,
        reason_name=reason_name,
        reason_value=reason_value,
        reason_error=reason_error,
        cancel_url=cancel_url,
        dialog=dialog,
        ident=dialog or ident or "confirm",
        content=SafeString(content.strip()),
    )
