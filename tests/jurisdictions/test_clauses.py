"""Nothing is lost between text and program."""

from __future__ import annotations

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from jurisdictions import coverage
from jurisdictions.engine import bundled_profiles, load_profile
from jurisdictions.engine.inventory import clauses_of, places_of
from jurisdictions.management.commands import clauses as command
from tests.jurisdictions.engine.profiles import SLUGS, profile


@pytest.mark.parametrize("slug", SLUGS)
def test_every_operative_clause_has_its_places(slug: str) -> None:
    assert coverage.gaps(profile(slug)) == []


def test_the_inventory_is_whole() -> None:
    everything = [clause for slug in SLUGS for clause in clauses_of(slug)]
    assert (len(everything), sum(clause.operative for clause in everything)) == (350, 334)


def test_the_register_names_what_there_is() -> None:
    assert coverage.broken_entries() == []


def test_the_document_is_what_the_profiles_say() -> None:
    profiles = [load_profile(path) for path in bundled_profiles()]
    assert command.DOCUMENT.read_text(encoding="utf-8") == command.document(profiles)


def test_a_clause_that_no_rule_rests_on_is_told() -> None:
    whole = profile("qinshui")
    without = whole.model_copy(update={"conditions": whole.conditions[1:]})
    lost = whole.conditions[0].clause
    assert lost not in {c for c, places in places_of(without).items() if "conditions" in places}
    bare = whole.model_copy(update={"provisions": ()})
    assert coverage.gaps(bare) == [
        f"{clause}：没有落到任何规则" for clause in ("QS-2.1", "QS-3.1", "QS-4.0b", "QS-5.0", "QS-A2.s1")
    ]


def test_what_the_register_forgets_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    known = dict(coverage.keepers())
    wrong = coverage.Keeper(("jurisdictions.engine.no_such",), ("public:nowhere",), ("tests/none.py",))
    del known["award"]
    monkeypatch.setattr(coverage, "keepers", lambda: {**known, "notice": wrong})

    assert any(gap.startswith("QS-11.3：award.tranches") for gap in coverage.gaps(profile("qinshui")))
    assert coverage.broken_entries() == [
        "notice：没有函数 jurisdictions.engine.no_such",
        "notice：没有页面 public:nowhere",
        "notice：没有测试 tests/none.py",
    ]
    with pytest.raises(CommandError):
        call_command("clauses", "--check", stdout=StringIO())


def test_the_command_lists_one_regulation() -> None:
    out = StringIO()
    call_command("clauses", "--jurisdiction", "qinshui", stdout=out)
    lines = out.getvalue().splitlines()
    assert len(lines) == len(clauses_of("qinshui"))
    assert lines[0].startswith("QS-")
    with pytest.raises(CommandError):
        call_command("clauses", "--jurisdiction", "nowhere")
