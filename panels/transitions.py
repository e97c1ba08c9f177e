"""The life of a panel and of a sheet, as data."""

from core.workflow import Step, Workflow, system_only
from panels.enums import DrawState, PanelState, ReopeningState, SchemeState, SheetState, VisitState
from panels.permissions import (
    can_decide_reopening,
    can_empty_sheet,
    can_run,
    can_run_sheet,
    can_run_visit,
    can_score,
    is_visitor,
)

PANEL = Workflow(
    [
        Step("start", "开始评审", (PanelState.FORMING,), PanelState.SCORING, can_run),
        Step("close", "结束评审", (PanelState.SCORING,), PanelState.CLOSED, can_run),
    ]
)

SCHEME = Workflow([Step("freeze_scheme", "固定评审方案", (SchemeState.DRAFT,), SchemeState.FROZEN, can_run)])

DRAW = Workflow(
    [
        Step("hold_draw", "抽取专家", (DrawState.COMMITTED,), DrawState.DRAWN, can_run),
        Step("use_draw", "按抽取结果组建专家组", (DrawState.DRAWN,), DrawState.USED, can_run),
        Step(
            "void_draw",
            "作废抽取",
            (DrawState.COMMITTED, DrawState.DRAWN),
            DrawState.VOID,
            can_run,
            reason_required=True,
        ),
    ]
)

REOPENING = Workflow(
    [
        Step(
            "grant_reopening",
            "批准退回重评",
            (ReopeningState.ASKED,),
            ReopeningState.GRANTED,
            can_decide_reopening,
        ),
        Step(
            "refuse_reopening",
            "不批准退回重评",
            (ReopeningState.ASKED,),
            ReopeningState.REFUSED,
            can_decide_reopening,
            reason_required=True,
        ),
    ]
)

SHEET = Workflow(
    [
        Step("sign", "签署评审意见", (SheetState.OPEN,), SheetState.SIGNED, can_score),
        # A tie may come to light when the sheet is signed already.
        Step(
            "recuse",
            "申请回避",
            (SheetState.OPEN, SheetState.SIGNED),
            SheetState.RECUSED,
            can_score,
            reason_required=True,
        ),
        Step(
            "reopen", "退回重评", (SheetState.SIGNED,), SheetState.OPEN, can_run_sheet, reason_required=True
        ),
        Step(
            "recuse_tied",
            "利害关系回避",
            (SheetState.OPEN,),
            SheetState.RECUSED,
            system_only,
            reason_required=True,
        ),
        Step(
            "withdraw",
            "撤出专家",
            (SheetState.OPEN,),
            SheetState.WITHDRAWN,
            can_empty_sheet,
            reason_required=True,
        ),
    ]
)

# Each visitor signs (`panels.visiting`); the last signature takes the step.
VISIT = Workflow(
    [
        Step("sign_visit", "签署实地考察记录", (VisitState.DRAFT,), VisitState.SIGNED, is_visitor),
        Step(
            "void_visit",
            "作废实地考察记录",
            (VisitState.DRAFT,),
            VisitState.VOID,
            can_run_visit,
            reason_required=True,
        ),
    ]
)
