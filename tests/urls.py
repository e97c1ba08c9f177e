"""Every address of the site, as the resolver knows it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.urls import URLPattern, URLResolver


@dataclass(frozen=True)
class Page:
    """One URL pattern: its full name (`unit:home`), its route and its view."""

    name: str
    route: str
    callback: Callable[..., Any]
    converters: tuple[tuple[str, str], ...]


def patterns(resolver: URLResolver, namespace: str = "", route: str = "") -> Iterator[Page]:
    """Every pattern below a resolver, the included ones with their namespace."""
    for entry in resolver.url_patterns:
        here = f"{route}{entry.pattern}"
        if isinstance(entry, URLResolver):
            inner = f"{namespace}{entry.namespace}:" if entry.namespace else namespace
            yield from patterns(entry, inner, here)
        elif isinstance(entry, URLPattern):
            converters = tuple((name, type(c).__name__) for name, c in entry.pattern.converters.items())
            yield Page(f"{namespace}{entry.name}", here, entry.callback, converters)
