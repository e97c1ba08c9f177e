"""Sentences of a text that no other chapter computes: they bind people, and are shown with the rules."""

from __future__ import annotations

from typing import Literal

from jurisdictions.engine.schema.base import Cited, Label


class Provision(Cited):
    """One such sentence, under a short name of our own.

    cumulative: the conditions hold together · lead: who leads · principle: how one proceeds ·
    priority: what is preferred and never decides · signatures: who signs the paper · discretion: what the
    authorities may do for a station.
    """

    label: Label
    bearing: Literal["cumulative", "lead", "principle", "priority", "signatures", "discretion"]
