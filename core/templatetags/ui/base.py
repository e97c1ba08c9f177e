"""What the component tags share: the library and the way one component is rendered."""

from __future__ import annotations

from typing import Any, Final

from django import template
from django.template import Context
from django.utils.safestring import SafeString

register = template.Library()

# What a component needs from the page around it, besides what it is given.
INHERITED: Final = (
    "jurisdiction",
    "request",
    "csrf_token",
    "navigation",
    "clause_articles",
    "clause_version",
)


def render(context: Context, component: str, **values: Any) -> SafeString:
    """Renders one component in a context of its own."""
    assert context.template is not None
    engine = context.template.engine
    inherited = {name: context[name] for name in INHERITED if name in context}
    return engine.get_template(f"components/{component}.html").render(context.new({**inherited, **values}))
