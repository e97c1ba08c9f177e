"""A unit with an application in an open round, at whatever point a test begins."""

from __future__ import annotations

from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from applications.filing import drafting, submission
from applications.models import Application, Round
from config.demo import Furniture
from config.demo_story import SAMPLE, Story
from core import clock
from tests.world import World


def story_of(world: World) -> Story:
    """The demonstration's story in a test's world: it registers units and reads their answers."""
    return Story(world.demo, Furniture(world.authorities, world.people, world.experts))


def open_call(world: World) -> Round:
    """The round of the demonstration file, open on its second day."""
    story = story_of(world)
    round_ = story.open_round()
    world.at(clock.local(round_.opens_at).date(), 10)
    return round_


def draft_of(world: World, key: str = "unit", *, round_: Round | None = None) -> Application:
    """An empty draft of an approved unit."""
    story = story_of(world)
    unit = story.register(key)
    actor = submitter_of(world, key)
    return drafting.start_application(round_=round_ or open_call(world), unit=unit, actor=actor)


def submitter_of(world: World, key: str = "unit") -> Any:
    """The first member of a unit, who may submit."""
    row = story_of(world).row(key)
    return world.people[row["members"][0]["key"]]


def fill(world: World, application: Application, key: str = "unit") -> Application:
    """Every answer and material of the demonstration file."""
    content = story_of(world).row(key)["application"]
    actor = submitter_of(world, key)
    drafting.save_draft(
        application=application,
        actor=actor,
        revision=application.revision,
        facts=content["facts"],
        narratives=content["narratives"],
        rosters=content["rosters"],
    )
    for material in application.rules.materials:
        if material.brought_by == "unit":
            drafting.add_material_file(application=application, name=material.name, upload=pdf(), actor=actor)
    return application


def filled(world: World, key: str = "unit") -> Application:
    """A draft that can be handed in."""
    return fill(world, draft_of(world, key), key)


def filed(world: World, key: str = "unit") -> Application:
    """An application that lies on its first desk."""
    application = filled(world, key)
    return submission.submit(application=application, actor=submitter_of(world, key), pledged=True)


def pdf(name: str = "材料.pdf") -> SimpleUploadedFile:
    """A real PDF file."""
    return SimpleUploadedFile(name, SAMPLE.read_bytes(), "application/pdf")


def browser_of(user: Any) -> Client:
    """A browser in which this person is signed in."""
    client = Client()
    client.force_login(user)
    return client
