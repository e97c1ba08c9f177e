"""Freeze the bundled profiles: `python -m jurisdictions.engine.freeze` writes their checksums.

A profile that has landed never changes: databases hold it, and applications and stations are judged by it. A
correction is a new file: with a new day where the text changed, as the next edition of the same day
(`2023-01-01.3.yaml`) where only its encoding did. Before it lands this command takes over a change, so that a
profile can never change unnoticed.
"""

from __future__ import annotations

import json

from jurisdictions.engine.loader import PROFILES, bundled_profiles, load_profile, profile_digest

CHECKSUMS = PROFILES / "checksums.json"


def freeze() -> dict[str, str]:
    """Load every profile (a broken one is not frozen) and write the checksums."""
    sums = {}
    for path in bundled_profiles():
        load_profile(path)
        sums[f"{path.parent.name}/{path.name}"] = profile_digest(path.read_text(encoding="utf-8"))
    CHECKSUMS.write_text(json.dumps(sums, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    return sums


if __name__ == "__main__":
    for name, digest in freeze().items():
        print(digest, name)
