"""The rules of a station's money, for the pages that show money (also in the room below)."""

from typing import Any

from django import template
from django.template import Context

from funding import uses
from funding.forms import UseForm
from jurisdictions.engine import Profile

register = template.Library()


@register.simple_tag(takes_context=True)
def money_rules(context: Context, rules: Profile) -> dict[str, Any]:
    """The uses by verdict, the promises beside the award, and the answer where the page was asked."""
    asked = context["request"].GET
    form = UseForm(asked if UseForm.CATEGORY in asked else None, rules=rules)
    answer = None
    if form.is_bound and form.is_valid():
        answer = uses.answer_to(
            rules, form.cleaned_data[UseForm.CATEGORY], form.cleaned_data[UseForm.PURPOSE]
        )
    return {
        "chapter": rules.expenditure,
        "groups": uses.groups_of(rules),
        "form": form,
        "answer": answer,
        "verdict": uses.WORDS[answer.verdict] if answer else None,
        "promises": uses.beside_award(rules),
        "projects": uses.projects_of(rules),
    }
