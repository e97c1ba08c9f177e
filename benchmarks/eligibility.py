"""What 100,000 answers on eligibility cost, one after another on one core, with facts that differ each time.

`.venv/bin/python -m benchmarks.eligibility [answers]`. Needs no database. Measured on one core of a shared
2-core virtual machine: 100,000 answers over all five profiles in 5 s (7 s while others used it; limit: 20 s).
"""

from __future__ import annotations

import json
import random
import sys
import time
from pathlib import Path
from typing import Any

from jurisdictions.engine.questions import ask
from jurisdictions.engine.questions.lines import profile_of

CASES = Path(__file__).resolve().parent.parent / "jurisdictions" / "profiles"
LIMIT_SECONDS = 20


def starting_points() -> dict[str, list[dict[str, Any]]]:
    """The facts of every worked case on eligibility, by jurisdiction."""
    return {
        path.parent.name: [
            case["given"] for case in json.loads(path.read_text("utf-8")) if case["kind"] == "eligibility"
        ]
        for path in sorted(CASES.glob("*/cases.json"))
    }


def varied(given: dict[str, Any], dice: random.Random) -> dict[str, Any]:
    """The facts with one changed and perhaps one not known."""
    facts = dict(given)
    name = dice.choice(sorted(facts))
    value = facts[name]
    if isinstance(value, bool):
        facts[name] = not value
    elif isinstance(value, int):
        facts[name] = value + dice.randint(0, 5)
    if dice.random() < 0.2:
        facts[dice.choice(sorted(facts))] = None
    return facts


def main(answers: int) -> None:
    dice = random.Random(1)
    places = starting_points()
    questions = []
    for number in range(answers):
        slug = list(places)[number % len(places)]
        questions.append((profile_of(slug), varied(dice.choice(places[slug]), dice)))
    found: dict[Any, int] = {}
    began, busy = time.perf_counter(), time.process_time()
    for profile, given in questions:
        eligible = ask(profile, "eligibility", given)["eligible"]
        found[eligible] = found.get(eligible, 0) + 1
    taken, busy = time.perf_counter() - began, time.process_time() - busy
    print(f"{answers} answers in {taken:.1f} s, {busy:.1f} s of the processor; {found}")
    # The processor's time: others on the machine do not count.
    if busy > LIMIT_SECONDS * answers / 100_000:
        sys.exit(f"slower than {LIMIT_SECONDS} s for 100,000")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000)
