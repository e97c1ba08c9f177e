"""What no single node can see: names that must exist, sums that must come out, bands without a gap."""

from __future__ import annotations

from jurisdictions.engine.crosscheck import applying, fitting, names, station
from jurisdictions.engine.crosscheck.walking import Issue, walk
from jurisdictions.engine.schema.profile import Profile

# In the order in which what they find is told.
CHECKS = (
    names.unique_names,
    names.clauses,
    names.validity,
    names.readings,
    names.fact_names,
    names.form_names,
    fitting.requirements,
    fitting.roster_names,
    names.authorities,
    names.templates,
    applying.dossiers,
    applying.gates,
    applying.exclusions,
    applying.group_caps,
    station.obligations,
    station.rubric,
    station.bands,
    station.grades,
    station.award,
    station.duties,
    station.expenditure,
    station.revocation,
    station.results,
    station.entitlements,
    station.key_projects,
    names.loose_clauses,
    station.term,
)


def crosscheck(profile: Profile) -> list[Issue]:
    """Every (path, reason) that makes a profile incoherent."""
    return [issue for check in CHECKS for issue in check(profile)]


__all__ = ["CHECKS", "Issue", "crosscheck", "walk"]
