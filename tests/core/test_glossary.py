"""The glossary names every model of the house, under the model's own Chinese name."""

import re
from pathlib import Path

from django.apps import apps

ROOMS = (
    "core",
    "accounts",
    "jurisdictions",
    "documents",
    "deadlines",
    "notices",
    "panels",
    "stations",
    "applications",
    "assessments",
    "funding",
)
ROW = re.compile(r"^\| (?P<term>[^|]+) \| `(?P<identifier>\w+\.\w+)` \|", re.MULTILINE)
# Grants of django-guardian are plumbing, not words of the field.
PLUMBING = re.compile(r"(User|Group)Permission$")


def test_every_model_stands_in_the_glossary_under_its_own_name() -> None:
    text = Path("docs/glossary.md").read_text(encoding="utf-8")
    written = {match["identifier"]: match["term"].split("（")[0] for match in ROW.finditer(text)}
    models = {
        model._meta.label: str(model._meta.verbose_name)
        for room in ROOMS
        for model in apps.get_app_config(room).get_models()
        if not PLUMBING.search(model.__name__)
    }
    assert written == models
