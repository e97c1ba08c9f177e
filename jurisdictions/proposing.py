"""A new version of the rules: brought by one person, activated or refused by another."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from django.contrib.auth import get_user_model
from django.db import IntegrityError, transaction
from django.utils import timezone

from core import clock
from core.errors import DomainError, NotAllowed, ReasonRequired, StateConflict
from core.models import LogEntry
from core.templatetags.wording import date_text
from core.tenancy import current_tenant
from core.typed import said
from core.web import tenant_url
from core.workflow import lock, perform
from jurisdictions.engine import effective_from, parse_profile, profile_digest
from jurisdictions.engine.intake import check_text
from jurisdictions.engine.loader import ProfileError, ProfileIssue
from jurisdictions.enums import MembershipState, ReplayState, VersionState
from jurisdictions.fixed_cases import unexplained
from jurisdictions.models import Membership, RuleProfile
from jurisdictions.permissions import can_activate_version, can_propose_version
from jurisdictions.replaying import start_replay
from jurisdictions.signals import version_activated, version_proposed
from jurisdictions.versions import current_version, edition_of

VERSION = re.compile(r"\d{4}-\d{2}-\d{2}(\.[1-9]\d?)?")


class TextRefused(DomainError):
    """A text that is no sound profile; `issues` says everything that is wrong, with lines."""

    def __init__(self, issues: list[ProfileIssue]) -> None:
        self.issues = sorted(issues, key=lambda issue: issue.line or 0)
        super().__init__(f"内容有 {len(issues)} 处问题，没有保存。", path="text")


def read_profile(text: str) -> str:
    """The text as it will be kept. Raises `TextRefused` with every slip, line by line."""
    try:
        kept = check_text(text)
        rules = parse_profile(kept, source="(upload)")
    except ProfileError as error:
        raise TextRefused(error.issues) from error
    place = current_tenant()
    if rules.slug != place.slug:
        words = f"这是“{rules.slug}”的规则，本辖区应为“{place.slug}”"
        line = next((n for n, row in enumerate(kept.split("\n"), 1) if row.startswith("slug:")), 1)
        raise TextRefused([ProfileIssue("slug", "another jurisdiction", line, words)])
    return kept


def next_name(day: date) -> str:
    """The name of the next edition of a day's text: `2026-03-01`, then `2026-03-01.2` …"""
    editions = [
        edition for begins, edition in (edition_of(name) for name in _names()) if begins == day.isoformat()
    ]
    return f"{day.isoformat()}.{max(editions) + 1}" if editions else day.isoformat()


@transaction.atomic
def propose_version(*, version: str, text: str, reason: str, actor: Any) -> RuleProfile:
    """Keeps a new version as proposed; logged. Its replay begins, whoever may decide is told.

    Raises `TextRefused`; refused to who does not administer here, for a name that is none or stands
    already, for a text that a version has already, and without a reason.
    """
    if not can_propose_version(actor):
        raise NotAllowed("您没有提出规则版本的权限。")
    if not said(reason):
        raise ReasonRequired("请说明改了什么、依据是什么。", path="reason")
    _check_name(version)
    kept = read_profile(text)
    digest = profile_digest(kept)
    same = RuleProfile.objects.filter(digest=digest).exclude(state=VersionState.REFUSED).first()
    if same is not None:
        raise DomainError(f"内容与版本 {same.version} 完全相同。", path="text")
    try:
        with transaction.atomic():
            made: RuleProfile = RuleProfile.objects.create(
                version=version,
                text=kept,
                digest=digest,
                state=VersionState.PROPOSED,
                reason=said(reason),
                proposed_by=actor,
            )
    except IntegrityError:
        raise DomainError(f"版本 {version} 已经存在，请改用 {_another(version)}。", path="version") from None
    LogEntry.record(
        made,
        action="jurisdictions.propose_version",
        label="提出规则版本",
        actor=actor,
        at=clock.now(),
        target=VersionState.PROPOSED,
        reason=said(reason),
        data={"version": version, "digest": digest, "against": current_version().version},
    )
    start_replay(version=made, actor=actor)
    version_proposed.send(
        sender=RuleProfile,
        version=made,
        deciders=_deciders(made),
        url=tenant_url("settings:version", pk=made.pk),
    )
    return made


