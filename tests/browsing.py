"""Pages as people see them: signed-in clients, and what a page costs."""

from __future__ import annotations

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.world import World


def signed_in(world: World, key: str) -> Client:
    """A browser of somebody of the world."""
    client = Client()
    client.force_login(world.people[key])
    return client


def text_of(client: Client, url: str) -> str:
    """The page, which must be there."""
    page = client.get(url)
    assert page.status_code == 200, (url, page.status_code)
    return page.content.decode()


def queries_of(client: Client, url: str) -> int:
    """How many queries a page costs once its caches are warm."""
    client.get(url)
    with CaptureQueriesContext(connection) as capture:
        text_of(client, url)
    return len(capture)
