"""What must be handed in: the papers of the application, and what each bundle must hold."""

from __future__ import annotations

from collections.abc import Iterator

from jurisdictions.engine import Profile
from jurisdictions.engine.schema.form import Material
from jurisdictions.engine.schema.papers import Dossier, WholeCheck
from jurisdictions.rulebook.lines import Chapter, Group, Line, group, line, names, only_where, rest

BROUGHT_BY = {"unit": "单位提交", "first_pass": "初审部门出具"}
_SAID: tuple[str, ...] = (
    *("help", "copies", "required", "required_when", "satisfied_by", "per_person", "original_required"),
    *("issuer", "issuer_fact", "issuer_must_be_named", "issuer_follows_route", "brought_by", "contents"),
    *("declared_by", "declaration_suffices", "e_document", "personal", "accepts"),
)


def materials(rules: Profile) -> Chapter:
    """The papers of an application, then the bundles."""
    papers = group("应交的材料", (material_line(rules, m) for m in rules.materials))
    return Chapter(
        "materials",
        "申报材料",
        (papers, *(_dossier(rules, one) for one in rules.dossiers)),
        ("materials", "dossiers"),
    )


def material_line(rules: Profile, material: Material) -> Line:
    """One paper: how many, from whom, what may stand for it, what it must say."""
    return line(
        rules,
        material,
        "",
        "；".join(filter(None, _handed_in(rules, material))),
        only_where(rules, material.required_when, "须提交的情形"),
        *_particulars(rules, material),
        *rest(rules, material, *_SAID),
        tags=("选交" if material.required is False else "",),
    )


def _handed_in(rules: Profile, material: Material) -> Iterator[str]:
    yield BROUGHT_BY[material.brought_by]
    yield f"{material.copies}份" if material.is_counted else ""
    yield originals_words(rules, material)
    yield "可声明没有" if material.declarable else ""
    yield "同时报送电子文本" if material.e_document else ""
    yield f"文件格式：{'、'.join(material.accepts)}"
    yield "含个人证件，加密保存" if material.is_personal else ""


def originals_words(rules: Profile, material: Material) -> str:
    """`原件及复印件` where the bundle wants the original and a copy, `核对原件` where only the former."""
    if not material.original_required:
        return ""
    both = any(one.copies_in and material.name in one.uses for one in rules.dossiers)
    return "原件及复印件" if both else "核对原件"


def whole_words(check: WholeCheck) -> str:
    """`所有材料的份数不少于3份`, `按顺序装订成册`."""
    return f"{check.label}不少于{check.at_least}份" if check.at_least else check.label


def _particulars(rules: Profile, material: Material) -> Iterator[str]:
    if material.issuer:
        follows = "，随申报路径" if material.issuer_follows_route else ""
        yield f"由{names(rules, material.issuer)}出具{follows}"
    if material.satisfied_by:
        yield f"可以由{names(rules, material.satisfied_by)}代替"
    if material.per_person is not None:
        papers = "、".join(
            paper.label + (f"（{'、'.join(paper.among)}）" if paper.among else "")
            for paper in material.per_person.papers
        )
        yield f"每人：{papers}"
    if material.contents:
        yield f"应写明：{'、'.join(material.contents)}"
    if material.help:
        yield material.help


def _dossier(rules: Profile, dossier: Dossier) -> Group:
    lines = [line(rules, dossier, f"{dossier.label}包括", names(rules, dossier.uses))]
    lines += [material_line(rules, paper) for paper in dossier.papers]
    lines += [line(rules, check, whole_words(check), tags=("整套要求",)) for check in dossier.whole]
    lines += [line(rules, paper, "", tags=("本办法不要求",)) for paper in dossier.not_asked]
    return group(dossier.label, lines)
