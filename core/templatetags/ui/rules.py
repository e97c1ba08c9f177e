"""Clauses that open in place, and the findings that rest on them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from django.template import Context
from django.urls import NoReverseMatch, reverse
from django.utils.safestring import SafeString

from core.templatetags import wording
from core.templatetags.ui.base import register, render
from core.templatetags.ui.words import tenant_slug
from core.templatetags.wording import pick


def _rules_url(context: Context, clause: str) -> str:
    """Where the clause is read: in the version by which the page's thing is judged, else the current one."""
    version = context.get("clause_version") or ""
    query = f"?version={version}" if version else ""
    for name in ("public:rules", "jurisdictions:rules"):
        try:
            return f"{reverse(name, kwargs={'jurisdiction': tenant_slug(context)})}{query}#{clause}"
        except NoReverseMatch:
            continue
    return ""


@register.simple_tag(takes_context=True)
def clause(context: Context, ref: Any, text: str = "", figures: Any = None, label: str = "依据") -> str:
    """依据 opens in place. `ref` is a clause id, an object with `id`, `article`, `text`, or a list."""
    if not ref:
        return ""
    if isinstance(ref, list | tuple):
        return SafeString("").join(clause(context, one, text, figures, label) for one in ref)
    ident = ref if isinstance(ref, str) else str(pick(ref, "id", "ref", "clause", default=""))
    articles = context.get("clause_articles") or {}
    article = articles.get(ident, "") if isinstance(ref, str) else pick(ref, "article", default="")
    return render(
        context,
        "clause",
        ident=ident,
        article=article,
        text=text or ("" if isinstance(ref, str) else pick(ref, "text", default="")),
        figures=wording.figure_rows(figures),
        label=label,
        rules_url=(address := _rules_url(context, ident)),
        said_url=_said_url(address, ident),
    )


def _said_url(address: str, clause: str) -> str:
    """Where the rules tell what they say under this clause alone; fetched when the popup is opened."""
    page = address.partition("#")[0]
    return f"{page}{'&' if '?' in page else '?'}clause={clause}"


OUTCOMES: Final = {
    "unmet": ("不符合", "danger", "circle-x"),
    "unknown": ("资料不足", "neutral", "help-circle"),
    "judged": ("待人工认定", "progress", "user-question"),
    "met": ("符合", "success", "circle-check"),
}


def _finding(finding: Any) -> dict[str, Any]:
    """A finding of the rules engine, or a dict like one, as the components show it."""
    outcome = str(pick(finding, "outcome", default="unknown"))
    word, tone, icon_name = OUTCOMES[outcome]
    soft = pick(finding, "force", default="hard") != "hard"
    return {
        "outcome": outcome,
        "word": word,
        "tone": "warning" if soft and outcome == "unmet" else tone,
        "icon": icon_name,
        "soft": soft,
        "label": pick(finding, "label", default=""),
        "explanation": pick(finding, "explanation", default=""),
        "figures": _labelled(pick(finding, "figures")),
        "clause": pick(finding, "clause", default=""),
    }


def _labelled(figures: Any) -> list[tuple[str, Any]]:
    """The figures that have a word for a label: the engine's are keyed by fact, and its
    explanation has named them already."""
    return [row for row in wording.figure_rows(figures) if not row[0] or not row[0].isascii()]


@register.simple_tag(takes_context=True)
def basis(context: Context, finding: Any) -> SafeString:
    """One finding explained: outcome, explanation, figures, clause."""
    return render(context, "basis", finding=_finding(finding))


@register.simple_tag(takes_context=True)
def finding_list(context: Context, findings: Iterable[Any]) -> SafeString:
    """Conditions grouped by outcome, what needs work first; soft ones are marked 提示. Takes
    findings, or an answer that holds them."""
    rows = [_finding(finding) for finding in pick(findings, "findings", default=findings)]
    groups = [
        {
            "word": word,
            # A group of nothing but soft conditions blocks nothing, so it is not red.
            "tone": "warning" if tone == "danger" and all(row["soft"] for row in members) else tone,
            "icon": icon_name,
            "findings": members,
        }
        for key, (word, tone, icon_name) in OUTCOMES.items()
        if (members := [row for row in rows if row["outcome"] == key])
    ]
    return render(context, "finding_list", groups=groups)
