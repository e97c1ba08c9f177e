"""The life of a tranche, as data."""

from core.workflow import Step, Workflow, system_only
from funding.enums import TrancheState as S
from funding.permissions import can_approve, can_record_basis, can_release

# As long as it is not paid, what is found out later still stops it.
UNPAID = (S.PLANNED, S.HELD, S.DUE, S.APPROVED, S.ORDERED)

TRANCHE = Workflow(
    [
        Step("fall_due", "到期应付", (S.PLANNED, S.HELD), S.DUE, system_only),
        Step("hold", "待人工决定", (S.PLANNED, S.DUE), S.HELD, system_only),
        Step("refuse", "不予拨付", UNPAID, S.REFUSED, system_only, reason_required=True),
        Step("stop", "停止拨付", UNPAID, S.STOPPED, system_only, reason_required=True),
        Step("record_basis", "记录拨付依据", (S.HELD,), S.DUE, can_record_basis, reason_required=True),
        Step("approve", "核准", (S.DUE,), S.APPROVED, can_approve),
        Step("send_back", "退回", (S.APPROVED,), S.DUE, can_release, reason_required=True),
        Step("order", "复核放款", (S.APPROVED,), S.ORDERED, can_release),
        Step("give_back", "停止放款退回", (S.ORDERED,), S.DUE, system_only, reason_required=True),
        Step("release", "拨付", (S.ORDERED,), S.RELEASED, system_only),
    ]
)
