"""The components that every page is made of, as template tags; registered as builtins.

Each tag prepares plain values and renders `templates/components/<name>.html`.
`docs/screens.md` is the catalogue, `/components/` shows them all.
"""

from core.templatetags.ui import fields, lists, pages, rules, states, words
from core.templatetags.ui.base import register

__all__ = ["fields", "lists", "pages", "register", "rules", "states", "words"]
