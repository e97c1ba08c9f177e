"""Founding a jurisdiction from a profile: the tenant, the authorities of its kinds, the first version."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from core import clock
from core.errors import DomainError
from core.models import LogEntry
from core.tenancy import tenant_scope
from jurisdictions.engine import Profile, effective_from, load_profile
from jurisdictions.models import Authority, Jurisdiction
from jurisdictions.versions import load_version


def tenant_of(profile: Profile) -> Jurisdiction:
    """The tenant of a profile, made from what it says of its place; one that is there stays as it is.

    Refused for a slug that is an address of the house itself.
    """
    place = profile.jurisdiction
    found = Jurisdiction.objects.filter(slug=profile.slug).first()
    if found is not None:
        return found
    tenant = Jurisdiction(
        slug=profile.slug,
        name=place.name,
        short_name=place.short_name,
        division_code=place.division_code,
    )
    try:
        tenant.full_clean()
    except ValidationError as error:
        raise DomainError("；".join(error.messages)) from None
    tenant.save()
    return tenant


@transaction.atomic
def found_jurisdiction(
    *, slug: str, path: Path, names: Mapping[str, Sequence[str]] | None = None, actor: Any
) -> Jurisdiction:
    """A new tenant with its authorities and its first profile version; logged there.

    `names`: authority kind -> full names, where there are several of a kind or the profile's word is not the
    full name. Refused where the jurisdiction is there already, for a kind that the profile does not know,
    and for a file that is not named by the day from which it counts. Raises ProfileError for its mistakes.
    """
    profile, names = load_profile(path), names or {}
    if profile.slug != slug:
        raise DomainError(f"规则文件是 {profile.slug} 的，不是 {slug} 的。")
    try:
        date.fromisoformat(effective_from(path.stem))
    except ValueError:
        raise DomainError(f"规则文件应以施行日期命名，例如 2026-03-01.yaml，现为 {path.name}。") from None
    if Jurisdiction.objects.filter(slug=profile.slug).exists():
        raise DomainError(f"辖区 {profile.slug} 已经存在；新版本请作为规则版本载入。")
    kinds = [authority.kind for authority in profile.authorities]
    for kind in names:
        if kind not in kinds:
            raise DomainError(f"规则文件没有部门类别 {kind}，可选：{'、'.join(kinds)}")
    tenant = tenant_of(profile)
    with tenant_scope(tenant):
        load_version(path=path, actor=actor)
        for authority in profile.authorities:
            for name in names.get(authority.kind) or [authority.label]:
                _add_authority(authority.kind, name, actor)
    return tenant


def _add_authority(kind: str, name: str, actor: Any) -> Authority:
    authority = Authority(kind=kind, name=name, short_name=name[:40])
    try:
        authority.full_clean(exclude=["tenant"])
    except ValidationError as error:
        raise DomainError(f"{name}：{'；'.join(error.messages)}") from None
    authority.save()
    LogEntry.record(
        authority,
        action="jurisdictions.authority",
        label="登记部门",
        actor=actor,
        at=clock.now(),
        data={"kind": kind, "name": name},
    )
    return authority
