"""How much a unit may store: in one dossier, over the years, and with many uploads at the same time."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection

from applications.filing.drafting import add_material_file, remove_material_file
from applications.models import Application
from core.errors import DomainError
from core.tenancy import tenant_scope
from documents.intake import take_in
from documents.models import Attachment
from documents.quotas import Allowance
from tests.applications.filing import draft_of, pdf, submitter_of
from tests.documents.corpus import SAMPLE
from tests.world import World, furnish, make_jurisdiction

NAME = "licence_copy"


def bring(application: Application, actor: Any) -> Any:
    return add_material_file(application=application, name=NAME, upload=pdf("执照.pdf"), actor=actor)


def test_the_dossier_is_full_and_says_what_is_used(world: World, settings: Any) -> None:
    settings.DOSSIER_QUOTA_FILES = 2
    application, actor = draft_of(world), submitter_of(world)
    first = bring(application, actor)
    bring(application, actor)
    with pytest.raises(DomainError, match=r"本申报（报告）已存 2 个文件、0\.0 MB，上限为 2 个文件"):
        bring(application, actor)
    remove_material_file(application=application, file=first, actor=actor)
    bring(application, actor)


def test_bytes_count_to_the_last(world: World, settings: Any) -> None:
    application, actor = draft_of(world), submitter_of(world)
    settings.DOSSIER_QUOTA_BYTES = 2 * len(SAMPLE)
    bring(application, actor)
    bring(application, actor)
    settings.DOSSIER_QUOTA_BYTES = 3 * len(SAMPLE) - 1
    with pytest.raises(DomainError, match="上限为"):
        bring(application, actor)


def test_the_unit_is_full_whatever_the_dossier_and_others_are_not(world: World, settings: Any) -> None:
    settings.UNIT_QUOTA_FILES = 1
    application, actor = draft_of(world), submitter_of(world)
    bring(application, actor)
    assert Attachment.objects.get().holder_id == application.unit_id
    with pytest.raises(DomainError, match="本单位已存 1 个文件"):
        bring(application, actor)
    other = draft_of(world, "second", round_=application.round)
    bring(other, submitter_of(world, "second"))


def test_what_was_removed_after_submission_is_stored_and_counts(world: World, settings: Any) -> None:
    settings.UNIT_QUOTA_FILES = 1
    application, actor = draft_of(world), submitter_of(world)
    kept = bring(application, actor)
    kept.delete()  # as after a return: the version that was handed in still names the file
    with pytest.raises(DomainError, match="本单位已存 1 个文件"):
        bring(application, actor)


# --- at the same time -------------------------------------------------------------


@pytest.fixture
def place(transactional_db: None) -> Iterator[World]:
    """A furnished jurisdiction, committed, so that other connections see it."""
    jurisdiction = make_jurisdiction("qinshui")
    with tenant_scope(jurisdiction):
        yield furnish(jurisdiction)


@pytest.mark.django_db(transaction=True)
def test_parallel_uploads_never_pass_the_last_place_together(place: World, settings: Any) -> None:
    unit, actor = draft_of(place).unit, submitter_of(place)
    settings.UNIT_QUOTA_FILES = 5
    start, outcomes = threading.Barrier(8), []

    def upload_three() -> None:
        # Each into a dossier of its own: no lock but the unit's stands between them.
        allowance = Allowance(holder=unit, dossier=Attachment.objects.none())
        start.wait(timeout=30)
        for _ in range(3):
            try:
                take_in(upload=pdf(), accepts=("pdf",), actor=actor, allowance=allowance)
                outcomes.append("stored")
            except DomainError as error:
                outcomes.append(error.message.partition("，上限")[0])

    def work() -> None:
        try:
            with tenant_scope(place.jurisdiction):
                upload_three()
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=120)
    refused = "“材料.pdf”不能上传：本单位已存 5 个文件、0.1 MB"
    assert Counter(outcomes) == {"stored": 5, refused: 19}
    assert Attachment.objects.count() == 5
