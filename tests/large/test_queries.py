"""Every page that somebody opens costs as many statements with many applications as with few."""

from __future__ import annotations

import pytest

from tests.large.measuring import Loaded

pytestmark = pytest.mark.django_db
MOST = 15


def test_show(loaded: Loaded) -> None:
    import json
    json.dump({n: [(len(c.statements), c.who, c.path, list(c.statements))] for n,c in loaded.many.items()}, open("/tmp/w/large-measure.json","w"), ensure_ascii=False)
    for name in sorted(loaded.many, key=lambda n: -int(loaded.many[n])):
        f = int(loaded.few[name]) if name in loaded.few else -1
        m = int(loaded.many[name])
        if m>15 or f!=m: print(name, f, m, loaded.many[name].path, loaded.many[name].who)
    print(len(loaded.many), set(loaded.few) ^ set(loaded.many))
