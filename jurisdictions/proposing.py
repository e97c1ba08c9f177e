"""A new version of the rules: brought by one person, activated or refused by another."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from django.contrib.auth import get_user_model
from django.db import IntegrityError, transaction

from core import clock
from core.errors import DomainError, NotAllowed, ReasonRequired, StateConflict
from core.models import LogEntry
from core.templatetags.wording import date_text
from core.tenancy import current_tenant
from core.typed import said
from core.web import tenant_url
from core.workflow import lock, perform
from jurisdictions.engine import Profile, effective_from, parse_profile, profile_digest
from jurisdictions.engine.intake import check_text
from jurisdictions.engine.loader import ProfileError, ProfileIssue
from jurisdictions.engine.months import add_months
from jurisdictions.enums import MembershipState, ReplayState, VersionState
from jurisdictions.fixed_cases import unexplained
from jurisdictions.models import CaseWaiver, Membership, Replay, RuleProfile
from jurisdictions.permissions import can_activate_version, can_propose_version, can_withdraw_version
from jurisdictions.replaying import start_replay
from jurisdictions.signals import version_activated, version_proposed, version_withdrawn
from jurisdictions.versions import current_version, edition_of, version_on

VERSION = re.compile(r"\d{4}-\d{2}-\d{2}(\.[1-9]\d?)?")


# What will never be current; the same text may be brought again.
NEVER_COUNTED = (VersionState.REFUSED, VersionState.WITHDRAWN)
# Who plans further ahead has mistyped the year.
YEARS_AHEAD = 10
# Before which no text of this kind was made, for texts that tell no day of their own.
EARLIEST = date(1949, 10, 1)


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
    _check_day(version, parse_profile(kept, source="(upload)"))
    digest = profile_digest(kept)
    same = RuleProfile.objects.filter(digest=digest).exclude(state__in=NEVER_COUNTED).first()
    if same is not None:
        again = (
            "；该版本名称有误的，请先将其撤回，再以正确的名称提出"
            if same.state == VersionState.PROPOSED
            else ""
        )
        raise DomainError(f"内容与版本 {same.version} 完全相同{again}。", path="text")
    try:
        with transaction.atomic():
            made: RuleProfile = RuleProfile.objects.create(
                version=version,
                text=kept,
                digest=digest,
                state=VersionState.PROPOSED,
                reason=said(reason),
                proposed_by=actor,
                loaded_at=clock.now(),
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
    basis; more than `YEARS_AHEAD` from now; before the day that the version names, or on which the current
    one began; and while anything of `hindrances` stands.
    """
    # One decision after another: who decides second sees what is current after the first.
    list(RuleProfile.objects.active().select_for_update(no_key=True).order_by("pk").values_list("pk"))
    lock(version)
    if version.state == VersionState.PROPOSED and can_activate_version(actor, version):
        check_ready(version, active_from, basis)
    former = current_version()
    perform(
        version,
        "activate_version",
        actor=actor,
        reason=basis,
        data={"version": version.version, "digest": version.digest, "from": active_from.isoformat()},
        active_from=active_from,
        decided_by=actor,
        decided_at=clock.now(),
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
        decided_at=clock.now(),
        decision=said(reason),
    )
    return version


@transaction.atomic
def withdraw_version(*, version: RuleProfile, reason: str, actor: Any) -> RuleProfile:
    """Takes back an activated version that has not begun, whoever activated it excepted; logged.

    With a reason. Refused once it is current, or something is judged by it. The rooms below are told.
    """
    lock(version)
    if version.state == VersionState.ACTIVE and can_withdraw_version(actor, version):
        if has_begun(version):
            raise StateConflict("该版本已经启用，不能撤回；如有错误，请提出更正的版本。")
        if in_use(version):
            raise StateConflict("已有事项按该版本办理，不能撤回。")
    perform(
        version,
        "withdraw_version",
        actor=actor,
        reason=reason,
        data={"version": version.version, "digest": version.digest, "from": str(version.active_from)},
        withdrawn_by=actor,
        withdrawn_at=clock.now(),
        withdrawal=said(reason),
    )
    version_withdrawn.send(sender=RuleProfile, version=version)
    return version


