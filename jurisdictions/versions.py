"""Loading profile versions, and asking which of them is current."""

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from django.db import transaction

from core import clock
from core.errors import DomainError
from core.models import LogEntry
from core.scope import once
from jurisdictions.engine import Profile, WorkCalendar, parse_profile, profile_digest
from jurisdictions.models import Authority, CalendarDay, RuleProfile

NEVER = datetime.min.replace(tzinfo=UTC)


@transaction.atomic
def load_version(*, path: Path, actor: Any) -> RuleProfile:
    """Stores a profile file of the tenant in scope as a version; logged.

    The same text again changes nothing; another text under a version that is already
    loaded is refused, because applications and stations are judged by it.
    """
    text = path.read_text(encoding="utf-8")
    digest = profile_digest(text)
    existing = RuleProfile.objects.filter(version=path.stem).first()
    if existing is not None:
        if existing.digest != digest:
            raise DomainError(f"规则版本 {path.stem} 已载入且内容不同；已载入的版本不得修改，请另立新版本。")
        return existing
    parse_profile(text, source=str(path.name))
    version = RuleProfile.objects.create(version=path.stem, text=text, digest=digest)
    LogEntry.record(
        version,
        action="jurisdictions.load_profile",
        label="载入规则版本",
        actor=actor,
        at=clock.now(),
        data={"digest": digest},
    )
    return version


def current_version() -> RuleProfile:
    """The active version of the tenant in scope that began last, by today; else the one that begins first."""
    return version_on(clock.today())


def version_on(day: date) -> RuleProfile:
    """The active version of the tenant in scope that began last by that day, else the first to begin."""
    active = once("jurisdictions.versions.active", lambda: list(RuleProfile.objects.active()))
    versions = sorted(active, key=_order)
    if not versions:
        raise DomainError("本辖区尚未载入规则版本。")
    begun = [version for version in versions if version.active_from <= day]
    return begun[-1] if begun else versions[0]


def edition_of(version: str) -> tuple[str, int]:
    """`2023-01-01.2` → its day and its edition; the first edition has no number."""
    day, _, edition = version.partition(".")
    return day, int(edition or 1)


def _order(version: RuleProfile) -> tuple[date, datetime, tuple[str, int]]:
    """Of two that begin on one day the later decision holds, whatever they are called.

    What came with the program was decided by nobody: it stands in the order of its editions.
    """
    return version.active_from, version.decided_at or NEVER, edition_of(version.version)


def cited(version: RuleProfile) -> dict[str, Any]:
    """What a page about something that keeps a version gives its `clause` links: articles, version."""
    return {"clause_articles": version.rules.articles, "clause_version": version.version}


def current_rules() -> Profile:
    """The current version, parsed."""
    return current_version().rules


def work_calendar() -> WorkCalendar:
    """The work calendar of the tenant in scope."""
    return CalendarDay.work_calendar()


def lead_authorities() -> list[Authority]:
    """The authorities of the kind that leads the scheme, as the current profile says."""
    lead = next(kind.kind for kind in current_rules().authorities if kind.level == "lead")
    return [one for one in Authority.here().values() if one.kind == lead]


def lead_authority() -> Authority:
    """The authority that leads the scheme (the profile's lead kind)."""
    found = lead_authorities()
    if not found:
        raise DomainError("本辖区尚未登记主管部门。")
    return found[0]
