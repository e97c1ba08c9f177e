"""The closed set of questions; one module each."""

from __future__ import annotations

from jurisdictions.engine.questions import (
    deadline,
    designation,
    eligibility,
    extension,
    naming,
    notice,
    other,
    routing,
    validity,
)
from jurisdictions.engine.questions.question import Kind

KINDS: dict[str, Kind] = {
    kind.name: kind
    for kind in (
        deadline.KIND,
        designation.KIND,
        eligibility.KIND,
        extension.KIND,
        naming.KIND,
        notice.KIND,
        other.KIND,
        routing.KIND,
        validity.KIND,
    )
}