def has_begun(version: RuleProfile) -> bool:
    """Whether an active version is, or was, the current one."""
    return version.active_from <= clock.today() or version.pk == current_version().pk


def in_use(version: RuleProfile) -> bool:
    """Whether anything of the rooms below is bound to a version; its own replays and waivers are not."""
    own = {CaseWaiver, Replay}
    return any(
        relation.related_model._default_manager.filter(**{relation.field.name: version}).exists()
        for relation in RuleProfile._meta.get_fields(include_hidden=True)
        if relation.one_to_many and relation.related_model not in own
    )


def activation_words(*, version: RuleProfile, active_from: date, basis: str, actor: Any) -> str:
    """What activating it from that day will do, for the person to confirm. Raises as `activate_version`."""
    if version.state != VersionState.PROPOSED:
        raise StateConflict("该版本已有决定。")
    if not can_activate_version(actor, version):
        raise version.workflow.steps["activate_version"].refusal(actor, version)
    check_ready(version, active_from, basis)
    away = (active_from - clock.today()).days
    when = "今天" if away == 0 else f"{away} 天后" if away > 0 else f"{-away} 天前"
    replaced = version_on(active_from).version
    return f"版本 {version.version} 自{date_text(active_from)}（{when}）起取代版本 {replaced}。"


def hindrances(version: RuleProfile, open_cases: int | None = None) -> list[str]:
    """What keeps a proposed version from being activated, whoever would.

    `open_cases`: how many fixed cases stand unexplained, where the caller has asked them already.
    """
    try:
        parse_profile(version.text, source="(proposed)")
    except ProfileError as error:
        first = error.issues[0]
        return [f"内容有 {len(error.issues)} 处问题（{first.place}：{first.in_words}），不能启用。"]
    found = []
    replay, current = version.replays.select_related("against").first(), current_version()
    if replay is None or replay.state != ReplayState.DONE:
        found.append("往次事项的推演还没有完成。")
    elif replay.against_id != current.pk:
        found.append(f"推演之后现行版本已改为 {current.version}，请重新推演，并核对差异。")
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


def latest_start() -> date:
    """The last day from which a version may be activated."""
    return add_months(clock.today(), YEARS_AHEAD * 12)


def check_ready(version: RuleProfile, active_from: date, basis: str) -> None:
    """Raises DomainError where a proposed version cannot be activated from a day; see `activate_version`."""
    if active_from > (latest := latest_start()):
        raise DomainError(
            f"启用日期最晚为{date_text(latest)}（今天起{YEARS_AHEAD}年），请核对年份。", path="active_from"
        )
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


def _check_day(version: str, rules: Profile) -> None:
    """The day that names a version: not before its text was made, not beyond what can be activated."""
    day = date.fromisoformat(effective_from(version))
    document, validity = rules.document, rules.validity
    begun = date(validity.start_year, 1, 1) if validity.start_year is not None else None
    known = (document.signed_on, document.printed_on, document.issued_on, validity.start, begun)
    made = min((one for one in known if one is not None), default=EARLIEST)
    if day < made:
        told = f"版本以生效日期命名，不能早于文件的日期{date_text(made)}，请核对年份。"
    elif day > latest_start():
        told = f"版本以生效日期命名，最晚为{date_text(latest_start())}（今天起{YEARS_AHEAD}年），请核对年份。"
    else:
        return
    raise DomainError(told, path="version")


def _another(version: str) -> str:
    return next_name(date.fromisoformat(effective_from(version)))


def _names() -> set[str]:
    return set(RuleProfile.objects.values_list("version", flat=True))


def _deciders(version: RuleProfile) -> list[Any]:
    posts = Membership.objects.filter(state=MembershipState.LIVE).values("user")
    people = get_user_model().objects.filter(pk__in=posts, is_active=True).order_by("pk")
    return [person for person in people if can_activate_version(person, version)]
