"""What the launcher refuses, each time in one sentence and before anything is started."""

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from config import launch

ROOT = Path(__file__).resolve().parent.parent.parent


def launched(action: str = "run", **environment: str) -> tuple[int, str, str]:
    """Exit code, output and complaint of the launcher."""
    kept = {k: v for k, v in os.environ.items() if k not in {"DATABASE_URL", "REDIS_URL", "VAR_DIR"}}
    done = subprocess.run(
        [sys.executable, "-m", "config.launch", action],
        cwd=ROOT,
        env={**kept, **environment},
        capture_output=True,
        text=True,
        timeout=30,
    )
    return done.returncode, done.stdout, done.stderr


def test_a_busy_port(tmp_path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        answer = launched(VAR_DIR=str(tmp_path), PORT=str(port))
    sentence = f"Port {port} is in use already; choose another one, as in: make run PORT=8080\n"
    assert answer == (1, "", sentence)
    assert not (tmp_path / "pg").exists()


@pytest.mark.parametrize("port", ["abc", "0", "65536", "-1", "80.5"])
def test_a_port_that_is_none(tmp_path, port):
    sentence = f"PORT is {port!r}, but must be a number from 1 to 65535.\n"
    assert launched(VAR_DIR=str(tmp_path), PORT=port) == (1, "", sentence)


def test_a_data_folder_that_is_a_file(tmp_path):
    file = tmp_path / "file"
    file.touch()
    sentence = f"The data folder {file} is not a folder; choose another VAR_DIR.\n"
    assert launched(VAR_DIR=str(file)) == (1, "", sentence)


def test_a_data_folder_that_cannot_be_written(tmp_path, monkeypatch):
    """As root every folder can be written, so the refusal itself is played."""

    def refuse(*_args: object, **_kwargs: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "mkdir", refuse)
    with pytest.raises(launch.LaunchError) as refusal:
        launch.check_folder(tmp_path)
    assert str(refusal.value) == (
        f"The data folder {tmp_path} cannot be written (Permission denied); choose another VAR_DIR."
    )


def test_a_data_folder_in_use(tmp_path):
    options = launch.Options(var_dir=tmp_path, host="127.0.0.1", port=8765, demo=False)
    sentence = (
        f"The data folder {tmp_path} is in use already, by the system at http://127.0.0.1:8765/; "
        "stop that one or choose another VAR_DIR.\n"
    )
    with launch.hold_run_lock(options):
        assert launched(VAR_DIR=str(tmp_path)) == (1, "", sentence)
        assert launched("reset", VAR_DIR=str(tmp_path)) == (1, "", sentence)


def test_reset_deletes_the_data_and_nothing_else(tmp_path):
    for name in ("pg", "media", "mine"):
        (tmp_path / name).mkdir()
    (tmp_path / "secret_key").write_text("s")
    assert launched("reset", VAR_DIR=str(tmp_path))[0] == 0
    assert sorted(path.name for path in tmp_path.iterdir()) == ["mine", "run.lock"]


def test_reset_leaves_a_real_server_alone(tmp_path):
    code, _, complaint = launched("reset", VAR_DIR=str(tmp_path), DATABASE_URL="postgresql://there/x")
    assert code == 1
    assert complaint == (
        "DATABASE_URL is set: make reset deletes only embedded data and leaves your server alone.\n"
    )
