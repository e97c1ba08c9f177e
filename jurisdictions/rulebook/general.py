"""What holds for every article: how words are read, what else the text says, what falls into no chapter."""

from __future__ import annotations

from jurisdictions.engine import Profile
from jurisdictions.engine.crosscheck.walking import nodes_of
from jurisdictions.engine.inventory import places_of
from jurisdictions.engine.schema.profile import Reading
from jurisdictions.engine.schema.tree import Test
from jurisdictions.engine.words import chapter_word, field_word
from jurisdictions.rulebook.lines import Chapter, Line, group, line, number, word

BEARING = {
    "cumulative": "缺一项不能认定",
    "lead": "",
    "principle": "",
    "priority": "供参考，不作为否决依据",
    "signatures": "",
    "discretion": "由有关部门决定，系统不自动给予",
}


def provisions(rules: Profile) -> Chapter:
    """Sentences that bind people and that nothing computes."""
    lines = (line(rules, one, "", BEARING[one.bearing]) for one in rules.provisions)
    return Chapter("provisions", "其他规定", (group("", lines),), ("provisions",))


def conventions(rules: Profile) -> Chapter:
    """How the words of all articles are read, and when the system reminds."""
    found = rules.conventions
    reading = {path: one.id for one in rules.readings for option in one.options for path in option.changes}
    read = [
        Line(
            field_word(type(found), name),
            (word(rules, found, name),),
            reading=reading.get(f"conventions.{name}", ""),
        )
        for name in type(found).model_fields
    ]
    reminders = rules.reminders
    told = [
        Line("认定后要办的事", (f"到期前{_days(reminders.obligations)}天提醒",), ("本系统约定",)),
        Line("办理环节", (f"到期前{_days(reminders.stages_working_days)}个工作日提醒",), ("本系统约定",)),
    ]
    groups = (group("用语的理解", read), group("提醒", told))
    return Chapter("conventions", "通用口径和提醒", groups, ("conventions", "reminders"))


def always_including(rules: Profile, reading: Reading) -> tuple[str, ...]:
    """The clauses whose figures count as included whatever this reading says: the text has 至少 there.

    None for a reading that does not speak of figures.
    """
    if not any("conventions.thresholds" in option.changes for option in reading.options):
        return ()
    found: dict[str, None] = {}
    last = ""
    # A node comes before its parts: the clause that was named last is that of the requirement.
    for _, node in nodes_of(rules):
        last = str(getattr(node, "clause", "") or last)
        if isinstance(node, Test) and node.minimum is not None:
            found.setdefault(last)
    return tuple(found)


def _days(days: tuple[int, ...]) -> str:
    return "、".join(number(day) for day in days)


def unplaced(rules: Profile, shown: set[str]) -> Chapter:
    """Clauses that the profile names and no chapter has shown: never lost, whatever the language learns."""
    asked: dict[str, list[str]] = {}
    for reading in rules.readings:
        for clause in reading.clauses:
            asked.setdefault(clause, []).append(reading.question)
    lines = [
        Line(
            "、".join(dict.fromkeys(chapter_word(_first(place)) for place in places)),
            tuple(asked.get(clause, ())),
            clauses=(clause,),
        )
        for clause, places in places_of(rules).items()
        if clause not in shown
    ]
    return Chapter("unplaced", "其他条款", (group("", lines),))


def _first(place: str) -> str:
    return place.partition(".")[0]
