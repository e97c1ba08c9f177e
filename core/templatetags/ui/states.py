"""Badges, days left, steps, time lines."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from django.db.models import Model
from django.template import Context
from django.utils.html import format_html
from django.utils.safestring import SafeString

from core.templatetags import wording
from core.templatetags.ui.base import register, render
from core.templatetags.wording import pick

TONES: Final = ("neutral", "progress", "success", "warning", "danger")


def badge_html(label: Any, tone: str = "neutral", icon_name: str = "circle", title: str = "") -> str:
    safe_tone = tone if tone in TONES else "neutral"
    hover = format_html(' title="{}"', title) if title else ""
    return format_html(
        '<span class="state state-{}"{}><i class="ti ti-{}" aria-hidden="true"></i>{}</span>',
        safe_tone,
        hover,
        icon_name,
        label,
    )


@register.simple_tag
def badge(label: str, tone: str = "neutral", icon: str = "circle", title: str = "") -> str:
    """A word with a tone and an icon, where there is no state to ask."""
    return badge_html(label, tone, icon, title)


@register.simple_tag(takes_context=True)
def state_badge(context: Context, state: Any, reader: str = "") -> str:
    """The badge of a state: an enum member, anything with `label`, `tone`, `icon`, or a model
    whose `status` is one. A `label_for(reader)` gives the reader's own word; the reader is the
    audience of the page unless named."""
    if isinstance(state, Model):
        state = _state_of(state)
    if state is None or state == "":
        return wording.EMPTY
    reader = reader or str(pick(context.get("navigation"), "audience", default=""))
    wordfor = getattr(state, "label_for", None)
    label = wordfor(reader) if wordfor and reader else pick(state, "label", default=state)
    return badge_html(label, pick(state, "tone", default="neutral"), pick(state, "icon", default="circle"))


def _state_of(subject: Model) -> Any:
    """The state of a row as its enum member (`status`): the field itself holds the bare value."""
    status = getattr(subject, "status", None)
    if status is not None:
        return status
    display = getattr(subject, "get_state_display", None)
    return {"label": display() if display else getattr(subject, "state", "")}


@register.simple_tag(takes_context=True)
def days_left(context: Context, deadline: Any) -> str:
    """`剩余 N 个工作日`, `今日截止` or `已逾期 N 天`; takes an object with `due_on` and
    `working_days_left`, or `days_left` in the `unit` it names (`working`, else calendar days),
    and perhaps `provisional`, `done`, `basis`, `clause`. `firm` False: `due_on` is a beginning,
    nothing runs out."""
    if deadline is None:
        return ""
    if isinstance(deadline, int):
        deadline = {"days_left": deadline}
    due = pick(deadline, "due_on")
    if pick(deadline, "done", "closed_at", default=False):
        return badge_html("已办结", "success", "circle-check", wording.date_text(due) if due else "")
    working = pick(deadline, "working_days_left")
    days = pick(deadline, "days_left") if working is None else working
    if days is None:
        return badge_html("不限时", "neutral", "infinity")
    counts_working = working is not None or pick(deadline, "unit", default="") == "working"
    unit = "个工作日" if counts_working else "天"
    begins = due is not None and not pick(deadline, "firm", default=True)
    if begins:
        words, tone, icon_name = wording.begins_text(due, int(days))
    else:
        words, tone, icon_name = wording.days_left_text(int(days), unit)
    return render(
        context,
        "days_left",
        badge=badge_html(words, tone, icon_name),
        due=None if begins else due,
        provisional=bool(pick(deadline, "provisional", default=False)),
        basis=pick(deadline, "basis", "explanation", default=""),
        clause=pick(deadline, "clause", default=""),
    )


STEP_WORDS: Final = {
    "done": ("已完成", "check"),
    "current": ("进行中", "progress"),
    "todo": ("未开始", "circle"),
    "refused": ("未通过", "x"),
}


@register.simple_tag(takes_context=True)
def stepper(context: Context, steps: Iterable[Any], label: str = "办理进度") -> SafeString:
    """Where it stands, who has it, days left: steps are objects or dicts with `label`, `state`
    (done, current, todo, refused), and perhaps `who`, `note`, `at`, `days_left`, `due_on`, `clause`."""
    rows = []
    for step in steps:
        state = str(pick(step, "state", default="todo"))
        word, icon_name = STEP_WORDS[state]
        days = pick(step, "working_days_left", "days_left")
        running = days is not None and state == "current"
        rows.append(
            {
                "label": pick(step, "label", default=""),
                "state": state,
                "word": pick(step, "word", default=word),
                "icon": icon_name,
                "who": pick(step, "who", default=""),
                "note": pick(step, "note", default=""),
                "at": pick(step, "at"),
                # Where a limit runs, its 依据 says the clause of the step as well.
                "clause": "" if running else pick(step, "clause", default=""),
                "deadline": step if running else None,
            }
        )
    return render(context, "stepper", steps=rows, label=label)


@register.simple_tag(takes_context=True)
def timeline(context: Context, entries: Iterable[Any]) -> SafeString:
    """What happened, newest where the caller puts it: entries have `at`, `title`, `who`, `text`,
    `tone`, `clause`."""
    rows = [
        {
            "at": pick(entry, "at"),
            "title": pick(entry, "title", "label", default=""),
            "who": pick(entry, "who", "actor_name", "actor", default=""),
            "text": pick(entry, "text", "reason", default=""),
            "tone": pick(entry, "tone", default="neutral"),
            "clause": pick(entry, "clause", default=""),
        }
        for entry in entries
    ]
    return render(context, "timeline", entries=rows)


@register.simple_tag(takes_context=True)
def progress(context: Context, value: int, maximum: int, label: str = "") -> SafeString:
    """A bar with its figures in words."""
    return render(context, "progress", value=value, maximum=maximum, label=label)
