"""The closed set of questions; one module each."""

from __future__ import annotations

from jurisdictions.engine.questions import (
    eligibility,
    exclusion,
    material,
    workflow,
)
from jurisdictions.engine.questions.question import Kind

KINDS: dict[str, Kind] = {
    kind.name: kind
    for kind in (
        eligibility.KIND,
        exclusion.KIND,
        material.KIND,
        workflow.KIND,
    )
}
