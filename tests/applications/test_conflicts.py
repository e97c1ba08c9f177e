"""Two members at one chapter: neither loses a word, and neither overwrites the other unasked."""

from __future__ import annotations

from typing import Any

import pytest

from applications.dossier.conflicts import base_of, written
from applications.dossier.forms import stored_data
from applications.dossier.sections import section_named
from applications.filing.drafting import save_draft
from applications.models import Application
from tests.applications.filing import browser_of, draft_of, story_of, submitter_of
from tests.sealed import plain
from tests.world import World

FIRST = {"name": "王某", "resident_id": "11010819790609226X", "title": "technician"}
SECOND = {"name": "李某", "resident_id": "110108197906092227", "title": "technician"}
PLACE = "unit/applications/{}/sections/{}/"


class Page:
    """A chapter open in the browser of one member, as it was when it was opened."""

    def __init__(self, world: World, application: Application, chapter: str, user: Any) -> None:
        application = Application.objects.get(pk=application.pk)
        section = section_named(application.rules, chapter)
        assert section is not None
        self.url = world.url(PLACE.format(application.pk, chapter))
        self.client = browser_of(user)
        self.data = {
            **stored_data(application, section),
            "version": str(application.revision),
            "base": written(application, base_of(application, section)),
        }

    def autosave(self) -> Any:
        answer = self.client.post(self.url + "autosave/", self.data)
        if answer.status_code == 200:
            self.data |= {name: str(answer.json()[name]) for name in ("version", "base")}
        return answer

    def save(self, **more: str) -> Any:
        return self.client.post(self.url, {**self.data, **more})


@pytest.fixture
def two(world: World) -> tuple[Application, Any, Any]:
    application = draft_of(world)
    other = world.people[story_of(world).row("unit")["members"][1]["key"]]
    save_draft(
        application=application,
        actor=other,
        revision=0,
        facts={"employees_total": 300, "trade": "钳工"},
        rosters={"members": [FIRST]},
    )
    return application, submitter_of(world), other


def test_different_fields_of_one_chapter_are_both_kept(
    world: World, two: tuple[Application, Any, Any]
) -> None:
    application, me, other = two
    mine = Page(world, application, "unit", me)
    theirs = Page(world, application, "unit", other)
    names = [name for name in mine.data if name.startswith("facts.")]
    first, second = next(n for n in names if n != "facts.employees_total"), "facts.employees_total"
    theirs.data[second] = "320"
    assert theirs.autosave().status_code == 200
    mine.data[first] = "某某"
    answer = mine.autosave()
    assert answer.status_code == 200
    assert [(one["path"], one["value"]) for one in answer.json()["theirs"]] == [(second, "320")]
    application.refresh_from_db()
    assert application.facts["employees_total"] == 320
    assert str(application.facts[first.removeprefix("facts.")]) == "某某"


def test_one_field_changed_by_both_is_asked_and_nothing_is_saved_until_then(
    world: World, two: tuple[Application, Any, Any]
) -> None:
    application, me, other = two
    mine, theirs = Page(world, application, "unit", me), Page(world, application, "unit", other)
    theirs.data["facts.employees_total"] = "320"
    theirs.autosave()
    mine.data["facts.employees_total"] = "310"
    refused = mine.autosave()
    assert refused.status_code == 409
    assert "员工总人数" in refused.json()["error"]
    page = mine.save()
    assert page.status_code == 409
    asked = page.context["theirs"]
    assert [(one.path, one.mine, one.theirs) for one in asked] == [("facts.employees_total", "310", "320")]
    assert 'value="310"' in page.content.decode()
    assert "data-autosave" not in page.content.decode()
    application.refresh_from_db()
    assert application.facts["employees_total"] == 320
    mine.data |= {"version": str(application.revision), "base": page.context["base"]}
    assert mine.save(**{"choice-facts.employees_total": "theirs"}).status_code == 302
    application.refresh_from_db()
    assert application.facts["employees_total"] == 320
    assert mine.save(**{"choice-facts.employees_total": "mine"}).status_code == 302
    application.refresh_from_db()
    assert application.facts["employees_total"] == 310


@pytest.mark.parametrize(
    ("choice", "names"), [("mine", ["王某某"]), ("theirs", ["李某"]), ("both", ["王某某", "李某"])]
)
def test_a_roster_changed_by_both_keeps_its_numbers(
    world: World, two: tuple[Application, Any, Any], choice: str, names: list[str]
) -> None:
    """One takes the row out that the other is at work on: its number, known to the page by its mask only,
    is not lost.
    """
    application, me, _ = two
    mine = Page(world, application, "staff", me)
    save_draft(application=application, actor=two[2], revision=1, rosters={"members": [SECOND]})
    mine.data["rosters.members-0-name"] = "王某某"
    page = mine.save()
    assert page.status_code == 409
    assert [row[0] for row in page.context["theirs"][0].their_rows] == ["李某"]
    assert SECOND["resident_id"] not in page.content.decode()
    mine.data |= {"version": str(application.revision), "base": page.context["base"]}
    mine.save(**{"choice-rosters.members": choice})
    application.refresh_from_db()
    numbers = {"王某某": FIRST["resident_id"], "李某": SECOND["resident_id"]}
    kept = application.rosters["members"]
    assert [(row["name"], plain(row["resident_id"])) for row in kept] == [(n, numbers[n]) for n in names]


def test_the_conflict_page_takes_over_what_only_the_other_changed(
    world: World, two: tuple[Application, Any, Any]
) -> None:
    application, me, other = two
    mine, theirs = Page(world, application, "unit", me), Page(world, application, "unit", other)
    another = next(n for n in mine.data if n.startswith("facts.") and n != "facts.employees_total")
    theirs.data |= {"facts.employees_total": "320", another: "新"}
    theirs.autosave()
    mine.data["facts.employees_total"] = "310"
    page = mine.save()
    assert page.context["form"].form.data[another] == "新"


def test_a_base_of_another_application_proves_nothing(
    world: World, two: tuple[Application, Any, Any]
) -> None:
    application, me, other = two
    mine = Page(world, application, "unit", me)
    theirs = Page(world, application, "unit", other)
    theirs.data["facts.employees_total"] = "320"
    theirs.autosave()
    section = section_named(application.rules, "unit")
    assert section is not None
    application.refresh_from_db()
    foreign = Application(pk=application.pk + 1, tenant=application.tenant, round=application.round)
    foreign.facts = application.facts
    mine.data |= {"facts.employees_total": "310", "base": written(foreign, base_of(foreign, section))}
    assert mine.autosave().status_code == 409
