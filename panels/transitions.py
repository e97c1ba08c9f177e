"""The life of a panel and of a sheet, as data."""

from core.workflow import Step, Workflow
from panels.enums import PanelState, SheetState
from panels.permissions import can_run, can_run_sheet, can_score

PANEL = Workflow(
    [
        Step("start", "开始评审", (PanelState.FORMING,), PanelState.SCORING, can_run),
        Step("close", "结束评审", (PanelState.SCORING,), PanelState.CLOSED, can_run),
    ]
)

SHEET = Workflow(
    [
        Step("sign", "签署评审意见", (SheetState.OPEN,), SheetState.SIGNED, can_score),
        Step("recuse", "申请回避", (SheetState.OPEN,), SheetState.RECUSED, can_score, reason_required=True),
        Step(
            "withdraw",
            "撤出专家",
            (SheetState.OPEN,),
            SheetState.WITHDRAWN,
            can_run_sheet,
            reason_required=True,
        ),
    ]
)
