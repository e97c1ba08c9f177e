"""Sheets that lie too far apart: the experts talk about them together before the panel is closed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.db import transaction

from core import clock
from core.errors import DomainError, InputRefused, NotAllowed, Problem, StateConflict
from core.models import LogEntry
from core.typed import said
from core.workflow import lock
from panels.averaging import rounded
from panels.enums import Method, PanelState
from panels.models import (
    JointDiscussion,
    Panel,
    PanelItem,
    PanelMember,
    Scheme,
    ScoreSheet,
    SheetVersion,
)
from panels.permissions import can_run
from panels.reopening import ask_reopening
from panels.results import Result, check_complete, items_with_sheets, results_of
from panels.schemes import scheme_of

LEAST_TALKERS = 2


@transaction.atomic
def record_discussion(
    *,
    item: PanelItem,
    held_on: date,
    participants: Sequence[PanelMember],
    record: str,
    actor: Any,
    give_back: Sequence[ScoreSheet] = (),
) -> JointDiscussion:
    """Keeps who talked about the item, when, and what was said; logged. What is kept never changes.

    `give_back`: sheets that are asked back because of it (`panels.reopening`: another person grants).
    Refused while a sheet of the panel is open, where nothing lies too far apart, for fewer than two
    participants, experts who did not judge the item, and a day to come.
    """
    panel = item.panel
    lock(panel)
    if not can_run(actor, panel):
        raise NotAllowed("您没有组织专家评审的权限。")
    if panel.state != PanelState.SCORING:
        raise StateConflict("评审已结束，不能再记录合议。")
    apart = apart_in(panel)
    if item.pk not in apart:
        raise StateConflict("全部签署后，分歧超过方案规定的，才需要合议。")
    result = apart[item.pk]
    _check(result, held_on, participants, record, give_back)
    made: JointDiscussion = JointDiscussion.objects.create(
        item=item,
        held_on=held_on,
        participants=[_named(member) for member in participants],
        record=said(record),
        spread=spread_words(scheme_of(panel), result),
        versions=_versions_of([result])[item.pk],
        gives_back=[_named(sheet.member) for sheet in give_back],
        recorded_by=actor,
    )
    LogEntry.record(
        made,
        action="panels.record_discussion",
        label="记录合议",
        actor=actor,
        at=made.recorded_at,
        data={
            "panel": panel.pk,
            "item": item.pk,
            "participants": [member.pk for member in participants],
            "gives_back": [sheet.pk for sheet in give_back],
        },
    )
    for sheet in give_back:
        ask_reopening(sheet=sheet, reason=f"合议后退回重评：{made.record}", actor=actor)
    return made


def apart_in(panel: Panel) -> dict[int, Result]:
    """The items whose sheets lie further apart than the scheme allows, by id; none while a sheet is open.

    That is what opens sheets to others than their experts before the end: those of these items.
    """
    items = items_with_sheets(panel)
    try:
        check_complete(items)
    except DomainError:
        return {}
    return apart_among(scheme_of(panel), results_of(panel, items))


def apart_among(scheme: Scheme, results: Sequence[Result]) -> dict[int, Result]:
    """Those of the results that the scheme sends to a joint discussion."""
    return {result.item.pk: result for result in results if _is_apart(scheme, result)}


def undiscussed(scheme: Scheme, results: Sequence[Result]) -> list[Result]:
    """Those that should have been discussed, and were not as they stand now."""
    apart = apart_among(scheme, results)
    covered: dict[int, list[set[int]]] = {pk: [] for pk in apart}
    for one in JointDiscussion.objects.filter(item__in=apart):
        covered[one.item_id].append(set(one.versions))
    stand = _versions_of(list(apart.values()))
    return [
        result
        for pk, result in apart.items()
        if not any(set(stand[pk]) <= versions for versions in covered[pk])
    ]


def spread_words(scheme: Scheme, result: Result) -> str:
    """How far the sheets lie apart, in words."""
    if result.average is None:
        return f"建议 {result.outcome['recommend']}，不建议 {result.outcome['oppose']}"
    return f"最高与最低相差 {rounded(result.average.spread, 2)} 分"


def _is_apart(scheme: Scheme, result: Result) -> bool:
    if scheme.method == Method.OPINION:
        return scheme.discuss_tied and result.outcome["verdict"] == "tied"
    limit, mean = scheme.spread_limit, result.average
    return limit is not None and mean is not None and mean.spread > limit


def _versions_of(results: Sequence[Result]) -> dict[int, list[int]]:
    """The versions that stand signed, by item; one query."""
    signed = {sheet.pk: sheet for result in results for sheet in result.signed}
    found: dict[int, list[int]] = {result.item.pk: [] for result in results}
    for version in SheetVersion.objects.filter(sheet__in=signed).order_by("pk"):
        sheet = signed[version.sheet_id]
        if version.signed_at == sheet.signed_at:
            found[sheet.item_id].append(version.pk)
    return found


def _named(member: PanelMember) -> Mapping[str, Any]:
    return {"member": member.pk, "name": str(member.expert.user)}


def _check(
    result: Result,
    held_on: date,
    participants: Sequence[PanelMember],
    record: str,
    give_back: Sequence[ScoreSheet],
) -> None:
    judged = {sheet.member_id for sheet in result.signed}
    problems = []
    if len({member.pk for member in participants}) < LEAST_TALKERS:
        problems.append(Problem(f"请选择参加合议的专家，至少 {LEAST_TALKERS} 名。", "participants"))
    strange = [member for member in participants if member.pk not in judged]
    if strange:
        names = "、".join(str(member.expert.user) for member in strange)
        problems.append(Problem(f"{names}没有评审本项，不能参加合议。", "participants"))
    if {sheet.pk for sheet in give_back} - {sheet.pk for sheet in result.signed}:
        problems.append(Problem("只能退回本项已签署的评审表。", "give_back"))
    if held_on > clock.today():
        problems.append(Problem("合议日期不能晚于今天。", "held_on"))
    if not said(record):
        problems.append(Problem("请写明合议经过和结论。", "record"))
    if problems:
        raise InputRefused(problems)
