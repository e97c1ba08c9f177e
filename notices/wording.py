"""The words that a notice starts from; the bureau edits them before it publishes.

The order of parts is that of printed notices: basis, procedure already done, list as attachment,
explicit first and last day, how to object, contact. What a regulation says comes from its profile.
"""

from __future__ import annotations

from datetime import date

from core.templatetags.wording import date_text
from jurisdictions.engine import Profile

DAY_UNITS = {"working_day": "个工作日", "calendar_day": "日"}
OBJECTIONS = (
    "公示期间，任何单位和个人对公示名单有异议的，可以书面、来访或者通过公示页面向受理部门反映。"
    "以单位名义反映的，请加盖单位公章；以个人名义反映的，请署真实姓名并留下联系方式，以便核实和答复。"
)


def title_of(rules: Profile, year: int, *, amended: bool = False) -> str:
    """`关于2024年拟认定…名单的公示`; `关于更正…` where the list is amended."""
    return f"关于{'更正' if amended else ''}{year}年拟认定{rules.terms.plaque}名单的公示"


def list_title(rules: Profile) -> str:
    """The title of the attachment."""
    return f"拟认定{rules.terms.plaque}名单"


def columns_of(rules: Profile) -> tuple[str, str]:
    """What the two columns of the list are called here: the station's name and its unit."""
    return f"拟认定{rules.terms.station}名称", rules.terms.unit


def body_of(rules: Profile, count: int) -> str:
    """Basis, procedure and objection rule; one paragraph a line. The dates follow at publication."""
    number = f"（{rules.document.number}）" if rules.document.number else ""
    opening = (
        f"根据《{rules.document.title}》{number}，经{'、'.join(_procedure(rules))}等程序，"
        f"拟认定{count}家{rules.terms.plaque}。现将名单予以公示（名单见附件）。"
    )
    return f"{opening}\n{OBJECTIONS}"


def contact_of(authority_name: str) -> str:
    """How to reach the body that takes objections; the bureau adds telephone and address."""
    return f"受理部门：{authority_name}\n网上受理：本公示页面“提出异议”"


def length_of(rules: Profile) -> str:
    """`5个工作日`; empty where the text has no notice."""
    return f"{rules.notice.days}{DAY_UNITS[rules.notice.unit]}" if rules.notice else ""


def period_of(rules: Profile, first_day: date, last_day: date, *, provisional: bool) -> str:
    """The sentence that states both days, so that nobody has to count."""
    mark = "（末日暂定，国务院公布该年度放假安排后另行明确）" if provisional else ""
    return (
        f"公示期自{date_text(first_day)}发布之日起至{date_text(last_day)}止，"
        f"共{length_of(rules)}{_counting(rules)}{mark}。"
    )


def _counting(rules: Profile) -> str:
    return "" if rules.notice is None or rules.notice.start_day_counted else "（发布次日起算）"


def _procedure(rules: Profile) -> list[str]:
    """What was done before the notice, in the profile's own words, each once."""
    done = ["单位申报"]
    for stage in rules.stages:
        if stage.kind == "notice":
            break
        if stage.kind != "filing" and stage.label not in done:
            done.append(stage.label)
    return done