@transaction.atomic
def activate_version(*, version: RuleProfile, active_from: date, basis: str = "", actor: Any) -> RuleProfile:
    """Another person lets a proposed version count from a day on; logged, and the rooms below are told.

    What runs keeps the version that it was begun under. Refused to the proposer; before today without a
    basis; before the day that the version names, or on which the current one began; while the replay is
    not through, or a fixed case is answered otherwise and nobody has said why that is right.
    """
    lock(version)
    if version.state == VersionState.PROPOSED and can_activate_version(actor, version):
        _check_ready(version, active_from, basis)
    former = current_version()
    perform(
        version,
        "activate_version",
        actor=actor,
        reason=basis,
        data={"version": version.version, "digest": version.digest, "from": active_from.isoformat()},
        active_from=active_from,
        decided_by=actor,
        decided_at=timezone.now(),
        decision=said(basis),
    )
    version_activated.send(sender=RuleProfile, version=version, former=former)
    return version


@transaction.atomic
def refuse_version(*, version: RuleProfile, reason: str, actor: Any) -> RuleProfile:
    """A no with its reason, or the proposer takes it back; logged. It will never count."""
    perform(
        version,
        "refuse_version",
        actor=actor,
        reason=reason,
        data={"version": version.version, "digest": version.digest},
        decided_by=actor,
        decided_at=timezone.now(),
        decision=said(reason),
    )
    return version


def hindrances(version: RuleProfile, open_cases: int | None = None) -> list[str]:
    """What keeps a proposed version from being activated, whoever would.

    `open_cases`: how many fixed cases stand unexplained, where the caller has asked them already.
    """
    found = []
    replay = version.replays.first()
    if replay is None or replay.state != ReplayState.DONE:
        found.append("往次事项的推演还没有完成。")
    if open_cases is None:
        open_cases = len(unexplained(version))
    if open_cases:
        found.append(f"有 {open_cases} 个固定案例结果不同，尚未说明理由。")
    return found


def earliest_start(version: RuleProfile) -> date:
    """The first day from which it may be activated without a basis."""
    return max(
        clock.today(), date.fromisoformat(effective_from(version.version)), current_version().active_from
    )


def _check_ready(version: RuleProfile, active_from: date, basis: str) -> None:
    named = date.fromisoformat(effective_from(version.version))
    if active_from < named:
        raise DomainError(f"启用日期不能早于版本所载的{date_text(named)}。", path="active_from")
    begun = current_version().active_from
    if active_from < begun:
        raise DomainError(f"现行版本自{date_text(begun)}启用，新版本不能更早。", path="active_from")
    if active_from < clock.today() and not said(basis):
        raise ReasonRequired("启用日期早于今天的，必须写明依据。已经办理的事项不因此改变。", path="basis")
    if found := hindrances(version):
        raise StateConflict(found[0])


def _check_name(version: str) -> None:
    valid = bool(VERSION.fullmatch(version))
    if valid:
        try:
            date.fromisoformat(effective_from(version))
        except ValueError:
            valid = False
    if not valid:
        raise DomainError("版本以生效日期命名，如 2026-03-01；同日再改的写 2026-03-01.2。", path="version")
    if version in _names():
        raise DomainError(f"版本 {version} 已经存在，请改用 {_another(version)}。", path="version")


def _another(version: str) -> str:
    return next_name(date.fromisoformat(effective_from(version)))


def _names() -> set[str]:
    return set(RuleProfile.objects.values_list("version", flat=True))


def _deciders(version: RuleProfile) -> list[Any]:
    posts = Membership.objects.filter(state=MembershipState.LIVE).values("user")
    people = get_user_model().objects.filter(pk__in=posts, is_active=True).order_by("pk")
    return [person for person in people if can_activate_version(person, version)]
