"""The disk (F7): a full one refuses in words, and no row is without its file, no file without its row."""

from __future__ import annotations

import json
import logging
import os
import resource
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings

from core.errors import DomainError
from core.tenancy import tenant_scope
from documents.intake import take_in
from documents.models import Attachment
from documents.sweeping import sweep
from documents.tasks import sweep_files
from tests.documents.corpus import SAMPLE, upload
from tests.processes import ROOT, environment
from tests.world import World, furnish, make_jurisdiction

DAYS = 24 * 3600
# A disk of one's own: root mounts as root, so as to reach the database's socket; others in a user namespace.
NAMESPACES = "-m" if os.geteuid() == 0 else "-Urm"


def brought(world: World, **more: Any) -> Attachment:
    return take_in(
        upload=upload("材料.pdf", SAMPLE), accepts=("pdf",), actor=world.people["reviewer"], **more
    )


def folder_of(world: World) -> Path:
    return Path(django_settings.MEDIA_ROOT) / str(world.jurisdiction.pk)


def stray(folder: Path, name: str, *, age: float) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    path.write_bytes(b"left by a crash")
    os.utime(path, (time.time() - age, time.time() - age))
    return path


def test_the_sweep_takes_old_files_without_a_row_and_nothing_else(world: World) -> None:
    kept = brought(world)
    os.utime(kept.file.path, (0, 0))
    old = stray(folder_of(world), "0" * 32, age=2 * DAYS)
    young = stray(folder_of(world), "1" * 32, age=3600)
    with tenant_scope(make_jurisdiction("gaoming")) as scope:
        neighbour = stray(Path(django_settings.MEDIA_ROOT) / str(scope.tenant.pk), "2" * 32, age=2 * DAYS)
    paper = stray(Path(django_settings.MEDIA_ROOT) / "papers" / "2026", "paper.pdf", age=2 * DAYS)
    found = sweep()
    assert found.removed == (f"{world.jurisdiction.pk}/{old.name}",)
    assert not old.exists()
    assert all(path.exists() for path in (Path(kept.file.path), young, neighbour, paper))
    # The task serves every jurisdiction.
    assert sweep_files() == 1
    assert not neighbour.exists()


def test_a_row_without_its_file_is_named_and_stays(world: World, caplog: pytest.LogCaptureFixture) -> None:
    gone, kept = brought(world), brought(world)
    Path(gone.file.path).unlink()
    with caplog.at_level(logging.ERROR):
        assert sweep().missing == (gone.pk,)
    assert str(gone.pk) in caplog.text
    assert set(Attachment.objects.values_list("pk", flat=True)) == {gone.pk, kept.pk}


@pytest.mark.parametrize("personal", [False, True])
def test_what_the_disk_does_not_take_leaves_nothing(world: World, personal: bool) -> None:
    kept = brought(world)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4096, hard))
    try:
        with pytest.raises(DomainError, match="服务器暂时无法保存文件，“材料"):
            brought(world, personal=personal)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert Attachment.objects.get().pk == kept.pk
    assert [path.name for path in folder_of(world).iterdir()] == [Path(kept.file.name).name]


@pytest.fixture
def place(transactional_db: None) -> Iterator[World]:
    """A furnished jurisdiction, committed, so that another process sees it."""
    jurisdiction = make_jurisdiction("qinshui")
    with tenant_scope(jurisdiction):
        yield furnish(jurisdiction)


def has_namespaces() -> bool:
    """Whether this machine lets a process have a disk of its own without being root."""
    if shutil.which("unshare") is None:
        return False
    trial = ["unshare", NAMESPACES, "mount", "-t", "tmpfs", "-o", "size=1m", "none", "/mnt"]
    return subprocess.run(trial, capture_output=True, check=False).returncode == 0


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(
    not has_namespaces(), reason="no disk of one's own may be mounted here; the test above needs none"
)
def test_a_full_disk_is_a_sentence_and_rows_and_files_still_agree(place: World, tmp_path: Path) -> None:
    command = ["unshare", NAMESPACES, sys.executable, "-m", "tests.documents.full_disk"]
    done = subprocess.run(
        [*command, place.slug, place.people["reviewer"].username],
        cwd=ROOT,
        env=environment(VAR_DIR=str(tmp_path), MAX_UPLOAD_BYTES="4000000"),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout.splitlines()[-1])
    words = "服务器暂时无法保存文件，“大.pdf”没有上传；请稍后再试，仍不成功请联系管理员。"
    assert told["told"] == ["", "", "", words, words]
    assert told["files"] == told["rows"]
    assert len(told["rows"]) == 3
    assert (told["removed"], told["missing"]) == ([f"{place.jurisdiction.pk}/stray"], [])
    assert told["quarantine"] == words
