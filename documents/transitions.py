"""The steps of a stored file from quarantine to a verdict; the system alone takes them."""

from core.workflow import Step, Workflow, system_only
from documents.enums import ScanState

P, N = ScanState.PENDING, ScanState.NOT_SCANNED

SCAN = Workflow(
    [
        Step("scan_again", "送交查毒", (N,), P, system_only),
        Step("found_clean", "查毒通过", (P,), ScanState.CLEAN, system_only),
        Step("found_infected", "查出病毒", (P,), ScanState.INFECTED, system_only, reason_required=True),
        Step("scan_limited", "未能查毒", (P,), N, system_only, reason_required=True),
    ],
    field="scan_state",
)
