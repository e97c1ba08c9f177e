"""A daemon that speaks clamd's protocol on loopback, and can be down, slow, full or rude."""

from __future__ import annotations

import contextlib
import io
import socket
import struct
import threading
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager

from tests.documents.corpus import EICAR


class Scanner:
    """Finds EICAR in what it is sent, one archive deep. `mode`: well, half, silent, gone, nonsense,
    or an answer of its own.
    """

    def __init__(self) -> None:
        self.mode = "well"
        self.max_stream = 25 * 1024 * 1024
        self.scanned = 0
        self.port = 0
        self._listener: socket.socket | None = None

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.port}"

    def start(self) -> None:
        """Listens, at the same port as before."""
        self._listener = socket.create_server(("127.0.0.1", self.port))
        self.port = self._listener.getsockname()[1]
        threading.Thread(target=self._serve, args=(self._listener,), daemon=True).start()

    def stop(self) -> None:
        """Hangs up: whoever calls now is refused."""
        if self._listener is not None:
            with contextlib.suppress(OSError):
                self._listener.shutdown(socket.SHUT_RDWR)
            self._listener.close()
            self._listener = None

    def _serve(self, listener: socket.socket) -> None:
        while True:
            try:
                caller, _ = listener.accept()
            except OSError:
                return
            threading.Thread(target=self._answer, args=(caller,), daemon=True).start()

    def _answer(self, caller: socket.socket) -> None:
        with caller, contextlib.suppress(OSError):
            caller.settimeout(10)
            command = _until_nul(caller)
            if self.mode == "silent":
                caller.recv(1)
                threading.Event().wait(5)
                return
            if command == b"zPING":
                caller.sendall(b"PONG\0")
            elif command == b"zINSTREAM":
                caller.sendall(self._verdict(caller))

    def _verdict(self, caller: socket.socket) -> bytes:
        content = bytearray()
        while length := struct.unpack("!L", _exactly(caller, 4))[0]:
            content += _exactly(caller, length)
            if len(content) > self.max_stream:
                return b"INSTREAM size limit exceeded. ERROR\0"
        self.scanned += 1
        answers = {
            "half": b"stream: O",
            "gone": b"",
            "nonsense": b"HTTP/1.1 400 Bad Request\0",
            "well": b"stream: Eicar-Test-Signature FOUND\0"
            if _is_infected(bytes(content))
            else b"stream: OK\0",
        }
        return answers.get(self.mode, self.mode.encode() + b"\0")


def _is_infected(content: bytes) -> bool:
    if EICAR in content:
        return True
    if not zipfile.is_zipfile(io.BytesIO(content)):
        return False
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return any(EICAR in archive.read(name) for name in archive.namelist())


def _until_nul(caller: socket.socket) -> bytes:
    found = b""
    while not found.endswith(b"\0"):
        found += caller.recv(1)
    return found[:-1]


def _exactly(caller: socket.socket, length: int) -> bytes:
    found = b""
    while len(found) < length:
        part = caller.recv(length - len(found))
        if not part:
            raise OSError("the caller hung up")
        found += part
    return found


@contextmanager
def running_scanner() -> Iterator[Scanner]:
    scanner = Scanner()
    scanner.start()
    try:
        yield scanner
    finally:
        scanner.stop()
