"""The result of a panel as a workbook whose formulas compute the same totals again from the signed sheets.

Binary fractions are not what the system counts with: before anything is cut or compared, a formula rounds
to `PLACES`, far below what a scheme shows.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import IO, Any

from openpyxl.utils import get_column_letter

from core.sheets import Formula, Page, write_book
from jurisdictions.engine import Profile
from panels.enums import Mean, Method, Rounding, TieRule, Verdict
from panels.models import Panel, Scheme
from panels.results import Result
from panels.schemes import criteria_of, scheme_of

SHEETS, RESULT, SCHEME = "评审表", "汇总", "方案"
PLACES = 8
# Finer than the result: rounding errors of sheets must not add up to a step of it.
OF_A_SHEET = 10
# On the page of the sheets: item, unit, expert, then one column a line.
FIRST_LINE = 4
HEADS = 3
AGREE, DIFFER = "一致", "不一致"


def workbook_of(panel: Panel, results: Sequence[Result]) -> IO[bytes]:
    """An open xlsx file: signed sheets, the result by live formulas beside the system's, the scheme."""
    scheme = scheme_of(panel)
    pages = _opinions(results) if scheme.method == Method.OPINION else _points(panel, scheme, results)
    return write_book([*pages, _scheme_page(panel, scheme)])


def _opinions(results: Sequence[Result]) -> list[Page]:
    rows: list[list[Any]] = [["评审对象", "申报单位", "专家", "结论", "评审意见"]]
    result: list[list[Any]] = [
        ["名次", "评审对象", "申报单位", "建议认定", "不建议认定", "结论", "系统结果", "核对"]
    ]
    yes, no = Verdict.RECOMMEND.label, Verdict.OPPOSE.label
    words = {Verdict.RECOMMEND.value: yes, Verdict.OPPOSE.value: no, "tied": "意见持平"}
    for place, one in enumerate(results, start=2):
        begin = len(rows) + 1
        for sheet in one.signed:
            rows.append(
                [
                    one.item.title,
                    one.item.unit_name,
                    str(sheet.member.expert.user),
                    words[sheet.verdict],
                    sheet.comment,
                ]
            )
        block = f"'{SHEETS}'!$D${begin}:$D${len(rows)}"
        result.append(
            [
                one.item.rank,
                one.item.title,
                one.item.unit_name,
                Formula(f'COUNTIF({block},"{yes}")'),
                Formula(f'COUNTIF({block},"{no}")'),
                Formula(f'IF(D{place}>E{place},"{yes}",IF(D{place}<E{place},"{no}","意见持平"))'),
                words[one.outcome["verdict"]],
                Formula(f'IF(F{place}=G{place},"{AGREE}","{DIFFER}")'),
            ]
        )
    return [
        Page(RESULT, (8, 36, 30, 12, 12, 14, 14, 10), result),
        Page(SHEETS, (36, 30, 12, 14, 60), rows),
    ]


def _points(panel: Panel, scheme: Scheme, results: Sequence[Result]) -> list[Page]:
    lines = _Lines(panel.profile.rules, scheme, results)
    blocks, rows = _sheet_rows(lines, scheme, results)
    last = len(results) + 1
    heads = ["名次", "评审对象", "申报单位", "签署份数", "计入份数", *lines.labels, *lines.sums]
    heads += ["未取位平均分", "得分", "最高与最低相差", "系统结果", "核对"]
    result: list[list[Any]] = [heads]
    own = _Columns(6, lines)
    for place, (one, block) in enumerate(zip(results, blocks, strict=True), start=2):
        kept = _range(lines.kept, block)
        means = [
            Formula(f"SUMIF({kept},1,{_range(column, block)})/E{place}")
            for column in (*lines.columns, *lines.sum_columns)
        ]
        total = lines.graded(*(f"{column}{place}" for column in own.sums)) if own.sums else None
        exact = total or f"SUMIF({kept},1,{_range(lines.total, block)})/E{place}"
        ranked = own.exact if scheme.ties == TieRule.EXACT else own.shown
        live = scheme.ties in (TieRule.SHARED, TieRule.EXACT)
        result.append(
            [
                Formula(f'COUNTIF({ranked}$2:{ranked}${last},">"&{ranked}{place})+1')
                if live
                else one.item.rank,
                one.item.title,
                one.item.unit_name,
                Formula(f"COUNT({_range(lines.total, block)})"),
                Formula(f"SUM({kept})"),
                *means,
                Formula(f"ROUND({exact},{PLACES})"),
                Formula(f"{_rounding(scheme)}({own.exact}{place},{scheme.decimals})"),
                Formula(f"MAX({_range(lines.total, block)})-MIN({_range(lines.total, block)})"),
                Decimal(one.outcome["graded_total"]),
                Formula(f'IF({own.shown}{place}={own.system}{place},"{AGREE}","{DIFFER}")'),
            ]
        )
    widths = (8, 36, 30, 10, 10, *[12] * (len(heads) - 5))
    return [
        Page(RESULT, widths, result),
        Page(SHEETS, (36, 30, 12, *[12] * (len(rows[0]) - 4), 60), rows, heads=HEADS),
    ]


