"""The whole running system, and people with browsers in front of it.

`site` is the system as `make run` starts it, in a data folder and on a port of its
own; `new_person()` sits somebody down at a browser with cookies of their own;
`shot(page, name)` leaves a picture in `var/e2e/`.
"""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).resolve().parent.parent.parent
PICTURES = ROOT / "var" / "e2e"
# Whoever only wants to know whether it works need not wait for two hundred pictures.
WITH_PICTURES = os.environ.get("E2E_PICTURES", "1") != "0"
# Each worker has a site of its own.
SITE_DATA = ROOT / "var" / f"e2e-site{os.environ.get('PYTEST_XDIST_WORKER', '')}"
CHROMIUM = "/usr/bin/chromium"
FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking"]
DESKTOP = (1280, 900)
PHONE = (390, 844)
READY_SECONDS = 300
FONTS_CONF = """<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <include ignore_missing="yes">/etc/fonts/fonts.conf</include>
  <dir>{fonts}/noto-sans-sc/400Regular</dir>
  <dir>{fonts}/noto-sans-sc/700Bold</dir>
  <dir>{fonts}/noto-serif-sc/400Regular</dir>
  <dir>{fonts}/noto-serif-sc/700Bold</dir>
  <cachedir>{cache}</cachedir>
</fontconfig>
"""


@dataclass(frozen=True)
class Site:
    """The running system."""

    base_url: str
    environment: dict[str, str]

    def url(self, path: str) -> str:
        """The full address of a path such as `/qinshui/`."""
        return self.base_url + path

    def manage(self, *command: str) -> str:
        """`manage.py` against the running system: `site.manage("clock", "qinshui", "--to", "2024-03-05")`."""
        done = subprocess.run(
            [sys.executable, "manage.py", *command],
            cwd=ROOT,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=120,
        )
        assert done.returncode == 0, f"manage.py {' '.join(command)}:\n{done.stdout}{done.stderr}"
        return done.stdout


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def site_environment(var_dir: Path, **more: str) -> dict[str, str]:
    """The caller's environment without the test run's own servers, and with limits as everybody has them."""
    removed = {"DATABASE_URL", "REDIS_URL", "SERVICES", "DJANGO_SETTINGS_MODULE", "RATE_LIMITING"}
    kept = {name: value for name, value in os.environ.items() if name not in removed}
    return {**kept, "VAR_DIR": str(var_dir), "PYTHONUTF8": "1", "SERVICES": "fast", **more}


def answers(url: str) -> bool:
    """Whether a GET of `url` succeeds, asked directly and not through a proxy."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(url, timeout=5) as response:
            return bool(response.status == 200)
    except (urllib.error.URLError, OSError):
        return False


@pytest.fixture(scope="session")
def site() -> Iterator[Site]:
    """The system of `make run` on a free port; DEMO=0 leaves out the demonstration data."""
    shutil.rmtree(SITE_DATA, ignore_errors=True)
    SITE_DATA.mkdir(parents=True)
    port = free_port()
    environment = site_environment(
        SITE_DATA,
        PORT=str(port),
        DEMO=os.environ.get("DEMO", "1"),
        BEAT_SECONDS=os.environ.get("BEAT_SECONDS", "2"),
    )
    output = SITE_DATA / "launch.txt"
    with output.open("w") as log:
        launcher = subprocess.Popen(
            [sys.executable, "-m", "config.launch", "run"],
            cwd=ROOT,
            env=environment,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        deadline = time.monotonic() + READY_SECONDS
        while "Ready:" not in output.read_text():
            assert launcher.poll() is None, f"the system did not start:\n{output.read_text()}"
            assert time.monotonic() < deadline, f"the system is not ready:\n{output.read_text()}"
            time.sleep(0.1)
        yield Site(base_url=f"http://127.0.0.1:{port}", environment=environment)
    finally:
        launcher.send_signal(signal.SIGTERM)
        launcher.wait(timeout=60)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Debian's Chromium, which sees the Chinese fonts that the application ships."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    folder = ROOT / "var" / "fontconfig"
    folder.mkdir(parents=True, exist_ok=True)
    conf = folder / "fonts.conf"
    fonts = ROOT / "node_modules" / "@expo-google-fonts"
    conf.write_text(FONTS_CONF.format(fonts=fonts, cache=folder / "cache"))
    environment: dict[str, str | float | bool] = {**os.environ, "FONTCONFIG_FILE": str(conf)}
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS, env=environment)
        yield running
        running.close()


NewPerson = Callable[..., Page]


@pytest.fixture
def new_person(browser: Browser, site: Site) -> Iterator[NewPerson]:
    """Sit somebody down at a browser of their own: `page = new_person()` or `new_person(PHONE)`."""
    contexts = []

    def sit_down(size: tuple[int, int] = DESKTOP) -> Page:
        context = browser.new_context(
            base_url=site.base_url,
            locale="zh-CN",
            timezone_id="Asia/Shanghai",
            viewport={"width": size[0], "height": size[1]},
        )
        context.set_default_timeout(10_000)
        contexts.append(context)
        return context.new_page()

    yield sit_down
    for context in contexts:
        context.close()


Shot = Callable[..., Path]


@pytest.fixture(scope="session")
def shot() -> Shot:
    """Leave a picture: `shot(page, "qinshui-01-register")`, also `…-390.png` with `phone=True`."""

    def take(page: Page, name: str, *, phone: bool = False) -> Path:
        if not WITH_PICTURES:
            return PICTURES / f"{name}.png"
        before = page.viewport_size
        for size, suffix in ((DESKTOP, ""), (PHONE, "-390")) if phone else ((DESKTOP, ""),):
            page.set_viewport_size({"width": size[0], "height": size[1]})
            page.screenshot(path=PICTURES / f"{name}{suffix}.png", full_page=True)
        if before is not None:
            page.set_viewport_size(before)
        return PICTURES / f"{name}.png"

    return take
