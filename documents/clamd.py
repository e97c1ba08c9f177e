"""Asking ClamAV's daemon about a file (INSTREAM), and believing only what it really said.

"OK" is the one answer that means clean. A limit of the daemon, ours or its own, means that nobody
knows. ClamAV must run with `AlertExceedsMax yes`: without it, it calls what it did not look into "OK".
"""

from __future__ import annotations

import contextlib
import socket
import struct
from dataclasses import dataclass

from django.conf import settings

CHUNK = 64 * 1024
MAX_REPLY = 4096
LIMITS = ("Heuristics.Limits.Exceeded", "Heuristics.Encrypted")


class ScannerUnavailable(RuntimeError):
    """The scanner did not answer, or not in its language: nothing is known, ask again later."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the scanner said: `clean`, `infected` or `limited`, and its own words."""

    outcome: str
    words: str = ""


def scan(content: bytes) -> Verdict:
    """Sends the content to `CLAMD_ADDRESS` and reads the verdict. Raises `ScannerUnavailable`."""
    if len(content) > settings.CLAMD_MAX_BYTES:
        return Verdict("limited", "larger than CLAMD_MAX_BYTES")
    try:
        with _connected() as daemon:
            # A daemon that has enough says so and hangs up while we are still sending.
            with contextlib.suppress(BrokenPipeError, ConnectionResetError):
                daemon.sendall(b"zINSTREAM\0")
                for start in range(0, len(content), CHUNK):
                    chunk = content[start : start + CHUNK]
                    daemon.sendall(struct.pack("!L", len(chunk)) + chunk)
                daemon.sendall(struct.pack("!L", 0))
            reply = _reply(daemon)
    except OSError as error:
        raise ScannerUnavailable(f"{type(error).__name__}: {error}") from error
    return verdict_of(reply)


def verdict_of(reply: str) -> Verdict:
    """What a reply means. Raises `ScannerUnavailable` for one that means nothing."""
    text = reply.removeprefix("stream: ")
    if text == "OK":
        return Verdict("clean")
    if text.endswith(" FOUND"):
        name = text.removesuffix(" FOUND")
        return Verdict("limited" if name.startswith(LIMITS) else "infected", name)
    if "size limit exceeded" in text:
        return Verdict("limited", text)
    raise ScannerUnavailable(f"clamd answered {reply[:200]!r}")


def answers() -> bool:
    """Whether the daemon is there (PING)."""
    try:
        with _connected() as daemon:
            daemon.sendall(b"zPING\0")
            return _reply(daemon) == "PONG"
    except (OSError, ScannerUnavailable):
        return False


def _connected() -> socket.socket:
    address: str = settings.CLAMD_ADDRESS
    if address.startswith("/"):
        daemon = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        daemon.settimeout(settings.CLAMD_TIMEOUT)
        try:
            daemon.connect(address)
        except OSError:
            daemon.close()
            raise
        return daemon
    host, _, port = address.rpartition(":")
    daemon = socket.create_connection((host.strip("[]"), int(port)), timeout=settings.CLAMD_TIMEOUT)
    return daemon


def _reply(daemon: socket.socket) -> str:
    """One answer up to its NUL; half an answer is none."""
    found = b""
    while not found.endswith(b"\0"):
        part = daemon.recv(MAX_REPLY)
        if not part or len(found) > MAX_REPLY:
            raise ScannerUnavailable(f"clamd broke off after {found[:200]!r}")
        found += part
    return found.rstrip(b"\0").decode("utf-8", "replace").strip()
