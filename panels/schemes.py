"""The scheme by which panels judge: set by the bureau for a round or cycle, frozen with the first panel."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db import IntegrityError, models, transaction

from core import clock
from core.errors import DomainError, EditConflict, InputRefused, NotAllowed, Problem, StateConflict
from core.models import LogEntry
from core.typed import said
from core.workflow import lock, perform
from jurisdictions.engine import Profile, assessment_form
from jurisdictions.models import Authority
from panels.averaging import FULL, Criterion
from panels.enums import Mean, Method, Purpose, Rounding, SchemeState, TieRule
from panels.models import Panel, Scheme
from panels.permissions import can_run

# What a scheme says beside whose it is; copied as a whole.
SETTINGS = (
    "method",
    "criteria",
    "mean",
    "trim_from",
    "decimals",
    "rounding",
    "ties",
    "pass_mark",
    "spread_limit",
    "discuss_tied",
)
LEAST_TO_TRIM = 3
MOST_CRITERIA = 30


def methods_open(rules: Profile, purpose: str) -> tuple[Method, ...]:
    """What a sheet may be: the regulation's score sheet where it has one, else the bureau's choice."""
    if purpose == Purpose.APPLICATION and rules.panel.method == "opinion":
        return (Method.OPINION, Method.CRITERIA)
    return (Method.REGULATION,) if assessment_form(rules) else (Method.OPINION,)


def usual_scheme(*, authority: Authority, rules: Profile, purpose: str, subject: models.Model) -> Scheme:
    """What holds as long as the bureau has set nothing; not saved."""
    return Scheme(
        authority=authority,
        purpose=purpose,
        subject_type=ContentType.objects.get_for_model(subject),
        subject_id=subject.pk,
        title=str(subject)[:150],
        method=methods_open(rules, purpose)[0],
    )


def scheme_of(panel: Panel) -> Scheme:
    """The scheme by which this panel judges."""
    if panel.scheme is not None:
        return panel.scheme
    return usual_scheme(
        authority=panel.authority, rules=panel.profile.rules, purpose=panel.purpose, subject=panel.subject
    )


def criteria_of(scheme: Scheme) -> tuple[Criterion, ...]:
    """The lines of the bureau's own score sheet, in order; none for the other methods."""
    return tuple(
        Criterion(row["key"], row["label"], Decimal(row["max"]), Decimal(row["weight"]))
        for row in scheme.criteria
    )


@transaction.atomic
def set_scheme(
    *,
    authority: Authority,
    rules: Profile,
    purpose: str,
    subject: models.Model,
    revision: int,
    settings: Mapping[str, Any],
    actor: Any,
) -> Scheme:
    """Sets the scheme of a round or cycle, `settings` under the names of `SETTINGS`; logged.

    `revision` is the one that the page was made from: an older one is an `EditConflict`. Criteria are
    `(label, full points, weight)`. Refused with each place named, and once a panel was formed.
    """
    scheme = _own(authority, rules, purpose, subject, actor)
    if revision != scheme.revision:
        raise EditConflict("评审方案已由他人改动，请刷新后再改；您刚才填写的内容仍在本页。")
    values = dict(settings)
    rows: Sequence[tuple[str, Decimal | None, Decimal | None]] = values.pop("criteria", ())
    for name, value in values.items():
        setattr(scheme, name, value)
    rows = rows if scheme.method == Method.CRITERIA else ()
    problems = [*_problems(scheme, rules), *_criteria_problems(scheme, rows)]
    if problems:
        raise InputRefused(problems)
    scheme.criteria = [
        {"key": f"c{number}", "label": said(label), "max": str(most), "weight": str(weight)}
        for number, (label, most, weight) in enumerate(rows, start=1)
    ]
    _normalise(scheme)
    return _keep(scheme, actor, "panels.set_scheme", "设定评审方案")


@transaction.atomic
def copy_scheme(
    *,
    authority: Authority,
    rules: Profile,
    purpose: str,
    subject: models.Model,
    former: Scheme,
    actor: Any,
) -> Scheme:
    """Takes over all that another round's or cycle's scheme says; logged.

    Refused as `set_scheme`, and where the regulation does not leave that method open here.
    """
    scheme = _own(authority, rules, purpose, subject, actor)
    if former.authority_id != authority.pk or former.purpose != purpose or former.pk == scheme.pk:
        raise DomainError("只能沿用本部门同一用途的其他方案。")
    for name in SETTINGS:
        setattr(scheme, name, getattr(former, name))
    if problems := _problems(scheme, rules):
        raise InputRefused(problems)
    scheme.former = former
    return _keep(scheme, actor, "panels.copy_scheme", "沿用往次评审方案")


def formers_of(scheme: Scheme) -> models.QuerySet:
    """The schemes that may be copied here, the newest first."""
    rows = Scheme.objects.filter(authority=scheme.authority_id, purpose=scheme.purpose)
    return rows.exclude(pk=scheme.pk).order_by("-pk")


