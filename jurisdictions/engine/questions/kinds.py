"""The closed set of questions; one module each."""

from __future__ import annotations

from jurisdictions.engine.questions import (
    assessment,
    eligibility,
    funding,
    quota,
    rubric,
)
from jurisdictions.engine.questions.question import Kind

KINDS: dict[str, Kind] = {
    kind.name: kind
    for kind in (
        assessment.KIND,
        eligibility.KIND,
        funding.KIND,
        quota.KIND,
        rubric.KIND,
    )
}