class _Lines:
    """The columns of the page of sheets: one a line, base and bonus where there are, total, counts or not."""

    def __init__(self, rules: Profile, scheme: Scheme, results: Sequence[Result]) -> None:
        self.rules, self.criteria = rules, criteria_of(scheme)
        first = next((answer for one in results for answer in one.answers.values()), None)
        self.items = first.items if first else ()
        self.labels = [line.label for line in self.items]
        count = len(self.items)
        self.columns = [get_column_letter(FIRST_LINE + n) for n in range(count)]
        self.sums = [] if self.criteria else ["评分", "加分"]
        self.sum_columns = [get_column_letter(FIRST_LINE + count + n) for n in range(len(self.sums))]
        after = FIRST_LINE + count + len(self.sums)
        self.total, self.kept = get_column_letter(after), get_column_letter(after + 1)

    def total_of(self, row: int) -> str:
        """The formula of one sheet's total."""
        if self.criteria:
            terms = [f"{column}{row}/{column}$2*{column}$3" for column in self.columns]
            return f"ROUND({'+'.join(terms)},{OF_A_SHEET})"
        return f"ROUND({self.graded(*(f'{column}{row}' for column in self.sum_columns))},{OF_A_SHEET})"

    def graded(self, base: str, bonus: str) -> str:
        """What the grade is read from, as `jurisdictions.engine.graded_total` has it."""
        rule = self.rules.assessment.bonus
        if rule is None or not rule.counts:
            return base
        return f"{base}+{bonus}" if rule.total_cap is None else f"MIN({base}+{bonus},{rule.total_cap})"


class _Columns:
    """The columns of the page of results after the means, which begin at `start`."""

    def __init__(self, start: int, lines: _Lines) -> None:
        after = start + len(lines.columns)
        self.sums = [get_column_letter(after + n) for n in range(len(lines.sums))]
        after += len(lines.sums)
        self.exact, self.shown, _, self.system = (get_column_letter(after + n) for n in range(4))


def _sheet_rows(
    lines: _Lines, scheme: Scheme, results: Sequence[Result]
) -> tuple[list[tuple[int, int]], list[list[Any]]]:
    """The rows of the page of sheets, and which of them are whose."""
    most = [line.max for line in lines.items]
    weights = [one.weight for one in lines.criteria] or [None] * len(most)
    rows: list[list[Any]] = [
        ["评审对象", "申报单位", "专家", *lines.labels, *lines.sums, "合计", "计入", "评审意见"],
        ["满分", "", "", *most, *[None] * len(lines.sums)],
        ["权重（%）", "", "", *weights, *[None] * len(lines.sums)],
    ]
    blocks = []
    for one in results:
        begin, end = len(rows) + 1, len(rows) + len(one.signed)
        blocks.append((begin, end))
        for row, sheet in enumerate(one.signed, start=begin):
            answer = one.answers[sheet.pk]
            sums: list[Any] = []
            if lines.sums:
                span = f"{lines.columns[0]}{row}:{lines.columns[-1]}{row}"
                sums = [Formula(f"SUM({span})"), answer.bonus]
            rows.append(
                [
                    one.item.title,
                    one.item.unit_name,
                    str(sheet.member.expert.user),
                    *(line.points or Decimal(0) for line in answer.items),
                    *sums,
                    Formula(lines.total_of(row)),
                    Formula(_kept(scheme, lines.total, row, begin, end)),
                    sheet.comment,
                ]
            )
    return blocks, rows


def _kept(scheme: Scheme, column: str, row: int, begin: int, end: int) -> str:
    """1 for a sheet that counts: of equal ones the first is the lowest, the last the highest."""
    if scheme.mean != Mean.TRIMMED:
        return "1"
    cell, span = f"{column}{row}", f"{column}${begin}:{column}${end}"
    lowest = f"AND({cell}=MIN({span}),COUNTIF({column}${begin}:{cell},{cell})=1)"
    highest = f"AND({cell}=MAX({span}),COUNTIF({cell}:{column}${end},{cell})=1)"
    return f"IF(AND(COUNT({span})>={scheme.trim_from},OR({lowest},{highest})),0,1)"


def _rounding(scheme: Scheme) -> str:
    return "ROUND" if scheme.rounding == Rounding.HALF_UP else "ROUNDDOWN"


def _range(column: str, block: tuple[int, int]) -> str:
    return f"'{SHEETS}'!${column}${block[0]}:${column}${block[1]}"


def _scheme_page(panel: Panel, scheme: Scheme) -> Page:
    rows: list[list[Any]] = [
        ["评审方案", ""],
        ["专家组", panel.name],
        ["评审方式", scheme.get_method_display()],
    ]
    if scheme.method != Method.OPINION:
        trim = f"（满 {scheme.trim_from} 份起）" if scheme.trim_from else ""
        rows += [
            ["汇总方法", f"{scheme.get_mean_display()}{trim}"],
            ["取位", f"保留 {scheme.decimals} 位小数，{scheme.get_rounding_display()}"],
            ["同分处理", scheme.get_ties_display()],
            ["建议认定分数线", scheme.pass_mark],
            ["分差上限", scheme.spread_limit],
        ]
    return Page(SCHEME, (20, 60), rows)
