"""依据 stands beside every date, grade, point, amount and refusal: pages of played worlds are read."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from typing import Any
from xml.etree.ElementTree import Element

import pytest
import tinyhtml5
from django import forms
from django.contrib import messages
from django.contrib.messages.storage.base import Message
from django.template import Context, Template
from django.template.loader import get_template
from django.test import Client, RequestFactory

from assessments.enums import AssessmentState
from assessments.models import Assessment
from core import clock
from core.errors import DomainError, Problem
from core.web import attempt_form, on_field, problem_of
from funding.models import Tranche
from tests.applications.builders import Play
from tests.assessments.acts import settle
from tests.funding.acts import tranche
from tests.notices.builders import published
from tests.stations.builders import build_station
from tests.world import World

# What a cell or a term is called in which the system shows something that it computed or decided.
FIGURES = {"截止日期", "办理期限", "期限", "整改期限", "公示期", "公示末日"}
FIGURES |= {"金额", "得分", "考核得分", "等次", "结果"}
EMPTY = {"", "—", "文件未规定", "办法未规定期限", "待确定"}
SPACE = re.compile(r"\s+")


class Page:
    """A page as a tree whose elements know their parents."""

    def __init__(self, client: Client, url: str) -> None:
        reply = client.get(url)
        assert reply.status_code == 200, (url, reply.status_code)
        self.url = url
        self.root: Element = tinyhtml5.parse(reply.content.decode(), namespace_html_elements=False)
        self.parents = {child: parent for parent in self.root.iter() for child in parent}

    def figures(self) -> Iterator[tuple[str, Element]]:
        """(what it is called, the element) of everything that needs a basis."""
        for element in self.root.iter():
            if element.tag == "td" and element.get("data-label") in FIGURES:
                yield str(element.get("data-label")), element
            elif element.tag == "dd" and (term := self._term(element)) in FIGURES:
                yield term, element
            elif "days-left" in classes(element) and element.find(".//*[@class='due']") is not None:
                yield "剩余天数", element

    def _term(self, element: Element) -> str:
        term = self.parents[element].find("dt")
        return words(term) if term is not None else ""

    def has_basis(self, element: Element) -> bool:
        """In it, in its row, or in the head of its panel."""
        around: Element | None = element
        while around is not None:
            if around is element or around.tag in ("tr", "li"):
                if shows_clause(around):
                    return True
            elif "panel" in classes(around):
                head = around.find("*[@class='panel-head']")
                return head is not None and shows_clause(head)
            around = self.parents.get(around)
        return False

    def without_basis(self) -> list[tuple[str, str, str]]:
        return [
            (self.url, name, words(element))
            for name, element in self.figures()
            if words(element) not in EMPTY and not self.has_basis(element)
        ]


def classes(element: Element) -> set[str]:
    return set((element.get("class") or "").split())


def words(element: Element) -> str:
    return SPACE.sub("", "".join(element.itertext()))


def shows_clause(element: Element) -> bool:
    return any({"in-place", "clause"} <= classes(one) for one in element.iter())


def browser(user: Any) -> Client:
    client = Client()
    client.force_login(user)
    return client


def read(world: World, client: Client, *paths: str) -> tuple[int, list[Any]]:
    """(how many figures, those without a basis) on these pages."""
    pages = [Page(client, world.url(path)) for path in paths]
    found = [figure for page in pages for figure in page.figures() if words(figure[1]) not in EMPTY]
    return len(found), [one for page in pages for one in page.without_basis()]


def test_a_running_application(world: World) -> None:
    play = Play(world)
    application = play.submitted()
    unit = browser(play.submitter())
    desk = browser(play.reviewer(application))
    officer = browser(world.people["officer"])
    read(world, unit, "unit/", f"unit/applications/{application.pk}/")
    _, missing = read(world, desk, "desk/", f"desk/files/{application.pk}/")
    assert missing == []
    _, missing = read(world, officer, f"bureau/rounds/{play.round.pk}/")  # type: ignore[union-attr]
    assert missing == []


@pytest.mark.parametrize("world", ["gaoming"], indirect=True)
def test_limits_of_stages(world: World) -> None:
    play = Play(world)
    application = play.submitted()
    number, missing = read(world, browser(play.submitter()), "unit/", f"unit/applications/{application.pk}/")
    assert (number > 0, missing) == (True, [])
    desk = browser(play.reviewer(application))
    number, missing = read(world, desk, "desk/", f"desk/files/{application.pk}/")
    assert (number > 0, missing) == (True, [])


def test_a_notice(world: World) -> None:
    notice = published(world, "2026-03-02")
    number, missing = read(world, Client(), "", "notices/", f"notices/{notice.pk}/")
    assert (number > 0, missing) == (True, [])
    publisher = browser(world.people["publisher"])
    number, missing = read(world, publisher, "bureau/notices/", f"bureau/notices/{notice.pk}/")
    assert (number > 0, missing) == (True, [])


@pytest.mark.parametrize(
    ("world", "settled"),
    [("qinshui", {"total": "92"}), ("gaoming", {"grade": "合格"})],
    indirect=["world"],
)
def test_a_station_its_years_and_its_money(world: World, settled: dict[str, str]) -> None:
    begin: date = world.demo["begin"]
    station = build_station(world, designated_on=begin)
    assessment = settle(world, station, year=begin.year + 1, **settled)
    assert assessment.state == AssessmentState.FINAL
    world.at(clock.today())
    first = tranche(station, 1)
    unit, officer = browser(station.person), browser(world.people["officer"])
    number, missing = read(
        world,
        unit,
        "unit/",
        f"unit/stations/{station.pk}/",
        "unit/assessments/",
        f"unit/assessments/{assessment.pk}/",
    )
    assert (number > 5, missing) == (True, [])
    number, missing = read(
        world,
        officer,
        f"bureau/stations/{station.pk}/",
        "bureau/assessments/",
        f"bureau/assessments/{assessment.pk}/",
        f"bureau/assessments/cycles/{assessment.cycle_id}/",
        f"bureau/stations/tranches/{first.pk}/",
    )
    assert (number > 5, missing) == (True, [])
    maker = browser(world.people["maker"])
    number, missing = read(world, maker, "funds/tranches/?view=all", f"funds/tranches/{first.pk}/")
    assert (number >= Tranche.objects.count(), missing) == (True, [])
    assert Assessment.objects.filter(grade="").count() < Assessment.objects.count()


# --- refusals -------------------------------------------------------------------


def test_a_refusal_on_a_field_keeps_its_clause() -> None:
    problem = Problem("技师不足30%", "name", "QS-4.1")
    assert problem_of(on_field(problem), "name") == problem
    assert problem_of(on_field(Problem("缺少理由"))) == Problem("缺少理由")


def test_a_refusal_of_a_form_shows_its_clause(world: World) -> None:
    """Planted bug: the clause is dropped on the way from the verb to the page."""

    class Named(forms.Form):
        name = forms.CharField()

    def refuse() -> None:
        raise DomainError("名称由文件规定", path="name", clause="QS-5.2d")

    form = Named({"name": "某站"})
    assert form.is_valid()
    assert attempt_form(form, refuse) is None
    request = RequestFactory().get("/")
    shown = Template("{% error_summary form %}{% field form.name %}").render(
        Context({"form": form, "request": request, "jurisdiction": world.jurisdiction})
    )
    assert shown.count('class="in-place clause"') == 2
    assert shown.count("QS-5.2d") >= 2


def test_a_refused_act_says_its_clause_on_the_next_page(world: World) -> None:
    said = [Message(messages.ERROR, "未满建设期", extra_tags="QS-9.1"), Message(messages.SUCCESS, "已保存")]
    shown = get_template("components/messages.html").template.render(
        Context({"messages": said, "request": RequestFactory().get("/"), "jurisdiction": world.jurisdiction})
    )
    assert shown.count('class="in-place clause"') == 1
    assert "QS-9.1" in shown
