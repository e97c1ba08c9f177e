"""Two rounds of a large jurisdiction, to see how the site bears real loads.

The former one went all the way to notice and designation; of the present one, whose call has just ended,
the applications stand everywhere on their way. One application of each state is played by the verbs that the
pages call (`config.demo_story`) and copied in bulk (`config.large_copies`); panels, sheets, list, notice and
stations, in which all take part, are made by the verbs themselves.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.auth.hashers import make_password
from django.core.files.uploadedfile import SimpleUploadedFile
from stdnum.cn import ric, uscc

from applications.desk.assigning import assign
from applications.desk.falsity import clauses_of, end_for_falsity
from applications.desk.grounds import grounds_of
from applications.desk.review import correction_places, forward, reject, return_for_correction
from applications.enums import ApplicationState as S
from applications.filing import drafting, submission
from applications.models import Application, Round
from applications.rounds import close_ended_rounds
from applications.selection.decision import Choice, decide_round, not_select, objections_to, propose
from applications.selection.designation import (
    Selection,
    candidates,
    cosigning_bodies,
    designate_applications,
    record_signoff,
)
from applications.selection.notice_stage import put_on_notice
from applications.selection.panel_stage import finish_panel, send_to_panel
from config.demo import PASSWORD, Furniture
from config.demo_story import AGREED, SAMPLE, Story, moment_of
from config.large_copies import Copier, Prototype, births_of, name_of
from core import clock
from jurisdictions.enums import Right, Role
from jurisdictions.models import Authority
from jurisdictions.permissions import people_holding
from jurisdictions.staffing import appoint
from notices.publication import publish_notice
from panels.enums import Verdict
from panels.models import Expert, Panel, ScoreSheet
from panels.scoring import save_sheet, sign_sheet

# Of how many hundredths of the present round each state is; the rest waits for its panel.
SHARES: dict[str, int] = {
    "draft": 5,
    "withdrawn": 3,
    "submitted": 18,
    "assigned": 7,
    "forwarded": 10,
    "returned": 8,
    "rejected": 6,
    "false": 1,
}
JUDGED: dict[str, int] = {"at_panel": 12, "evaluated": 8, "proposed": 6, "not_selected": 6}
# Of the former round's hundredths: what was put on the list, and what of the list is designated.
LISTED, DESIGNATED = 70, 40
ITEMS_OF_PANEL = 40
COMMENT = "团队力量较强，设备和经费有保障，建站设想可行。"


@dataclass
class Made:
    """The two rounds, and how many applications each has."""

    former: Round | None = None
    present: Round | None = None
    notes: list[str] = field(default_factory=list)


class LargeRound:
    """Plays a large jurisdiction; everything runs in its tenant's scope."""

    def __init__(
        self, demo: dict[str, Any], made: Furniture, *, slug: str, say: Callable[[str], None] = lambda _: None
    ) -> None:
        self.demo = copy.deepcopy(demo)
        self.story = Story(self.demo, made)
        self.made = made
        self.slug = slug
        self.say = say
        self.password = make_password(PASSWORD)
        self.year = max(Round.objects.values_list("year", flat=True), default=demo["round"]["year"] - 1)
        self.copier = Copier(prefix=f"{slug}{self.year}", password=self.password)
        self.experts: list[Expert] = []
        self.serial = 0

    def play(self, *, applications: int, former: int, experts: int, reviewers: int) -> Made:
        """Both rounds, and the people who work on them."""
        made = Made()
        self._people(experts, reviewers)
        if former:
            made.former = self._former(former)
        made.present = self._present(applications)
        return made

    # --- people ---------------------------------------------------------------

    def _people(self, experts: int, reviewers: int) -> None:
        offset = Expert.objects.count()
        users = self._accounts("expert", offset, experts)
        self.experts = Expert.objects.bulk_create(
            [
                Expert(
                    tenant_id=self.made.authorities["lead"].tenant_id,
                    user=user,
                    title="高级技师",
                    employer=f"第{number}职业技术学院",
                    trades="机电、焊接",
                )
                for number, user in enumerate(users, start=offset + 1)
            ]
        )
        desks = list(self._desks())
        for number, user in enumerate(self._accounts("reviewer", offset, reviewers)):
            appoint(user=user, authority=desks[number % len(desks)], role=Role.REVIEWER, actor=None)
        self.say(f"{experts} experts, {reviewers} reviewers")

    def _accounts(self, word: str, offset: int, how_many: int) -> list[Any]:
        model = get_user_model()
        return list(
            model.objects.bulk_create(
                [
                    model(
                        username=f"{self.slug}{self.year}-{word}{number}",
                        full_name=name_of(number * 3 + len(word)),
                        email=f"{self.slug}{self.year}-{word}{number}@example.org",
                        password=self.password,
                        is_demonstration=True,
                        works_as_staff=True,
                    )
                    for number in range(offset + 1, offset + 1 + how_many)
                ]
            )
        )

    def _desks(self) -> Iterator[Authority]:
        """Where somebody reviews: the authorities over which the reviewers are spread."""
        for authority in Authority.objects.order_by("pk"):
            if people_holding(Right.REVIEW, [authority]).exists():
                yield authority

    # --- the round that went all the way ---------------------------------------

    def _former(self, how_many: int) -> Round:
        round_ = self._open()
        prototype = self._waiting(round_)
        applications = [prototype.application, *self.copier.copies(prototype, how_many - 1)]
        self._end_call(round_)
        for panel in self._panels(round_, applications):
            self._judge(panel)
        officer = self.made.people["officer"]
        listed = max(2, how_many * LISTED // 100)
        choices = {
            one.pk: Choice(proposed=True) if place < listed else Choice(proposed=False, reason="名额所限")
            for place, one in enumerate(applications)
        }
        decide_round(round_=round_, choices=choices, actor=officer)
        round_.refresh_from_db()
        self._designate(round_, listed * DESIGNATED // 100)
        self.say(f"{round_.title}: {how_many} applications, {listed} on the list")
        return round_

    def _designate(self, round_: Round, how_many: int) -> None:
        officer = self.made.people["officer"]
        if round_.rules.notice is not None:
            notice = put_on_notice(round_=round_, actor=officer)
            publish_notice(notice=notice, actor=self.made.people["publisher"])
            self.story.at(notice.last_day + timedelta(days=1))
        for body in cosigning_bodies(round_):
            record_signoff(
                round_=round_,
                authority=body,
                reference=f"{body.short_name}会签单{round_.year}",
                signed_on=clock.today(),
                actor=officer,
            )
        ready = [found for found in candidates(round_) if not found.obstacles][:how_many]
        designate_applications(
            round_=round_,
            selections=[Selection(found.application, found.plaques[0]) for found in ready],
            document_number=f"{self.demo['document_code']}〔{clock.today().year}〕{round_.year % 100}1号",
            actor=officer,
        )

    # --- the round that is on its way -------------------------------------------

    def _present(self, how_many: int) -> Round:
        round_ = self._open()
        made = 0
        for state, share in SHARES.items():
            prototype = self._played(state, round_)
            if prototype is not None:
                number = max(1, how_many * share // 100)
                self.copier.copies(prototype, number - 1)
                made += number
        waiting = self._waiting(round_)
        applications = [waiting.application, *self.copier.copies(waiting, how_many - made - 1)]
        self._end_call(round_)
        taken = iter(applications)
        groups = {
            state: [next(taken) for _ in range(max(1, how_many * share // 100))]
            for state, share in JUDGED.items()
        }
        at_panel = groups.pop("at_panel")
        for panel in self._panels(round_, at_panel):
            self._judge(panel, finish=False)
        for panel in self._panels(round_, [one for group in groups.values() for one in group]):
            self._judge(panel)
        officer = self.made.people["officer"]
        for one in groups["proposed"]:
            propose(application=one, actor=officer)
        for one in groups["not_selected"]:
            not_select(application=one, reason="名额所限", actor=officer)
        self.say(f"{round_.title}: {how_many} applications")
        return round_

    def _open(self) -> Round:
        self.year += 1
        years = self.year - self.demo["round"]["year"]
        self.story.at(moment_of(self.demo["round"]["opens"], years).date(), 10)
        return self.story.open_round(years_later=years)

    def _end_call(self, round_: Round) -> None:
        self.story.at(clock.local(round_.closes_at).date() + timedelta(days=1))
        close_ended_rounds()
        round_.refresh_from_db()

    def _panels(self, round_: Round, applications: Sequence[Application]) -> list[Panel]:
        """Panels of three each, every expert as often as the others."""
        panels = []
        size = max(3, round_.rules.panel.min_experts or 0)
        for start in range(0, len(applications), ITEMS_OF_PANEL):
            experts = [self.experts[(self.serial + n) % len(self.experts)] for n in range(size)]
            self.serial += size
            panels.append(
                send_to_panel(
                    round_=round_,
                    applications=applications[start : start + ITEMS_OF_PANEL],
                    experts=experts,
                    due_on=clock.today() + timedelta(days=14),
                    actor=self.made.people["officer"],
                )
            )
        return panels

    def _judge(self, panel: Panel, *, finish: bool = True) -> None:
        """Everybody writes and signs; where the panel goes on, half of the sheets are open still."""
        sheets = ScoreSheet.objects.filter(item__panel=panel).select_related(
            "member__expert__user", "item__panel"
        )
        for place, sheet in enumerate(sheets.order_by("pk")):
            if finish or place % 2:
                actor = sheet.member.expert.user
                given = {"verdict": Verdict.RECOMMEND, "comment": COMMENT}
                save_sheet(sheet=sheet, revision=sheet.revision, actor=actor, **given)
                sign_sheet(sheet=sheet, actor=actor)
        if finish:
            finish_panel(panel=panel, actor=self.made.people["officer"])

    # --- one of each state ------------------------------------------------------

    def _waiting(self, round_: Round) -> Prototype:
        """One that every desk has passed on; nothing keeps it off a list."""
        key, application = self._handed_in(round_)
        self.story.review(key, application)
        application.refresh_from_db()
        assert application.state == S.AWAITING_PANEL
        assert not objections_to(application)
        return self._prototype(key, application)

    def _played(self, state: str, round_: Round) -> Prototype | None:
        """One that stands where its name says; None where the text has no such way."""
        if state in ("draft", "withdrawn"):
            key, application = self._begun(round_)
            if state == "withdrawn":
                submission.withdraw(application=application, actor=self._own(key))
            return self._prototype(key, application)
        key, application = self._handed_in(round_)
        reviewer = self.story.reviewer_of(application.authority)
        if state == "assigned":
            assign(application=application, reviewer=reviewer, actor=reviewer, reason="由您办理")
        elif state == "forwarded":
            forward(application=application, text=AGREED, actor=self.story.check(key, application))
        elif state == "returned":
            path, label = correction_places(application)[0]
            return_for_correction(
                application=application,
                items=[{"path": path, "label": label, "text": "数字与附件不一致"}],
                due_on=clock.today() + timedelta(days=10),
                actor=reviewer,
                text="请更正后再提交",
            )
        elif state == "rejected":
            ground = next(iter(grounds_of(application)), None)
            if ground is None:
                return None
            reject(
                application=application,
                reason="现场核实不符合申报条件",
                clause=ground.clause,
                although_met=True,
                actor=reviewer,
            )
        elif state == "false":
            ground = next(iter(clauses_of(application)), None)
            if ground is None:
                return None
            end_for_falsity(
                application=application,
                materials=[application.rules.materials[0].name],
                finding="发证机构复函查无此证",
                clause=ground.clause,
                recourse="可以依法申请行政复议。",
                evidence=SimpleUploadedFile("复函.pdf", SAMPLE.read_bytes(), "application/pdf"),
                actor=reviewer,
            )
        return self._prototype(key, application)

    def _begun(self, round_: Round) -> tuple[str, Application]:
        key = self._another_unit()
        self.story.register(key)
        row = self.story.row(key)["application"]
        application = drafting.start_application(
            round_=round_, unit=self.story.units[key], actor=self._own(key)
        )
        drafting.save_draft(
            application=application,
            actor=self._own(key),
            revision=application.revision,
            facts=row["facts"],
            narratives=row["narratives"],
            rosters=row["rosters"],
        )
        return key, application

    def _handed_in(self, round_: Round) -> tuple[str, Application]:
        key = self._another_unit()
        self.story.register(key)
        return key, self.story.apply(key, round_)

    def _own(self, key: str) -> Any:
        return self.made.people[self.story.row(key)["members"][0]["key"]]

    def _prototype(self, key: str, application: Application) -> Prototype:
        application = Application.objects.select_related("unit", "round__profile").get(pk=application.pk)
        rosters = self.story.row(key)["application"]["rosters"]
        return Prototype(application, births_of(application.rules, rosters))

    def _another_unit(self) -> str:
        """A unit like one of the demonstration's, with a name, a code and people of its own."""
        bases = [row for row in self.demo["units"] if "large" not in row]
        self.serial += 1
        number = self.serial + self.year * 100
        base = bases[self.serial % len(bases)]
        row = copy.deepcopy(base)
        code = f"{row['uscc'][:8]}MC{number:07}"
        key = f"large{number}"
        row |= {
            "key": key,
            "large": True,
            "name": f"{row['name'].removesuffix('有限公司')}{number}厂",
            "uscc": code + uscc.calc_check_digit(code),
        }
        row["members"] = [
            member | {"key": f"{key}-{n}", "username": f"{self.slug}{number}-{n}"}
            for n, member in enumerate(row["members"])
        ]
        resolved = self.story.row(base["key"])["application"]
        row.pop("like", None)
        row["application"] = copy.deepcopy(resolved)
        for roster in row["application"]["rosters"].values():
            for place, person in enumerate(roster):
                if person.get("resident_id"):
                    body = f"110106{str(person['resident_id'])[6:14]}{number % 90 * 11 + place:03}"
                    person["resident_id"] = body + ric.calc_check_digit(f"{body}0")
        self.demo["units"].append(row)
        return key


def spread_of(round_: Round) -> dict[str, int]:
    """How many applications of the round stand in each state."""
    states = list(round_.applications.values_list("state", flat=True))
    return {state.label: states.count(state) for state in S if state in states}
