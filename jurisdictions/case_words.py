"""Questions and answers of the fixed cases as people read them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from jurisdictions.engine import Profile
from jurisdictions.engine.words import name_word

# The parts of an answer, whatever the kind of the question.
FIELDS = {
    "accepted": "是否受理",
    "after": "在此之后",
    "allowed": "是否允许",
    "allowed_plaques": "可以悬挂的牌匾",
    "amount_yuan": "金额（元）",
    "applicable": "是否适用",
    "application_qualification": "申报资格",
    "apprentice_files_required": "须建学徒档案",
    "assessor": "考核部门",
    "auto_grade_allowed": "可以自动定等次",
    "auto_revoke": "自动撤销",
    "average": "年均",
    "blocked_by": "受限于",
    "bonus": "加分",
    "clauses": "依据",
    "clawback": "资金追回",
    "combined_with_acceptance": "与验收合并",
    "complete": "材料是否齐全",
    "condition": "条件",
    "construction_end": "建设期满",
    "counts": "是否计分",
    "cycle_months": "周期（月）",
    "designation_affected": "影响认定",
    "due": "到期日",
    "due_date": "到期日",
    "earliest_award_date": "最早授牌日期",
    "eligible": "是否符合条件",
    "excellent_count": "优秀数",
    "expert_review_due": "专家评审期限",
    "explanation": "说明",
    "failed": "不符合的",
    "final": "是否最终",
    "first_due": "首次到期日",
    "flag_for_review": "须人工核查",
    "formal_review_due": "形式审查期限",
    "full_points_allowed": "可以给满分",
    "funding_allowed": "可以享受资助",
    "governed_by": "依据的文件",
    "grade": "等次",
    "grade_affected": "影响等次",
    "grade_choices": "可选等次",
    "graded_total": "定等得分",
    "grades": "各等次",
    "grades_excellent_count": "优秀数",
    "ground": "情形",
    "image_archive_required": "须建影像档案",
    "in_city_process": "由市级办理",
    "in_force": "是否有效",
    "in_scope": "是否在范围内",
    "is_revocation": "是否属于撤销",
    "last_day": "最后一日",
    "ledger_required": "须建台账",
    "ledger_required_by_article": "条文要求建台账",
    "ledger_scored_in_rubric": "评分表对台账计分",
    "managed_by": "管理部门",
    "manual": "须人工决定",
    "manual_confirm": "须人工确认",
    "manual_reason": "人工决定的原因",
    "max_excellent": "优秀名额",
    "max_points": "最高分",
    "max_total_yuan": "最高金额（元）",
    "mentoring_plan_required": "须有带徒计划",
    "met": "是否达到",
    "missing": "缺少的",
    "name": "名称",
    "new_due_date": "延期后的到期日",
    "next_due_by": "下次到期日",
    "next_step": "下一步",
    "non_failing": "合格以上数",
    "notice_last_day": "公示最后一日",
    "notice_required": "是否须公示",
    "override_possible": "可以例外决定",
    "path": "申报路径",
    "payable": "是否可付",
    "per_unit_rule": "按件计分",
    "points": "得分",
    "provincial_requirements_prevail": "省级要求优先",
    "quota_violation": "超出名额",
    "readings": "理解口径",
    "reason": "原因",
    "recheck_due": "复审期限",
    "recover_plaque": "收回牌匾",
    "rectification": "整改",
    "refer_liability": "追究责任",
    "refer_to_judicial": "移送司法",
    "reviewer": "复核部门",
    "revoke": "是否撤销",
    "reward_payable": "奖励是否可付",
    "second_tranche": "第二批资金",
    "seq": "批次",
    "stages": "环节",
    "status": "状态",
    "stop_funding": "停止资助",
    "stop_remaining": "停付余款",
    "submission_accepted": "是否接收",
    "tackling_plan_required": "须有攻关计划",
    "tie_at_cut": "名额线上同分",
    "total": "总分",
    "total_after": "认定后总数",
    "total_yuan": "总额（元）",
    "tranche_years": "付款年度",
    "tranches": "各批资金",
    "valid": "是否有效",
    "verdict": "结论",
    "warning": "提示",
    "warnings": "提示",
    "window_end": "截止",
    "window_start": "开始",
    "windows": "办理时段",
    "year_total_yuan": "当年总额（元）",
}


def field_words(name: str) -> str:
    """A part of an answer as people call it; its name where none is recorded."""
    return FIELDS.get(name, name)


def facts_in_words(rules: Profile, given: Mapping[str, Any]) -> str:
    """The facts of a question, each by its label: `技师：3；单位类型：企业`."""
    told = (f"{_label(rules, name)}：{value_words(rules, value, name)}" for name, value in given.items())
    return "；".join(told) or "（没有事实）"


def value_words(rules: Profile, value: Any, fact: str = "") -> str:
    """A fact or a part of an answer as people read it: names by their labels, articles as printed."""
    if value is None:
        return "未定"
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, Mapping):
        return "，".join(f"{_label(rules, name)}：{value_words(rules, part)}" for name, part in value.items())
    if isinstance(value, list | tuple):
        separator = "；" if any(isinstance(part, Mapping) for part in value) else "、"
        return separator.join(value_words(rules, part, fact) for part in value) or "无"
    if not isinstance(value, str):
        return str(value)
    known = rules.declared_facts.get(fact)
    choices = {choice.value: choice.label for choice in known.choices} if known is not None else {}
    conditions = {condition.key: condition.label for condition in rules.conditions if condition.key}
    if value in rules.articles:
        return f"{rules.article(value)}（{value}）"
    return choices.get(value) or conditions.get(value) or _tranche(rules, value) or _label(rules, value)


def _tranche(rules: Profile, name: str) -> str:
    """What a payment waits for is called by its name in an answer, and by its label on a page."""
    tranches = rules.award.tranches if rules.award else ()
    return next((f"{one.label}的付款条件" for one in tranches if one.condition.name == name), "")


def _label(rules: Profile, name: str) -> str:
    fact = rules.declared_facts.get(name)
    if fact is not None:
        return fact.label.removeprefix("是否")
    return rules.labels.get(name) or FIELDS.get(name) or name_word(name)
