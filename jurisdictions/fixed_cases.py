"""Questions with known answers: what every proposed version is asked before somebody activates it."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from typing import Any

from django.db import transaction

from core import clock
from core.audit import without_numbers
from core.errors import DomainError, NotAllowed, ReasonRequired, StateConflict
from core.models import LogEntry
from core.tenancy import current_tenant
from core.typed import said
from jurisdictions.case_words import facts_in_words, field_words, value_words
from jurisdictions.engine import Profile
from jurisdictions.engine.loader import PROFILES
from jurisdictions.engine.questions import KINDS, QuestionError, ask
from jurisdictions.engine.words import kind_word
from jurisdictions.enums import VersionState
from jurisdictions.models import CaseWaiver, FixedCase, RuleProfile
from jurisdictions.permissions import can_propose_version

logger = logging.getLogger(__name__)

# Lists whose order is part of the answer.
ORDERED = ("grades", "stages", "path", "windows")
ABSENT = "（没有这一项）"


@dataclass(frozen=True, slots=True)
class Case:
    """One fixed case: of the bureau, or one that comes with the program."""

    key: str
    title: str
    kind: str
    given: Mapping[str, Any]
    on: date | None
    expected: Mapping[str, Any]
    source: str
    added: FixedCase | None = None


@dataclass(frozen=True, slots=True)
class Field:
    """One part of an answer that is not as it should be."""

    name: str
    expected: Any
    found: Any

    rules: Profile

    @property
    def label(self) -> str:
        return field_words(self.name)

    @property
    def expected_words(self) -> str:
        return value_words(self.rules, self.expected, self.name)

    @property
    def found_words(self) -> str:
        return value_words(self.rules, self.found, self.name)


@dataclass(frozen=True, slots=True)
class Result:
    """How a version answers one case. `error`: it cannot be asked at all."""

    case: Case
    differs: tuple[Field, ...]
    clauses: tuple[str, ...] = ()
    explanation: tuple[str, ...] = ()
    error: str = ""
    explained: bool = False
    facts: str = ""

    @property
    def passed(self) -> bool:
        return not self.differs and not self.error

    @property
    def kind_words(self) -> str:
        return kind_word(self.case.kind)


@dataclass(frozen=True, slots=True)
class Precedent:
    """A decision of the past as a question with its answer."""

    title: str
    kind: str
    given: Mapping[str, Any]
    on: date | None
    expected: Mapping[str, Any]


# What finds a decision by its number, of the rooms below.
Finder = Callable[[str], Precedent | None]
_finders: list[Finder] = []


def finds_precedents(finder: Finder) -> Finder:
    """Registers where decisions of the past are found; rooms do so in their `apps.ready`."""
    _finders.append(finder)
    return finder


def precedent(number: str) -> Precedent:
    """The decision that bears this number. Raises DomainError where there is none."""
    found = (finder(number.strip()) for finder in _finders)
    case = next((one for one in found if one is not None), None)
    if case is None:
        raise DomainError("没有这个编号的已办结事项。", path="number")
    return case


def bundled_cases(slug: str) -> tuple[Case, ...]:
    """The cases that come with the program for a jurisdiction; none where there are none."""
    return tuple(_bundled(slug))


@lru_cache(maxsize=16)
def _bundled(slug: str) -> tuple[Case, ...]:
    path = PROFILES / slug / "cases.json"
    if not path.is_file():
        return ()
    return tuple(
        Case(
            row["id"],
            f"{row['id']} {row.get('cite', '')}".strip(),
            row["kind"],
            row["given"],
            None,
            row["expect"],
            "随系统提供",
        )
        for row in json.loads(path.read_text(encoding="utf-8"))
    )


def cases_here() -> Iterator[Case]:
    """Every case of the tenant in scope that is held to: the bureau's own first."""
    for row in FixedCase.objects.filter(withdrawn_at__isnull=True):
        yield Case(f"own-{row.pk}", row.title, row.kind, row.given, row.on, row.expected, row.source, row)
    yield from bundled_cases(current_tenant().slug)


def run_cases(version: RuleProfile) -> list[Result]:
    """Every case asked of a version; those that come out otherwise first."""
    explained = explained_keys(version)
    rules = version.rules
    results = [
        replace(result, facts="" if result.passed else facts_in_words(rules, result.case.given))
        for result in (_run(rules, case, case.key in explained) for case in cases_here())
    ]
    return sorted(results, key=lambda result: (result.passed, result.explained))


def unexplained(version: RuleProfile) -> list[Result]:
    """The cases that a version answers otherwise without anybody having said why."""
    return [result for result in run_cases(version) if not result.passed and not result.explained]


def explained_keys(version: RuleProfile) -> set[str]:
    """The cases whose other answer somebody has explained for this version."""
    return {key for keys in version.waivers.values_list("cases", flat=True) for key in keys}


