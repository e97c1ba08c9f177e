"""A file that comes in parts: a broken connection costs one part, and nothing is stored past its limits."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from applications.models import Application, MaterialFile
from config.demo_story import SAMPLE
from core import clock
from documents import parts
from documents.models import PartialUpload
from tests.applications.filing import browser_of, draft_of, story_of, submitter_of
from tests.world import World

CONTENT = SAMPLE.read_bytes()


@pytest.fixture(autouse=True)
def quarantine(settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    settings.QUARANTINE_ROOT = tmp_path / "quarantine"
    monkeypatch.setattr(parts, "PART_BYTES", 4000)
    return tmp_path / "quarantine"


@pytest.fixture
def application(world: World) -> Application:
    return draft_of(world)


def begin(world: World, application: Application, client: Client, **more: Any) -> Any:
    url = world.url(f"unit/applications/{application.pk}/materials/licence_copy/parts/")
    return client.post(url, {"name": "执照.pdf", "size": len(CONTENT), **more})


def send(client: Client, url: str, offset: int, content: bytes | None = None) -> Any:
    body = CONTENT[offset : offset + 4000] if content is None else content
    return client.post(f"{url}?offset={offset}", body, content_type="application/octet-stream")


def test_an_upload_goes_on_where_it_was_broken_off(
    world: World, application: Application, quarantine: Path, django_capture_on_commit_callbacks: Any
) -> None:
    client = browser_of(submitter_of(world))
    begun = begin(world, application, client).json()
    assert (begun["received"], begun["part"]) == (0, 4000)
    assert send(client, begun["url"], 0).json() == {"received": 4000}
    # The answer was lost: the same part again changes nothing; one that is not the next is refused.
    assert send(client, begun["url"], 0).json() == {"received": 4000}
    assert send(client, begun["url"], 8000).status_code == 409
    lying = [path for path in quarantine.rglob("*") if path.is_file()]
    assert len(lying) == 1
    assert CONTENT[:200] not in lying[0].read_bytes()
    again = begin(world, application, client).json()
    assert (again["url"], again["received"]) == (begun["url"], 4000)
    with django_capture_on_commit_callbacks(execute=True):
        for offset in range(4000, len(CONTENT), 4000):
            answer = send(client, begun["url"], offset)
    assert answer.json() == {"received": len(CONTENT), "done": True}
    stored = MaterialFile.objects.get(material__application=application).attachment
    assert (stored.original_name, stored.size) == ("执照.pdf", len(CONTENT))
    assert not [path for path in quarantine.rglob("*") if path.is_file()]


def test_a_last_part_whose_answer_was_lost_is_answered_again_and_stored_once(
    world: World, application: Application, django_capture_on_commit_callbacks: Any
) -> None:
    """Planted bug: the upload is forgotten with its last part, and the page says that it failed."""
    client = browser_of(submitter_of(world))
    begun = begin(world, application, client).json()
    last = max(range(0, len(CONTENT), 4000))
    with django_capture_on_commit_callbacks(execute=True):
        for offset in range(0, len(CONTENT), 4000):
            first = send(client, begun["url"], offset)
    again = send(client, begun["url"], last)
    assert (again.status_code, again.json()) == (200, first.json())
    assert MaterialFile.objects.filter(material__application=application).count() == 1
    # The same file once more is an upload of its own; what is finished takes no room.
    assert begin(world, application, client).json()["url"] != begun["url"]
    PartialUpload.objects.update(touched_at=clock.now() - timedelta(hours=25))
    assert parts.sweep_parts() == 2
    assert send(client, begun["url"], last).status_code == 404


def test_what_does_not_pass_is_told_before_a_byte_is_sent(
    world: World, application: Application, settings: Any
) -> None:
    client = browser_of(submitter_of(world))
    wrong = begin(world, application, client, name="执照.exe")
    assert (wrong.status_code, "格式不支持" in wrong.json()["error"]) == (422, True)
    settings.MAX_PARTIAL_BYTES = 50 * 1048576
    large = begin(world, application, client, size=50 * 1048576 + 1)
    assert "超过上限 50 MB" in large.json()["error"]
    assert begin(world, application, client, size="x").status_code == 422
    # What is under way counts as stored.
    settings.UNIT_QUOTA_BYTES = settings.DOSSIER_QUOTA_BYTES = len(CONTENT) + 10
    assert begin(world, application, client).status_code == 200
    assert "上限" in begin(world, application, client, name="另一份.pdf").json()["error"]


def test_content_that_is_not_what_its_name_says_is_refused_at_the_end(
    world: World, application: Application
) -> None:
    client = browser_of(submitter_of(world))
    begun = begin(world, application, client, size=8).json()
    answer = send(client, begun["url"], 0, b"MZ\x90\x00ABCD")
    assert (answer.status_code, "执照.pdf" in answer.json()["error"]) == (422, True)
    assert not PartialUpload.objects.exists()
    assert send(client, begun["url"], 0).status_code == 404


def test_nobody_goes_on_with_another_person_s_upload(world: World, application: Application) -> None:
    begun = begin(world, application, browser_of(submitter_of(world))).json()
    colleague = world.people[story_of(world).row("unit")["members"][1]["key"]]
    assert send(browser_of(colleague), begun["url"], 0).status_code == 404
    assert send(browser_of(world.people["officer"]), begun["url"], 0).status_code == 404


def test_a_form_is_no_part(world: World, application: Application) -> None:
    """Seen: a form's body is read on its way in, and asking for it again failed."""
    client = browser_of(submitter_of(world))
    begun = begin(world, application, client).json()
    for more in ({}, {"content_type": "text/plain"}):
        assert (
            client.post(f"{begun['url']}?offset=0", "a=b" if more else {"a": "b"}, **more).status_code == 415
        )
    assert client.get(begun["url"]).json() == {"received": 0}
    # Of an upload that nobody knows the form tells nothing either.
    assert client.post(f"{begun['url'][:-3]}00/", {"a": "b"}).status_code == 404


def test_what_nobody_goes_on_with_is_swept_after_a_day(
    world: World, application: Application, quarantine: Path, django_capture_on_commit_callbacks: Any
) -> None:
    client = browser_of(submitter_of(world))
    begun = begin(world, application, client).json()
    send(client, begun["url"], 0)
    assert parts.sweep_parts() == 0
    row = PartialUpload.objects.get()
    row.touched_at -= timedelta(hours=25)
    row.save()
    with django_capture_on_commit_callbacks(execute=True):
        assert parts.sweep_parts() == 1
    assert not PartialUpload.objects.exists()
    assert not [path for path in quarantine.rglob("*") if path.is_file()]
