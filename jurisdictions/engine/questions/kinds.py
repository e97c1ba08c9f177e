"""The closed set of questions; one module each."""

from __future__ import annotations

from jurisdictions.engine.questions import (
    deadline,
    deregistration,
    designation,
    duty,
    eligibility,
    exclusion,
    expenditure,
    extension,
    material,
    naming,
    notice,
    other,
    revocation,
    routing,
    validity,
    workflow,
)
from jurisdictions.engine.questions.question import Kind

KINDS: dict[str, Kind] = {
    kind.name: kind
    for kind in (
        deadline.KIND,
        deregistration.KIND,
        designation.KIND,
        duty.KIND,
        eligibility.KIND,
        exclusion.KIND,
        expenditure.KIND,
        extension.KIND,
        material.KIND,
        naming.KIND,
        notice.KIND,
        other.KIND,
        revocation.KIND,
        routing.KIND,
        validity.KIND,
        workflow.KIND,
    )
}
