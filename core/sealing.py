"""Encryption at rest for personal data, and the blind index that finds it again.

A sealed text is a token `v1:<key id>:<base64url>`: AES-256-GCM under one of the keys of
`settings.FIELD_KEYS` (`"id:base64,id2:base64"`; the first writes, all of them read). The
version at the front names the algorithm, so that another one (SM4) can stand beside it.
The purpose is authenticated with the text: what was sealed for one purpose does not open
for another.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import os
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

KEY_BYTES: Final = 32
NONCE_BYTES: Final = 12
_KEY_ID = re.compile(r"[A-Za-z0-9_-]{1,32}")
_HEAD = re.compile(rb"(v\d+):([A-Za-z0-9_-]{1,32}):")
_TOKEN = re.compile(r"(v\d+):([A-Za-z0-9_-]{1,32}):([A-Za-z0-9_-]+={0,2})")


class KeysMissing(RuntimeError):
    """The keys of the settings are absent, too short or malformed."""


class SealBroken(ValueError):
    """A token that does not open: changed, sealed for another purpose, or its key is gone."""


def seal(text: str, *, purpose: str = "field") -> str:
    """The token that holds `text`, under the first key; two tokens of one text differ.

    Raises `KeysMissing` when the settings hold no usable key.
    """
    ring = _ring(settings.FIELD_KEYS)
    nonce = os.urandom(NONCE_BYTES)
    sealed = ring.ciphers[ring.first].encrypt(nonce, text.encode(), purpose.encode())
    return f"v1:{ring.first}:{base64.urlsafe_b64encode(nonce + sealed).decode()}"


def unseal(token: str, *, purpose: str = "field") -> str:
    """The text of a token that was sealed for the same purpose.

    Raises `SealBroken` for anything else; the message names no content.
    """
    version, key_id, body = _parts(token)
    try:
        return _OPENERS[version](key_id, base64.urlsafe_b64decode(body), purpose)
    except KeyError:
        raise SealBroken(f"no algorithm for the version {version!r}") from None
    except binascii.Error:
        raise SealBroken("the token is damaged") from None


def seal_bytes(content: bytes, *, purpose: str) -> bytes:
    """The sealed form of a file's content, under the first key: `v1:<key id>:` and the bytes.

    Raises `KeysMissing` when the settings hold no usable key.
    """
    ring = _ring(settings.FIELD_KEYS)
    nonce = os.urandom(NONCE_BYTES)
    sealed = ring.ciphers[ring.first].encrypt(nonce, content, purpose.encode())
    return b"v1:" + ring.first.encode() + b":" + nonce + sealed


def unseal_bytes(sealed: bytes, *, purpose: str) -> bytes:
    """The content that `seal_bytes` sealed for the same purpose. Raises `SealBroken` for anything else."""
    head = _HEAD.match(sealed)
    if head is None:
        raise SealBroken("not a sealed content")
    if head[1] != b"v1":
        raise SealBroken(f"no algorithm for the version {head[1].decode()!r}")
    return _decrypt(head[2].decode(), sealed[head.end() :], purpose)


def key_id_of_bytes(sealed: bytes) -> str:
    """The id of the key that sealed a content; its first bytes suffice. Raises `SealBroken`."""
    head = _HEAD.match(sealed)
    if head is None:
        raise SealBroken("not a sealed content")
    return head[2].decode()


def is_sealed(text: object) -> bool:
    """Whether this is the token of a sealed text (it may still not open)."""
    return isinstance(text, str) and _TOKEN.fullmatch(text) is not None


def key_id_of(token: str) -> str:
    """The id of the key that sealed a token."""
    return _parts(token)[1]


def first_key_id() -> str:
    """The id of the key that seals now."""
    return _ring(settings.FIELD_KEYS).first


def blind_index(text: str, *, purpose: str) -> str:
    """A keyed digest by which equal texts are found without opening any; 64 hex digits.

    The caller normalises the text, and puts into `purpose` whatever must not be compared
    across (the kind of number, the tenant). Raises `KeysMissing`.
    """
    key = _index_key(settings.INDEX_KEY)
    return hmac.new(key, f"{purpose}\0{text}".encode(), hashlib.sha256).hexdigest()


def keys_problem(field_keys: str, index_key: str) -> str:
    """What is wrong with the keys of the settings, in one sentence; empty when nothing is."""
    try:
        _ring(field_keys)
        _index_key(index_key)
    except KeysMissing as problem:
        return str(problem)
    return ""


def new_key() -> str:
    """A fresh random key in the form of the settings."""
    return base64.b64encode(os.urandom(KEY_BYTES)).decode()


# --- keys ---------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Ring:
    first: str
    ciphers: dict[str, AESGCM]


@lru_cache(maxsize=8)
def _ring(setting: str) -> _Ring:
    if not setting.strip():
        raise KeysMissing("FIELD_KEYS is not set.")
    ciphers: dict[str, AESGCM] = {}
    for entry in setting.split(","):
        key_id, _, key = entry.strip().partition(":")
        if not _KEY_ID.fullmatch(key_id) or key_id in ciphers:
            raise KeysMissing("FIELD_KEYS must be id:base64 pairs, comma-separated, each id once.")
        ciphers[key_id] = AESGCM(_decoded(key, f"The key {key_id!r} of FIELD_KEYS"))
    return _Ring(next(iter(ciphers)), ciphers)


@lru_cache(maxsize=8)
def _index_key(setting: str) -> bytes:
    if not setting.strip():
        raise KeysMissing("INDEX_KEY is not set.")
    return _decoded(setting, "INDEX_KEY")


def _decoded(text: str, name: str) -> bytes:
    try:
        key = base64.b64decode(text.strip().replace("-", "+").replace("_", "/"), validate=True)
    except binascii.Error:
        raise KeysMissing(f"{name} is not base64.") from None
    if len(key) != KEY_BYTES:
        raise KeysMissing(f"{name} has {len(key)} bytes instead of {KEY_BYTES}.")
    return key


# --- algorithms ---------------------------------------------------------------


def _parts(token: str) -> tuple[str, str, str]:
    match = _TOKEN.fullmatch(token)
    if match is None:
        raise SealBroken("not a sealed text")
    return match[1], match[2], match[3]


def _open_v1(key_id: str, body: bytes, purpose: str) -> str:
    try:
        return _decrypt(key_id, body, purpose).decode()
    except UnicodeDecodeError:
        raise SealBroken("the token does not hold a text") from None


def _decrypt(key_id: str, body: bytes, purpose: str) -> bytes:
    cipher = _ring(settings.FIELD_KEYS).ciphers.get(key_id)
    if cipher is None:
        raise SealBroken(f"FIELD_KEYS has no key {key_id!r}")
    try:
        return cipher.decrypt(body[:NONCE_BYTES], body[NONCE_BYTES:], purpose.encode())
    except (InvalidTag, ValueError):
        raise SealBroken("the token was changed, or sealed for another purpose") from None


_OPENERS: Final[dict[str, Callable[[str, bytes, str], str]]] = {"v1": _open_v1}
