"""Numbers of persons in rosters: sealed when saved, kept when left masked, compared without being opened."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.test.utils import CaptureQueriesContext

from applications.dossier.answers import problems_of
from applications.dossier.forms import SectionForm
from applications.dossier.sections import section_named
from applications.filing.drafting import save_draft
from applications.filing.submission import submit
from applications.models import Application, ApplicationVersion
from applications.permissions import can_reveal
from core.vault import SealedText
from tests.applications.filing import browser_of, draft_of, filed, fill, filled, submitter_of
from tests.sealed import plain
from tests.world import SLUGS, World

NUMBER = "110105197803121012"
# Another person whose mask is the same.
TWIN = "110105197001081012"
TYPO = "110105197803121013"


def save(world: World, application: Application, *rows: dict[str, Any]) -> Application:
    save_draft(
        application=application,
        actor=submitter_of(world),
        revision=application.revision,
        rosters={"members": list(rows)},
    )
    application.refresh_from_db()
    return application


def in_database(model: Any, pk: int) -> str:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT to_jsonb(t)::text FROM {model._meta.db_table} t WHERE id = %s", [pk])
        text: str = cursor.fetchone()[0]
    return text


@pytest.mark.parametrize("world", SLUGS, indirect=True)
def test_what_is_stored_and_handed_in_holds_no_number(world: World) -> None:
    application = filed(world)
    rosters = world.demo["units"][0]["application"]["rosters"]
    typed = [row["resident_id"] for rows in rosters.values() for row in rows if row.get("resident_id")]
    assert typed
    version = ApplicationVersion.objects.get()
    stored = in_database(Application, application.pk) + in_database(ApplicationVersion, version.pk)
    assert [number for number in typed if number in stored] == []
    sealed = [
        plain(row["resident_id"])
        for rows in version.content["rosters"].values()
        for row in rows
        if row.get("resident_id")
    ]
    assert sorted(sealed) == sorted(typed)
    assert problems_of(application) == ()


def test_rules_hold_for_numbers_that_nobody_opens(world: World) -> None:
    application = save(
        world,
        draft_of(world),
        {"name": "甲", "resident_id": NUMBER},
        {"name": "乙", "resident_id": TYPO},
        {"name": "丙", "resident_id": f" {NUMBER[:6]} {NUMBER[6:]}"},
        {"name": "丁", "resident_id": ""},
        {"name": "戊", "resident_id": "110105780312101"},
        {"name": "己", "resident_id": "810000199408230021"},
        {"name": "庚", "resident_id": TWIN},
    )
    told = {p.path: p.message for p in problems_of(application) if p.path.endswith("resident_id")}
    assert told == {
        "rosters.members.1.resident_id": "身份证号码校验位不符，请核对是否有误",
        "rosters.members.2.resident_id": "“身份证号码”与第1行重复",
        "rosters.members.3.resident_id": "请填写“身份证号码”",
        "rosters.members.4.resident_id": "15位身份证号码已停用，请填写18位号码",
    }


def inputs_of(application: Application) -> dict[str, str]:
    section = section_named(application.rules, "staff")
    assert section is not None
    form = SectionForm(application, section)
    return {name: value for name, value in form.form.data.items() if name.startswith("rosters.")}


def test_a_masked_input_that_is_left_keeps_its_number(world: World) -> None:
    application = save(
        world,
        draft_of(world),
        {"name": "甲", "resident_id": NUMBER},
        {"name": "乙", "resident_id": TYPO},
    )
    before = [row["resident_id"] for row in application.rosters["members"]]
    client = browser_of(submitter_of(world))
    url = world.url(f"unit/applications/{application.pk}/sections/staff/")
    page = client.get(url).content.decode()
    assert [number for number in (NUMBER, TYPO) if number in page] == []
    assert 'value="1101**********1012"' in page
    sent = inputs_of(application) | {"version": str(application.revision), "then": "later"}
    # The first row goes, the second one moves up with its number, its name put right.
    sent |= {"rosters.members-0-DELETE": "on", "rosters.members-1-name": "乙乙"}
    client.post(url, sent)
    application.refresh_from_db()
    assert [(row["name"], row["resident_id"]) for row in application.rosters["members"]] == [
        ("乙乙", before[1])
    ]
    # Typed anew it is another one; emptied it is gone.
    sent = inputs_of(application) | {"version": str(application.revision), "then": "later"}
    client.post(url, sent | {"rosters.members-0-resident_id": NUMBER})
    application.refresh_from_db()
    assert plain(application.rosters["members"][0]["resident_id"]) == NUMBER
    sent = inputs_of(application) | {"version": str(application.revision), "then": "later"}
    client.post(url, sent | {"rosters.members-0-resident_id": ""})
    application.refresh_from_db()
    assert application.rosters["members"][0]["resident_id"] == ""


def test_a_reference_that_was_not_given_out_is_refused(world: World) -> None:
    """Planted bug: whatever reference comes back is believed, and another unit's number is one's own."""
    theirs = filed(world)
    cell = theirs.rosters["members"][0]["resident_id"]
    mine = draft_of(world, "second", round_=theirs.round)
    save_draft(
        application=mine,
        actor=submitter_of(world, "second"),
        revision=0,
        rosters={"members": [{"name": "甲", "resident_id": dict(cell)}]},
    )
    mine.refresh_from_db()
    taken = mine.rosters["members"][0]["resident_id"]
    assert taken["ref"] != cell["ref"]
    assert plain(taken) == cell["mask"]
    assert mine.persons == []


def test_who_may_ask_for_the_numbers(world: World) -> None:
    draft = draft_of(world)
    clerk = submitter_of(world)

    def may(application: Application) -> set[str]:
        people = {**world.people, "clerk": clerk}
        return {key for key, user in people.items() if user != clerk and can_reveal(user, application)}

    assert (can_reveal(clerk, draft), may(draft)) == (True, {"editor"})
    fill(world, draft)
    submit(application=draft, actor=clerk, pledged=True)
    assert can_reveal(clerk, draft)
    assert not can_reveal(AnonymousUser(), draft)
    assert may(draft) == {"editor", "reviewer", "officer", "officer2"}


def test_the_same_person_is_found_in_other_applications(world: World) -> None:
    first = filed(world)
    second = draft_of(world, "second", round_=first.round)
    fill(world, second, "second")
    assert not Application.objects.sharing_persons(first).exists()
    number = plain(first.rosters["members"][1]["resident_id"])
    rows = [{**row} for row in second.rosters["members"]]
    rows[0]["resident_id"] = number
    save_draft(
        application=second,
        actor=submitter_of(world, "second"),
        revision=second.revision,
        rosters={"members": rows},
    )
    assert list(Application.objects.sharing_persons(first)) == [second]
    assert set(Application.objects.with_person(number)) == {first, second}
    assert not Application.objects.with_person("11010119900307001X").exists()


def test_a_long_roster_costs_a_handful_of_queries(world: World) -> None:
    application = draft_of(world)
    rows = [{"name": f"某{n}", "resident_id": f"1101051978{n:08d}"} for n in range(200)]
    with CaptureQueriesContext(connection) as first:
        save(world, application, *rows)
    with CaptureQueriesContext(connection) as second:
        save(world, application, *application.rosters["members"])
    vault = SealedText._meta.db_table
    counted = [sum(vault in q["sql"] for q in c.captured_queries) for c in (first, second)]
    assert counted == [3, 0]
    assert SealedText.objects.filter(kind="resident_id").count() == 200


def test_nothing_of_a_number_is_in_json_that_leaves(world: World) -> None:
    application = filled(world)
    assert NUMBER not in json.dumps(application.rosters, ensure_ascii=False)
