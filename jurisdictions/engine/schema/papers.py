"""What a bundle of papers must hold: the application, an evaluation, a project, a report."""

from __future__ import annotations

from pydantic import Field

from jurisdictions.engine.schema.base import Cited, Count, Label, Name
from jurisdictions.engine.schema.form import Material


class WholeCheck(Cited):
    """Something that is asked of the bundle as a whole: so many sets, bound, sealed, originals compared."""

    name: Name
    label: Label
    at_least: Count | None = Field(default=None, gt=0)
    """A number of sets; left out: a yes or no."""


class NotAsked(Cited):
    """A paper that other texts ask for and this one does not: it may be spoken of, and decides nothing."""

    name: Name
    label: Label


class Dossier(Cited):
    """One bundle of papers. With `listed_in` a question names the papers in a list; else one by one."""

    scope: Name
    label: Label
    uses: tuple[Name, ...] = ()
    """Papers of `materials` and `station_materials`, in the order of the text."""
    papers: tuple[Material, ...] = ()
    """Papers that belong to this bundle alone."""
    listed_in: Name | None = None
    originals_in: Name | None = None
    """The list of papers of which the original was shown, where the text wants original and copy."""
    copies_in: Name | None = None
    whole: tuple[WholeCheck, ...] = ()
    not_asked: tuple[NotAsked, ...] = ()
    ignored: tuple[Name, ...] = ()
    """Facts of the form that may be stated and decide nothing, unless a reading makes them."""