@transaction.atomic
def freeze_scheme(
    *, authority: Authority, rules: Profile, purpose: str, subject: models.Model, actor: Any
) -> Scheme:
    """The scheme as it stands, fixed from now on; the usual one where the bureau has set none. Logged.

    Called before the first sheet is made. A scheme that is frozen already is handed back as it is.
    """
    scheme = Scheme.objects.of(purpose, subject).select_for_update().first()
    if scheme is None:
        scheme = usual_scheme(authority=authority, rules=rules, purpose=purpose, subject=subject)
        scheme.set_by = actor
        scheme.save()
    if scheme.state != SchemeState.FROZEN:
        perform(scheme, "freeze_scheme", actor=actor, frozen_at=clock.now())
    return scheme


def _own(authority: Authority, rules: Profile, purpose: str, subject: models.Model, actor: Any) -> Scheme:
    """The scheme to be changed, locked; a new one where there is none."""
    scheme = Scheme.objects.of(purpose, subject).first()
    if scheme is None:
        scheme = usual_scheme(authority=authority, rules=rules, purpose=purpose, subject=subject)
    else:
        lock(scheme)
    if not can_run(actor, scheme):
        raise NotAllowed("您没有组织专家评审的权限。")
    if scheme.state == SchemeState.FROZEN:
        raise StateConflict("专家组已经组建，评审方案已固定，不能再改。")
    return scheme


def _keep(scheme: Scheme, actor: Any, action: str, label: str) -> Scheme:
    scheme.set_by, scheme.set_at = actor, clock.now()
    scheme.revision += 1
    try:
        with transaction.atomic():
            scheme.save()
    except IntegrityError:
        # Two who set the first one at the same moment.
        raise EditConflict("评审方案刚由他人设定，请刷新后再改；您刚才填写的内容仍在本页。") from None
    LogEntry.record(
        scheme,
        action=action,
        label=label,
        actor=actor,
        at=scheme.set_at,
        data={name: _said(getattr(scheme, name)) for name in SETTINGS if name != "criteria"}
        | {
            "criteria": [[row["key"], row["max"], row["weight"]] for row in scheme.criteria],
            "former": scheme.former_id,
        },
    )
    return scheme


def _said(value: Any) -> Any:
    return str(value) if isinstance(value, Decimal) else value


def _normalise(scheme: Scheme) -> None:
    """What does not apply to the method is as if it had not been said."""
    if scheme.mean == Mean.PLAIN:
        scheme.trim_from = None
    if scheme.method == Method.OPINION:
        scheme.mean, scheme.trim_from, scheme.ties = Mean.PLAIN, None, TieRule.SHARED
        scheme.pass_mark = scheme.spread_limit = None
    else:
        scheme.discuss_tied = False
    if scheme.method == Method.REGULATION:
        # The bands ask for the points as they are: a mean that is rounded up could climb into the next one.
        scheme.decimals, scheme.rounding, scheme.pass_mark = 2, Rounding.DOWN, None


def _problems(scheme: Scheme, rules: Profile) -> list[Problem]:
    found = []
    if scheme.method not in methods_open(rules, scheme.purpose):
        clause = rules.panel.clause if scheme.purpose == Purpose.APPLICATION else rules.assessment.clause
        found.append(Problem("评审方式不能由本部门另定，请按办法规定的方式。", "method", clause))
    trims = scheme.method != Method.OPINION and scheme.mean == Mean.TRIMMED
    if trims and (scheme.trim_from is None or scheme.trim_from < LEAST_TO_TRIM):
        text = f"去掉最高分和最低分，至少要有 {LEAST_TO_TRIM} 份评审表，请填写从几份起去掉。"
        found.append(Problem(text, "trim_from"))
    return found


def _criteria_problems(
    scheme: Scheme, rows: Iterable[tuple[str, Decimal | None, Decimal | None]]
) -> list[Problem]:
    if scheme.method != Method.CRITERIA:
        return []
    found, total, labels, number = [], Decimal(0), set[str](), 0
    for number, (label, most, weight) in enumerate(rows, start=1):
        name = said(label) or f"第 {number} 项"
        if not said(label):
            found.append(Problem(f"{name}：请填写名称。", f"criteria-{number - 1}-label"))
        elif name in labels:
            found.append(Problem(f"“{name}”出现了两次，请改名或者删去一行。", f"criteria-{number - 1}-label"))
        labels.add(name)
        if most is None or most <= 0:
            found.append(Problem(f"{name}：满分应大于 0。", f"criteria-{number - 1}-max"))
        if weight is None or weight <= 0:
            found.append(Problem(f"{name}：权重应大于 0。", f"criteria-{number - 1}-weight"))
        total += weight or 0
    if not number:
        found.append(Problem("请至少填写一个评分项目。", "method"))
    elif number > MOST_CRITERIA:
        found.append(Problem(f"评分项目最多 {MOST_CRITERIA} 个，现有 {number} 个。", "method"))
    elif total != FULL and not found:
        found.append(Problem(f"各项权重合计应为 100%，现为 {total.normalize():f}%。", "criteria-0-weight"))
    return found
