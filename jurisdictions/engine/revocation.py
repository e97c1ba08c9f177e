"""Whether a ground of revocation is established on the facts given, and what it brings.

The system proposes, a person decides. Grounds that rest on grades are `assessment.consequences`; the other
ones stand in the chapter `revocation`. An event that no ground names is no ground.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal

from jurisdictions.engine.answers import GradeRecord
from jurisdictions.engine.assessment import consequences_of
from jurisdictions.engine.declared import label_of, say_facts, station_circumstances
from jurisdictions.engine.duties import output_facts, outputs_unmet
from jurisdictions.engine.operators import MET, UNMET, Verdict, evaluate
from jurisdictions.engine.overdue import overdue_verdict
from jurisdictions.engine.periods import WorkCalendar
from jurisdictions.engine.schema.profile import Profile
from jurisdictions.engine.schema.revocation import Clawback, Ground, Revocation
from jurisdictions.engine.schema.tree import facts_in

Outcome = Literal["established", "not", "open", "rectify", "flag"]
# What the chapter may ask where money is taken back: whether it is serious, and how much.
CLAWBACK_FACTS = frozenset({"serious", "paid_yuan", "spent_yuan", "concerned_yuan"})


@dataclass(frozen=True, slots=True)
class GroundFinding:
    """One ground, answered. `rectify`: the text puts a rectification before it; `flag`: a person looks."""

    clause: str
    outcome: Outcome
    explanation: tuple[str, ...]
    clauses: tuple[str, ...] = ()
    """All clauses of the ground, where it rests on more than one."""
    clawback: Clawback | None = None
    missing: tuple[str, ...] = ()
    rectification: bool = False
    flagged: bool = False
    refused_tranche: int | None = None


@dataclass(frozen=True, slots=True)
class GroundAnswer:
    """What the facts bring. `revoke` None: they cannot settle it.

    `clawback`: True, False, `only_if_serious` (nobody has decided yet), `not_in_text`, None with `revoke`.
    """

    revoke: bool | None
    grounds: tuple[str, ...]
    recover_plaque: bool | None
    clawback: bool | str | None
    clawback_scope: str
    stop_funding: bool | None
    rectification: bool
    next_step: str | None
    flags: tuple[str, ...]
    refused_tranches: tuple[int, ...]
    refer_liability: bool
    refer_to_judicial: bool
    person_decides: bool
    missing: tuple[str, ...]
    clauses: tuple[str, ...]
    explanation: tuple[str, ...]
    findings: tuple[GroundFinding, ...] = field(default=())


def check_ground(
    profile: Profile,
    facts: Mapping[str, Any],
    *,
    grades: Sequence[GradeRecord] = (),
    on: date | None = None,
    calendar: WorkCalendar | None = None,
) -> GroundAnswer:
    """Every ground that the facts speak of: an `event` of the profile, the facts beside it, and `grades`.

    Facts come in their own types. A grade that is not known (`GradeRecord.grade` empty) is tried both ways;
    where it decides, `missing` holds `grades`.
    Raises ValueError where the profile knows no revocation, or not the event.
    """
    chapter = profile.revocation
    if chapter is None:
        raise ValueError(f"{profile.slug}: 文件没有规定撤销")
    event = facts.get("event")
    if event is not None and event not in chapter.events:
        raise ValueError(f"{profile.slug}: 没有事由 {event}")
    findings = [*_by_grades(profile, grades), *_by_grounds(profile, chapter, facts, on, calendar)]
    if event is not None and not any(event in g.events for g in chapter.grounds):
        text = f"{chapter.events[event]}：文件没有把它列为撤销事由。依据{profile.article(chapter.clause)}。"
        findings.append(GroundFinding(chapter.clause, "not", (text,)))
    return _answer(profile, chapter, facts, tuple(findings))


# ---- grounds that rest on grades


def _by_grades(profile: Profile, grades: Sequence[GradeRecord]) -> Iterator[GroundFinding]:
    records = [GradeRecord(*record) for record in grades]
    if not records:
        return
    passing = [g.value for g in profile.assessment.grades if g.passing]
    failing = [g.value for g in profile.assessment.grades if not g.passing]
    open_ = [r.year for r in records if not r.grade]
    certain = list(_triggered(profile, [_as(r, passing[-1]) for r in records]))
    possible = list(_triggered(profile, [_as(r, failing[0]) for r in records])) if open_ else certain
    yield from certain
    told = {f.clause for f in certain if f.outcome == "established"}
    for finding in possible:
        if finding.outcome == "established" and finding.clause not in told:
            years = "、".join(str(year) for year in open_ if year)
            text = f"{years}年度结果不明，无法判断。依据{profile.article(finding.clause)}。"
            yield GroundFinding(finding.clause, "open", (text,), missing=("grades",))
            return
    if all(not r.grade for r in records):
        clause = profile.assessment.clause
        text = f"评估结果不明，无法判断。依据{profile.article(clause)}。"
        yield GroundFinding(clause, "open", (text,), missing=("grades",))
        return
    spoken = {f.clause for f in certain}
    for rule in profile.assessment.consequences:
        if rule.effect == "propose_revocation" and rule.clause not in spoken:
            text = f"评估结果不构成撤销事由。依据{profile.article(rule.clause)}。"
            yield GroundFinding(rule.clause, "not", (text,))


def _as(record: GradeRecord, grade: str) -> GradeRecord:
    return record if record.grade else record._replace(grade=grade)


def _triggered(profile: Profile, records: Sequence[GradeRecord]) -> Iterator[GroundFinding]:
    """What the grades bring about, as findings; a rectification that is over is not ordered again."""
    done = {r.year for r in records if r.after_rectification}
    stepped = {c.clause for c in profile.assessment.consequences if c.effect == "order_rectification"}
    for c in consequences_of(profile, records):
        step = c.clause in stepped
        match c.effect:
            case "propose_revocation":
                yield GroundFinding(c.clause, "established", (c.explanation,), rectification=step)
            case "order_rectification" if c.year not in done:
                yield GroundFinding(c.clause, "rectify", (c.explanation,), rectification=True)
            case "order_rectification":
                text = f"已整改，以整改后的结果为准。依据{profile.article(c.clause)}。"
                yield GroundFinding(c.clause, "not", (text,), rectification=True)
            case "refuse_tranche":
                yield GroundFinding(c.clause, "not", (c.explanation,), refused_tranche=c.tranche)
            case "flag_for_review":
                yield GroundFinding(c.clause, "flag", (c.explanation,), flagged=True)


# ---- grounds of the chapter


def _by_grounds(
    profile: Profile,
    chapter: Revocation,
    facts: Mapping[str, Any],
    on: date | None,
    calendar: WorkCalendar | None,
) -> Iterator[GroundFinding]:
    for ground in chapter.grounds:
        if _asked(ground, facts):
            yield ground_finding(profile, ground, facts, on, calendar)


def _asked(ground: Ground, facts: Mapping[str, Any]) -> bool:
    if ground.events:
        return facts.get("event") in ground.events
    if ground.overdue is not None:
        return facts.get("task") == ground.overdue.obligation
    return ground.require is not None and any(name in facts for name in facts_in(ground.require))


def ground_finding(
    profile: Profile,
    ground: Ground,
    facts: Mapping[str, Any],
    on: date | None,
    calendar: WorkCalendar | None,
) -> GroundFinding:
    """One ground put to the facts, whether or not they speak of it."""
    article = profile.article(ground.clause)
    verdict, notes, doubtful = _verdict(profile, ground, facts, on, calendar)
    outcome, words = _outcome(ground, verdict, facts)
    if outcome == "open" and verdict.missing:
        words = f"尚缺{'、'.join(label_of(profile, name) for name in verdict.missing)}，无法判断"
    spoken = (*(facts_in(ground.require) if ground.require else ()), *_output_names(profile, ground))
    told = say_facts(profile, spoken, facts)
    text = f"{ground.label}{told}：{words}。依据{article}。"
    return GroundFinding(
        clause=ground.clause,
        outcome=outcome,
        explanation=(text, *notes),
        clauses=ground.clauses,
        clawback=ground.clawback,
        missing=verdict.missing if outcome == "open" else (),
        rectification=ground.after_rectification,
        flagged=outcome == "flag" or (outcome == "open" and ground.judged) or doubtful,
    )


def _output_names(profile: Profile, ground: Ground) -> tuple[str, ...]:
    """The facts of the outputs on which a ground rests."""
    return output_facts(profile, ground.outputs) if ground.outputs else ()


def _verdict(
    profile: Profile,
    ground: Ground,
    facts: Mapping[str, Any],
    on: date | None,
    calendar: WorkCalendar | None,
) -> tuple[Verdict, tuple[str, ...], bool]:
    """All parts of a ground together, sentences beside it, and whether another reading says otherwise."""
    if ground.effect == "none" or not all(facts.get(name) for name in ground.on_record):
        return UNMET, (), False
    parts = []
    notes: tuple[str, ...] = ()
    doubtful = False
    if ground.require is not None:
        parts.append(evaluate(ground.require, station_circumstances(profile, facts)))
    if ground.outputs:
        parts.append(outputs_unmet(profile, ground.outputs, facts))
    if ground.overdue is not None:
        late = overdue_verdict(profile, ground.overdue, facts, on, calendar)
        parts.append(late.verdict)
        notes, doubtful = late.notes, late.doubtful
    if any(part.outcome == "unmet" for part in parts):
        return UNMET, notes, doubtful
    if ground.judged:
        return Verdict("judged"), notes, doubtful
    open_ = [part for part in parts if part.outcome != "met"]
    missing = tuple(dict.fromkeys(name for part in open_ for name in part.missing))
    return (Verdict("unknown", missing) if open_ else MET), notes, doubtful


def _outcome(ground: Ground, verdict: Verdict, facts: Mapping[str, Any]) -> tuple[Outcome, str]:
    if verdict.outcome == "unmet":
        return "not", "不构成撤销事由"
    if verdict.outcome != "met":
        return "open", "须由有权人员判断"
    if ground.effect == "flag_for_review":
        return "flag", "提请人工研判"
    if ground.after_rectification:
        match facts.get("rectification"):
            case "reached":
                return "not", "整改后达到标准，不构成撤销事由"
            case None:
                return "rectify", "先限期整改，不直接撤销"
    return "established", "构成撤销事由，提出撤销建议，由有权人员决定"


# ---- the answer


def _answer(
    profile: Profile, chapter: Revocation, facts: Mapping[str, Any], findings: tuple[GroundFinding, ...]
) -> GroundAnswer:
    established = tuple(f for f in findings if f.outcome == "established")
    open_ = tuple(f for f in findings if f.outcome == "open")
    revoke = True if established else None if open_ or not findings else False
    refer = {r.to: r for r in chapter.referrals if facts.get("event") in r.events}
    clauses = [c for f in (*established, *findings) for c in f.clauses or (f.clause,)]
    clauses += [c for r in refer.values() for c in r.clauses]
    sentences = [s for f in findings for s in f.explanation] or ["没有给出事由或评估结果，无法判断。"]
    sentences += [f"{r.label}。依据{profile.article(r.clause)}。" for r in refer.values()]
    clawback = _clawback(chapter, facts, revoke, established)
    if established:
        said_in = _said_in(profile, chapter, established[0].clause)
        clauses += said_in
        sentences.append(_brings(profile, chapter, clawback, said_in[0]))
        if clawback in (True, "only_if_serious") and chapter.clawback_clause:
            clauses.append(chapter.clawback_clause)
    rectify = any(f.outcome == "rectify" for f in findings) and not established
    return GroundAnswer(
        revoke=revoke,
        grounds=tuple(dict.fromkeys(f.clause for f in established)),
        recover_plaque=None if revoke is None else revoke and chapter.recover_plaque,
        clawback=clawback,
        clawback_scope=chapter.clawback_scope,
        stop_funding=None if revoke is None else revoke and chapter.stop_funding,
        rectification=any(f.rectification for f in findings),
        next_step=chapter.rectification.step if rectify and chapter.rectification else None,
        flags=tuple(dict.fromkeys(f.clause for f in findings if f.flagged)),
        refused_tranches=tuple(f.refused_tranche for f in findings if f.refused_tranche is not None),
        refer_liability="liability" in refer,
        refer_to_judicial="judicial" in refer,
        person_decides=chapter.confirm,
        missing=tuple(dict.fromkeys(name for f in open_ for name in f.missing)),
        clauses=tuple(dict.fromkeys(clauses)) or chapter.clauses,
        explanation=tuple(dict.fromkeys(sentences)),
        findings=findings,
    )


_SEVERITY: tuple[Clawback, ...] = ("not_in_text", "none", "if_serious", "recover")


def _clawback(
    chapter: Revocation,
    facts: Mapping[str, Any],
    revoke: bool | None,
    established: Sequence[GroundFinding],
) -> bool | str | None:
    """No recovery starts by itself: what the text leaves to a decision waits for it."""
    if not revoke:
        known = {chapter.clawback, *(g.clawback for g in chapter.grounds)} - {None, "not_in_text"}
        return (None if revoke is None else False) if known else "not_in_text"
    rule = max((f.clawback or chapter.clawback for f in established), key=_SEVERITY.index)
    if rule in ("not_in_text", "none"):
        return "not_in_text" if rule == "not_in_text" else False
    if facts.get("paid_yuan") == 0:
        return False  # nothing has been paid, nothing can come back
    if rule == "recover":
        return True
    serious: bool | None = facts.get("serious")
    return "only_if_serious" if serious is None else serious


def clawback_yuan(profile: Profile, facts: Mapping[str, Any]) -> int | None:
    """What comes to be recovered, by the scope of the text; None while the figures for it are not known.

    `paid_yuan`, `spent_yuan` and `concerned_yuan` are facts of the chapter; nobody owes more than was paid.
    """
    chapter = profile.revocation
    paid: int | None = facts.get("paid_yuan")
    if chapter is None or paid is None:
        return None
    if chapter.clawback_scope == "all_paid":
        return paid
    name = "spent_yuan" if chapter.clawback_scope == "unspent" else "concerned_yuan"
    figure: int | None = facts.get(name)
    if figure is None:
        return None
    return max(paid - figure, 0) if name == "spent_yuan" else min(figure, paid)


@dataclass(frozen=True, slots=True)
class Consequences:
    """What a ground brings, in a sentence, with its clauses. `asks_serious`: the text wants that decided."""

    explanation: str
    clauses: tuple[str, ...]
    asks_serious: bool


def consequences_of_ground(
    profile: Profile, *, clause: str, label: str, serious: bool | None = None
) -> Consequences:
    """What a ground brings that a person has established; a label that the chapter does not have is that of
    a ground which rests on grades.

    Raises ValueError where the profile knows no revocation.
    """
    chapter = profile.revocation
    if chapter is None:
        raise ValueError(f"{profile.slug}: 文件没有规定撤销")
    own = next((g.clawback for g in chapter.grounds if g.label == label), None)
    finding = GroundFinding(clause, "established", (), clawback=own)
    asks = _clawback(chapter, {}, True, [finding]) == "only_if_serious"
    clawback = _clawback(chapter, {"serious": serious}, True, [finding])
    said_in = _said_in(profile, chapter, clause)
    clauses = list(said_in)
    if clawback in (True, "only_if_serious") and chapter.clawback_clause:
        clauses.append(chapter.clawback_clause)
    text = _brings(profile, chapter, clawback, said_in[0])
    return Consequences(text, tuple(dict.fromkeys(clauses)), asks)


def _said_in(profile: Profile, chapter: Revocation, ground: str) -> tuple[str, ...]:
    """The clause that says what a ground brings: the opening of its article, or the ground itself."""
    within = profile.article(ground).startswith(profile.article(chapter.clause))
    return chapter.clauses if chapter.opens_article and within else (ground,)


def _brings(profile: Profile, chapter: Revocation, clawback: bool | str | None, clause: str) -> str:
    parts = [f"撤销{profile.terms.station}"]
    parts += ["收回牌匾"] if chapter.recover_plaque else []
    parts += ["停止发放后续资金"] if chapter.stop_funding else []
    told = {
        True: "追回资金" if chapter.clawback_scope == "all_paid" else "追回所涉资金",
        False: "不追回资金",
        "only_if_serious": "情节严重的才追回，须另行决定",
        "not_in_text": "文件没有规定追回资金",
    }
    return f"{'、'.join(parts)}；{told[clawback or False]}。依据{profile.article(clause)}。"
