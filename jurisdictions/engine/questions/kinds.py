"""The closed set of questions; one module each."""

from __future__ import annotations

from jurisdictions.engine.questions import (
    assessment,
    deadline,
    deregistration,
    designation,
    duty,
    eligibility,
    exclusion,
    expenditure,
    extension,
    funding,
    material,
    naming,
    notice,
    other,
    quota,
    revocation,
    routing,
    rubric,
    validity,
    workflow,
)
from jurisdictions.engine.questions.question import Kind

KINDS: dict[str, Kind] = {
    kind.name: kind
    for kind in (
        assessment.KIND,
        deadline.KIND,
        deregistration.KIND,
        designation.KIND,
        duty.KIND,
        eligibility.KIND,
        exclusion.KIND,
        expenditure.KIND,
        extension.KIND,
        funding.KIND,
        material.KIND,
        naming.KIND,
        notice.KIND,
        other.KIND,
        quota.KIND,
        revocation.KIND,
        routing.KIND,
        rubric.KIND,
        validity.KIND,
        workflow.KIND,
    )
}
