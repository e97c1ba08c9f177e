"""The API of the rules: what is in force, which versions there are, what a regulation answers."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from core.tenancy import tenant_scope
from jurisdictions.engine import Profile, bundled_profiles, effective_from
from jurisdictions.engine.loader import PROFILES
from jurisdictions.engine.questions import KINDS, ask
from jurisdictions.engine.questions.asking import plain
from jurisdictions.engine.questions.lines import answer_line
from jurisdictions.engine.schema.form import Fact
from jurisdictions.enums import RESERVED_SLUGS
from jurisdictions.models import Jurisdiction, RuleProfile
from tests.asking import ROOT, asked, looked, place, problem_of
from tests.world import SLUGS, World, furnish, make_jurisdiction

QUESTION = place("qinshui", "questions/eligibility/")


# --- jurisdictions and rules ----------------------------------------------------------


def test_every_active_jurisdiction_by_its_own_clock(world: World, client: Client) -> None:
    other = make_jurisdiction("gaoming")
    with tenant_scope(other):
        furnish(other).at("2026-07-11")
    make_jurisdiction("yantai")
    Jurisdiction.objects.create(
        slug="resting", name="停", short_name="停", division_code="1", is_active=False
    )
    found = looked(client, f"{ROOT}jurisdictions/")
    assert (found["count"], found["next"], found["previous"]) == (3, None, None)
    first, second, third = found["results"]
    assert [one["slug"] for one in found["results"]] == ["qinshui", "gaoming", "yantai"]
    assert first["rules"]["title"] == world.rules.title
    assert (first["name"], first["division_code"]) == (world.rules.jurisdiction.name, "140521")
    assert first["rules"]["level"] == "county"
    assert first["rules"]["validity"]["status"] == "in_force"
    assert first["page"] == "/qinshui/"
    assert second["rules"]["validity"]["status"] == "expired"
    assert second["rules"]["validity"]["on"] == "2026-07-11"
    # Nobody has loaded its text yet.
    assert third["rules"] is None


@pytest.mark.parametrize("world", SLUGS, indirect=True)
def test_the_whole_profile_comes_back(world: World, client: Client) -> None:
    found = looked(client, place(world.slug, "rules/"))
    assert (found["title"], found["version"], found["digest"]) == (
        world.rules.title,
        world.profile.version,
        world.profile.digest,
    )
    again = Profile.model_validate(found["profile"])
    whole: dict[str, Any] = {"by_alias": True, "serialize_as_any": True}
    # What an option of a reading would set has no type of its own: a number with a point comes back as one.
    assert plain(again.model_dump(**whole)) == plain(world.rules.model_dump(**whole))


def second_version(world: World) -> RuleProfile:
    text = world.profile.text + "\n# second\n"
    return RuleProfile.objects.create(version="2030-01-01", text=text, digest="f" * 64)


def test_the_version_of_a_day_of_a_name_and_all_of_them(world: World, client: Client) -> None:
    second = second_version(world)
    first = world.profile

    def version(**query: Any) -> tuple[str, str]:
        found = looked(client, place("qinshui", "rules/"), **query)
        return found["version"], found["validity"]["on"]

    today = world.demo["begin"]
    assert version() == (first.version, str(today))
    assert version(on="2029-12-31") == (first.version, "2029-12-31")
    assert version(on="2030-01-01") == (second.version, "2030-01-01")
    assert version(on="1999-01-01") == (first.version, "1999-01-01")
    assert version(version=second.version) == (second.version, str(today))
    versions = looked(client, place("qinshui", "rules/versions/"))["versions"]
    assert versions == [
        {
            "version": one.version,
            "effective_date": effective_from(one.version),
            "digest": one.digest,
            "current": one == first,
        }
        for one in (second, first)
    ]


@pytest.mark.parametrize(
    ("query", "status", "culprit"),
    [
        ({"on": "2024-02-30"}, 400, "on"),
        ({"on": "gestern"}, 400, "on"),
        ({"on": "20240605"}, 400, "on"),
        ({"on": "2024-W01-1"}, 400, "on"),
        ({"version": "2001-01-01"}, 404, "version"),
    ],
)
def test_a_day_or_version_that_is_none(
    world: World, client: Client, query: dict[str, str], status: int, culprit: str
) -> None:
    assert problem_of(client.get(place("qinshui", "rules/"), query), status)["culprit"] == culprit


def test_a_jurisdiction_without_rules(world: World, client: Client) -> None:
    make_jurisdiction("gaoming")
    for rest in ("rules/", "rules/versions/", "questions/"):
        assert "尚未载入" in problem_of(client.get(place("gaoming", rest)), 404)["detail"]


@pytest.mark.parametrize("rest", ["rules/", "rules/versions/", "questions/", "notices/", "stations/"])
@pytest.mark.parametrize("slug", ["nowhere", "platform", "resting"])
def test_a_jurisdiction_that_is_none(world: World, client: Client, slug: str, rest: str) -> None:
    Jurisdiction.objects.create(
        slug="resting", name="停", short_name="停", division_code="1", is_active=False
    )
    assert problem_of(client.get(place(slug, rest)), 404)["detail"] == "没有这个辖区。"
    assert problem_of(asked(client, place(slug, "questions/eligibility/"), {"given": {}}), 404)


def test_one_place_s_address_shows_nothing_of_another(world: World, client: Client) -> None:
    other = make_jurisdiction("gaoming")
    with tenant_scope(other):
        furnish(other)
        digests = set(RuleProfile.objects.values_list("digest", flat=True))
    shown = looked(client, place("qinshui", "rules/versions/"))["versions"]
    assert {one["digest"] for one in shown} == {world.profile.digest}
    assert {
        one["digest"] for one in looked(client, place("gaoming", "rules/versions/"))["versions"]
    } == digests


@pytest.mark.parametrize("slug", RESERVED_SLUGS)
def test_no_jurisdiction_stands_on_an_address_of_the_house(db: None, slug: str) -> None:
    with pytest.raises(IntegrityError, match="slug_is_no_address_of_the_house"), transaction.atomic():
        Jurisdiction.objects.create(slug=slug, name="x", short_name="x", division_code="1")


# --- questions ------------------------------------------------------------------------


@pytest.mark.parametrize("world", SLUGS, indirect=True)
def test_the_answer_is_the_engine_s(world: World, client: Client) -> None:
    given = {"application_date": str(world.demo["begin"]), **some_facts(world.rules)}
    answer = asked(client, place(world.slug, "questions/eligibility/"), {"given": given})
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/json")
    assert answer.json() == ask(world.rules, "eligibility", given)
    assert answer.json()["explanation"]
    assert "no-store" in answer["Cache-Control"]
    assert not answer.cookies
    rules = place(world.slug, "rules/")
    assert answer["Link"] == f'<{rules}?version={world.profile.version}>; rel="describedby"'
    assert looked(client, answer["Link"].split(">")[0][1:])["version"] == world.profile.version


def some_facts(rules: Profile) -> dict[str, Any]:
    """A plausible value for every fact of the form."""
    usual: dict[str, Any] = {
        "integer": 5,
        "decimal": 12.5,
        "boolean": True,
        "date": "2020-01-01",
        "text": "x",
    }

    def plausible(fact: Fact) -> Any:
        if fact.type == "choice":
            return fact.choices[0].value
        value = usual[fact.type]
        return float(fact.max) if fact.max is not None and value > fact.max else value

    return {fact.name: plausible(fact) for fact in rules.facts if fact.type != "list"}


def test_the_version_and_the_day_of_a_question(world: World, client: Client) -> None:
    second_version(world)
    answer = asked(client, QUESTION, {"given": {}, "on": "2031-05-01"})
    assert "version=2030-01-01" in answer["Link"]
    answer = asked(client, QUESTION, {"given": {}, "on": None, "readings": {}})
    assert f"version={world.profile.version}" in answer["Link"]


@pytest.mark.parametrize("world", SLUGS, indirect=True)
def test_a_question_without_a_day_is_answered_as_on_the_command_line(world: World, client: Client) -> None:
    """Planted bug: today is put into the question, so that what is not known is answered."""
    cases: dict[str, dict[str, Any]] = {kind: {} for kind in KINDS} | {"deadline": {"chain": True}}
    for row in json.loads((PROFILES / world.slug / "cases.json").read_text("utf-8")):
        if row["kind"] in ("validity", "deadline"):
            cases[row["id"]] = row["given"] | {"kind": row["kind"]}
    for name, given in cases.items():
        kind = given.pop("kind", name)
        line = {"jurisdiction": world.slug, "kind": kind, "given": given}
        told = json.loads(answer_line(json.dumps(line).encode()).text)
        found = asked(client, place(world.slug, f"questions/{kind}/"), {"given": given})
        assert found.status_code == (422 if "error" in told else 200), (name, found.content)
        if "error" not in told:
            assert found.json() == told, name


def test_a_day_that_is_named_is_the_day_of_the_question(world: World, client: Client) -> None:
    url = place("qinshui", "questions/validity/")
    assert asked(client, url, {"given": {}}).json()["missing"] == ["application_date"]
    assert asked(client, url, {"given": {}, "on": "2024-06-05"}).json()["in_force"] is True


@pytest.mark.parametrize("debug", [True, False])
def test_an_address_without_its_last_slash_is_answered(
    world: World, client: Client, settings: Any, debug: bool
) -> None:
    """Planted bug: the redirect makes a GET of a POST, and the program reads 405."""
    settings.DEBUG = debug
    whole = asked(client, QUESTION, {"given": {}})
    short = asked(client, QUESTION.rstrip("/"), {"given": {}})
    assert (short.status_code, short.json()) == (200, whole.json())
    assert client.get(place("qinshui", "rules"))["Location"] == place("qinshui", "rules/")
    assert problem_of(asked(client, place("qinshui", "nothing"), {}), 404)
    assert problem_of(asked(client, place("qinshui", "rules"), {}), 405)


def test_another_reading_is_taken_and_named(world: World, client: Client) -> None:
    usual = asked(client, QUESTION, {"given": some_facts(world.rules)}).json()["readings"]
    reading = next(one for one in world.rules.readings if one.id in usual and len(one.options) > 1)
    option = next(one.value for one in reading.options if one.value != reading.chosen)
    body = {"given": some_facts(world.rules), "readings": {reading.id: option}}
    assert asked(client, QUESTION, body).json()["readings"][reading.id] == option


def test_choices_of_strangers_are_not_remembered(world: World, client: Client) -> None:
    world.rules._variants.clear()
    for reading in world.rules.readings:
        for option in reading.options:
            asked(client, QUESTION, {"given": {}, "readings": {reading.id: option.value}})
    assert world.rules._variants == {}


def test_what_may_be_asked(world: World, client: Client) -> None:
    found = looked(client, place("qinshui", "questions/"))
    assert [one["kind"] for one in found["kinds"]] == sorted(KINDS)
    for one in found["kinds"]:
        assert {fact["name"] for fact in one["facts"]} == KINDS[one["kind"]].facts(world.rules)
        assert one["url"] == place("qinshui", f"questions/{one['kind']}/")
    known = {fact["name"]: fact for fact in found["kinds"][sorted(KINDS).index("eligibility")]["facts"]}
    for fact in world.rules.facts:
        assert (known[fact.name]["label"], known[fact.name]["type"]) == (fact.label, fact.type)
    assert known["application_date"] == {"name": "application_date", "label": "申报日期"}
    assert {one["id"]: one["chosen"] for one in found["readings"]} == world.rules.chosen_readings


@pytest.mark.parametrize(
    ("body", "culprit"),
    [
        ({}, "given"),
        ([], ""),
        ("x", ""),
        (None, ""),
        ({"given": []}, "given"),
        ({"given": None}, "given"),
        ({"given": {}, "on": "yesterday"}, "on"),
        ({"given": {}, "on": 5}, "on"),
        ({"given": {}, "on": "20240605"}, "on"),
        ({"given": {}, "on": "2024-W01-1"}, "on"),
        ({"given": {}, "readings": []}, "readings"),
        ({"given": {}, "readings": {"QS-A1": {}}}, "readings.QS-A1"),
        ({"given": {}, "extra": 1}, "extra"),
        ({"given": {"no_such_fact": 1}}, "no_such_fact"),
        ({"given": {"application_date": "never"}}, "application_date"),
        ({"given": {}, "readings": {"XX-9": "a"}}, "readings"),
    ],
)
def test_a_question_that_cannot_be_put(world: World, client: Client, body: Any, culprit: str) -> None:
    found = problem_of(asked(client, QUESTION, body), 422)
    assert found.get("culprit", "") == culprit
    assert found["instance"] == QUESTION


@pytest.mark.parametrize(
    ("body", "name"), [({"given": []}, "given"), ({"given": {}, "readings": []}, "readings")]
)
def test_a_list_in_the_place_of_an_object(world: World, client: Client, body: Any, name: str) -> None:
    found = problem_of(asked(client, QUESTION, body), 422)

    assert found["errors"] == [{"name": name, "detail": "应为对象"}]


def test_a_kind_that_is_none(world: World, client: Client) -> None:
    found = problem_of(asked(client, place("qinshui", "questions/horoscope/"), {"given": {}}), 404)
    assert found["culprit"] == "horoscope"
    assert "eligibility" in found["detail"]


ODD = [
    "x",
    -1,
    0,
    10**14,
    1.5,
    True,
    None,
    [],
    {},
    [[1]],
    [{"a": 1}],
    "9" * 200,
    "2024-13-01",
    {"a": {"b": 1}},
]


@pytest.mark.parametrize("world", SLUGS, indirect=True)
def test_no_odd_value_of_a_fact_is_a_failure_of_ours(world: World, client: Client) -> None:
    for kind in KINDS:
        names = sorted(KINDS[kind].facts(world.rules))
        # All facts odd in one way, but the day, which would be refused first; then each alone in some way.
        tried = [{name: value for name in names if name != "application_date"} for value in ODD]
        tried += [{"application_date": value} for value in ODD]
        tried += [{name: ODD[number % len(ODD)]} for number, name in enumerate(names)]
        for given in tried:
            answer = asked(client, place(world.slug, f"questions/{kind}/"), {"given": given})
            assert answer.status_code in (200, 422), (kind, given, answer.content)


# --- what it costs and leaves ------------------------------------------------------------


def test_a_question_leaves_nothing_in_the_database(world: World, client: Client) -> None:
    with CaptureQueriesContext(connection) as queries:
        assert asked(client, QUESTION, {"given": some_facts(world.rules)}).status_code == 200
        assert client.get(place("qinshui", "rules/")).status_code == 200
    changing = ("INSERT", "UPDATE", "DELETE")
    assert [one["sql"] for one in queries if one["sql"].lstrip().startswith(changing)] == []


def test_versions_of_the_bundle_begin_with_their_day() -> None:
    """The API tells the day from which a version counts."""
    for path in bundled_profiles():
        assert date.fromisoformat(effective_from(path.stem))