@transaction.atomic
def explain_cases(*, version: RuleProfile, seen: list[str], reason: str, actor: Any) -> CaseWaiver:
    """Says why the cases that come out otherwise are right to do so; logged.

    `seen` are the keys that the page showed. Refused without a reason, for a version that is decided, and
    when what differs is no longer what was seen.
    """
    if not can_propose_version(actor):
        raise NotAllowed("您没有说明案例差异的权限。")
    if version.state != VersionState.PROPOSED:
        raise StateConflict("该版本已有决定。")
    if not said(reason):
        raise ReasonRequired("请说明这些案例的结果为什么应当不同。", path="reason")
    keys = [result.case.key for result in unexplained(version)]
    if not keys or set(keys) != set(seen):
        raise StateConflict("案例有变化，请重新核对后再说明。")
    made: CaseWaiver = CaseWaiver.objects.create(
        profile=version,
        cases=keys,
        reason=without_numbers(said(reason)),
        given_by=actor,
        given_at=clock.now(),
    )
    LogEntry.record(
        version,
        action="jurisdictions.explain_cases",
        label="说明案例差异",
        actor=actor,
        at=clock.now(),
        reason=said(reason),
        data={"cases": keys},
    )
    return made


@transaction.atomic
def add_case(
    *,
    title: str,
    kind: str,
    given: Mapping[str, Any],
    on: date | None,
    expected: Mapping[str, Any],
    source: str,
    rules: Profile,
    actor: Any,
    otherwise: bool = False,
) -> FixedCase:
    """Keeps a question with its answer; logged.

    Refused where the current rules cannot be asked it, where their answer has no such part, where it comes
    out otherwise (unless `otherwise` says that this is known), and where the same question is kept already:
    each would hold up every later version.
    """
    if not can_propose_version(actor):
        raise NotAllowed("您没有添加固定案例的权限。")
    if kind not in KINDS:
        raise DomainError("没有这种问题。", path="kind")
    if not expected:
        raise DomainError("请写明应有的结果。", path="expected")
    same = next((one for one in cases_here() if (one.kind, one.given, one.on) == (kind, given, on)), None)
    if same is not None:
        raise DomainError(f"这一问已有固定案例“{same.title}”；要改结果的，请先停用。", path="given")
    try:
        answer = ask(rules, kind, given, on=on)
    except QuestionError as error:
        raise DomainError(str(error), path="given") from error
    _check_expected(rules, answer, expected, otherwise=otherwise)
    made: FixedCase = FixedCase.objects.create(
        title=title.strip(),
        kind=kind,
        given=dict(given),
        on=on,
        expected=dict(expected),
        source=source.strip(),
        added_by=actor,
        added_at=clock.now(),
    )
    LogEntry.record(
        made,
        action="jurisdictions.add_case",
        label="添加固定案例",
        actor=actor,
        at=clock.now(),
        data={"kind": kind},
    )
    return made


def _check_expected(
    rules: Profile, answer: Mapping[str, Any], expected: Mapping[str, Any], *, otherwise: bool
) -> None:
    for name in expected:
        if name not in answer:
            told = "、".join(part for part in answer if part not in ("explanation", "readings"))
            raise DomainError(f"结果中没有“{name}”，有：{told}。", path="expected")
    differing = [name for name in expected if not _same(name, expected[name], answer[name])]
    if differing and not otherwise:
        told = "；".join(
            f"{field_words(name)}：{value_words(rules, answer[name], name)}" for name in differing
        )
        raise DomainError(
            f"现行规则的结果不同（{told}）。请核对；确实应当不同的，请勾选后添加。", path="expected"
        )


@transaction.atomic
def withdraw_case(*, case: FixedCase, reason: str, actor: Any) -> FixedCase:
    """Holds to a case no longer; with a reason, logged."""
    if not can_propose_version(actor):
        raise NotAllowed("您没有停用固定案例的权限。")
    if case.withdrawn_at is not None:
        raise StateConflict("该案例已经停用。")
    if not said(reason):
        raise ReasonRequired("停用固定案例必须写明理由。", path="reason")
    case.withdrawn_at = clock.now()
    case.save(update_fields=["withdrawn_at"])
    LogEntry.record(
        case,
        action="jurisdictions.withdraw_case",
        label="停用固定案例",
        actor=actor,
        at=clock.now(),
        reason=said(reason),
    )
    return case


def _run(rules: Profile, case: Case, explained: bool) -> Result:
    try:
        answer = ask(rules, case.kind, case.given, on=case.on)
    except QuestionError as error:
        return Result(case, (), error=str(error), explained=explained)
    except Exception as error:  # a rule that breaks breaks one case, and the page tells which
        logger.exception("fixed case %s breaks", case.key)
        return Result(case, (), error=f"规则在这一问上出错（{type(error).__name__}）", explained=explained)
    differs = tuple(
        Field(name, expected, answer.get(name, ABSENT), rules)
        for name, expected in case.expected.items()
        if not _same(name, expected, answer.get(name, ABSENT))
    )
    return Result(case, differs, tuple(answer["clauses"]), tuple(answer["explanation"]), "", explained)


def _same(name: str, expected: Any, found: Any) -> bool:
    """Lists of names are the same whatever their order; 1 and true are not."""
    lists = isinstance(expected, list) and isinstance(found, list) and name not in ORDERED
    if lists and all(isinstance(one, str) for one in expected):
        return sorted(map(str, expected)) == sorted(map(str, found))
    if isinstance(expected, bool) or isinstance(found, bool):
        return expected is found
    return bool(expected == found)
