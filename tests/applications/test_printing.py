"""Paper and data can be matched: a draft says that it is one, a version bears its digest on every page."""

from __future__ import annotations

import io
from typing import Any

import pytest
from pypdf import PdfReader

from applications.desk.review import return_for_correction
from applications.dossier.printing import draft_pdf, short, typed_digest, version_pdf
from applications.filing.drafting import save_draft
from applications.filing.submission import resubmit
from applications.models import Application
from core import clock
from tests.applications.filing import browser_of, filed, filled, story_of, submitter_of
from tests.world import World

DRAFT_MARK = "草稿，未提交"


def pages(content: bytes) -> list[str]:
    return [page.extract_text() for page in PdfReader(io.BytesIO(content)).pages]


def flat(content: bytes) -> str:
    return "".join("".join(pages(content)).split())


def test_a_draft_is_marked_on_every_page_and_bears_no_digest(world: World) -> None:
    application = filled(world)
    content = draft_pdf(application)
    found = pages(content)
    assert len(found) > 1
    assert all(DRAFT_MARK in page and "校验码" not in page for page in found)
    text = flat(content)
    assert application.rules.narratives[0].label in text
    assert application.rosters["members"][0]["name"] in text
    assert application.rosters["members"][0]["resident_id"]["mask"] in text


def test_a_version_bears_number_and_digest_on_every_page(world: World) -> None:
    version = filed(world).versions.get()
    content = version_pdf(version)
    found = pages(content)
    number, code = version.application.number, short(version.digest)
    assert all(number in page and code in page and DRAFT_MARK not in page for page in found)
    assert version.digest in flat(content)


def test_the_paper_shows_what_was_handed_in_and_not_what_is_typed_since(world: World) -> None:
    application = filed(world)
    reviewer = story_of(world).reviewer_of(application.authority)
    path = f"narratives.{application.rules.narratives[0].name}"
    points: list[Any] = [{"path": path, "label": "一项", "text": "请改"}]
    return_for_correction(application=application, items=points, due_on=clock.today(), actor=reviewer)
    application.refresh_from_db()
    name = application.rules.narratives[0].name
    save_draft(
        application=application,
        actor=submitter_of(world),
        revision=application.revision,
        narratives={name: "后来才写的话"},
    )
    client = browser_of(submitter_of(world))
    url = world.url(f"unit/applications/{application.pk}/print/")
    submitted, draft = client.get(f"{url}?submitted=1"), client.get(url)
    assert "后来才写的话" not in flat(submitted.content)
    assert "后来才写的话" in flat(draft.content)
    assert DRAFT_MARK in pages(draft.content)[0]
    # The desk prints what lies before it, never the unit's work.
    desk = browser_of(reviewer)
    assert "后来才写的话" not in flat(desk.get(world.url(f"desk/files/{application.pk}/print/")).content)
    first = application.versions.get()
    resubmit(application=application, actor=submitter_of(world), pledged=True)
    second = application.versions.last()
    match = world.url("desk/match/")
    old = desk.post(match, {"digest": short(first.digest)}).content.decode()
    assert "是以前的版本" in old
    new = desk.post(match, {"digest": f" {second.digest.upper()}\n"}).content.decode()
    assert "相符：是现在办理的这一版" in new
    assert application.number in new


@pytest.mark.parametrize("typed", ["", "12345", "ZZZZ-ZZZZ-ZZZZ-ZZZZ", "a" * 65])
def test_what_is_no_digest_is_said_to_be_none(world: World, typed: str) -> None:
    assert typed_digest(typed) == ""
    filed(world)
    answer = browser_of(world.people["reviewer"]).post(world.url("desk/match/"), {"digest": typed})
    assert answer.status_code == 422
    assert "16 位" in answer.content.decode()


def test_a_paper_of_another_desk_is_not_told_apart_from_a_false_one(world: World) -> None:
    application: Application = filed(world)
    digest = application.versions.get().digest
    other = next(
        person
        for key, person in world.people.items()
        if key.startswith("reviewer") and person != story_of(world).reviewer_of(application.authority)
    )
    answers = [
        browser_of(other).post(world.url("desk/match/"), {"digest": text}).content.decode()
        for text in (digest, "0" * 64)
    ]
    assert all("没有相符的提交版本" in page and application.unit.name not in page for page in answers)
    officer = browser_of(world.people["officer"]).post(world.url("bureau/match/"), {"digest": digest})
    assert "相符：是现在办理的这一版" in officer.content.decode()
    assert browser_of(submitter_of(world)).get(world.url("desk/match/")).status_code == 404
