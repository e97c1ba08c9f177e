"""The closed set of questions; one module each."""

from __future__ import annotations

from jurisdictions.engine.questions import (
    deregistration,
    duty,
    eligibility,
    exclusion,
    expenditure,
    material,
    revocation,
    workflow,
)
from jurisdictions.engine.questions.question import Kind

KINDS: dict[str, Kind] = {
    kind.name: kind
    for kind in (
        deregistration.KIND,
        duty.KIND,
        eligibility.KIND,
        exclusion.KIND,
        expenditure.KIND,
        material.KIND,
        revocation.KIND,
        workflow.KIND,
    )
}
