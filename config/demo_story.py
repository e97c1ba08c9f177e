"""The demonstration's past: last year's round played through with the same verbs as the pages call.

Each jurisdiction starts on the day its demonstration file names, plays one round to
designation and a first payment, then moves to a year later, where a new round is open, one
application lies on a desk and stations owe their first report.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from django.contrib.auth import get_user_model
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils.dateparse import parse_datetime

from accounts.opening import NewAccount, open_account
from applications.desk.checking import check_material, checks_of, confirm_checks, judge
from applications.desk.inquiring import questions_of, record_findings
from applications.desk.review import forward
from applications.enums import ApplicationState, MaterialCheck
from applications.filing import drafting, submission
from applications.models import Application, Round
from applications.rounds import close_ended_rounds, create_round, open_round
from applications.selection.decision import Choice, decide_round
from applications.selection.designation import (
    Selection,
    candidates,
    cosigning_bodies,
    designate_applications,
    record_signoff,
)
from applications.selection.notice_stage import put_on_notice
from applications.selection.panel_stage import finish_panel, send_to_panel
from assessments.obligations import open_all as open_all_obligations
from config.demo import FOLDER, PASSWORD, Furniture
from core import clock
from deadlines.reminders import remind_all
from funding.models import Tranche
from funding.release import approve_tranche, order_release, release_ordered
from jurisdictions.enums import Right
from jurisdictions.permissions import authorities_where
from notices.models import PublicNotice
from notices.publication import end_notice, publish_notice
from panels.enums import Verdict
from panels.models import ScoreSheet
from panels.scoring import save_sheet, sign_sheet
from stations.enums import UnitRole
from stations.membership import grant_role
from stations.models import ApplicantUnit
from stations.registration import UnitData, approve_unit, register_unit

SAMPLE = Path(FOLDER) / "sample.pdf"
AGREED = "材料齐全，符合申报条件，同意上报。"


class Story:
    """Plays one jurisdiction; everything runs in its tenant's scope."""

    def __init__(self, demo: dict[str, Any], made: Furniture) -> None:
        self.demo = demo
        self.made = made
        self.units: dict[str, ApplicantUnit] = {}

    # --- the calendar ---------------------------------------------------------

    def at(self, day: date, hour: int = 9) -> None:
        """Moves the clock forward to a day; a day that has passed is left alone."""
        moment = datetime.combine(day, time(hour), tzinfo=clock.SHANGHAI)
        if moment > clock.now():
            clock.move_to(moment=moment, actor=None)

    # --- units ----------------------------------------------------------------

    def row(self, key: str) -> dict[str, Any]:
        """A unit of the file, with what it takes over from the unit it is `like`."""
        row: dict[str, Any] = next(row for row in self.demo["units"] if row["key"] == key)
        if "like" not in row:
            return row
        base = self.row(row["like"])
        own = row.get("application", {})
        application = {**base["application"]}
        application["facts"] = {**base["application"]["facts"], **own.get("facts", {})}
        application["rosters"] = {**application["rosters"], "members": _team(application, row["team"])}
        return {**row, "application": application}

    def register(self, key: str, *, approve: bool = True) -> ApplicantUnit:
        """The unit registers itself with its first member; its authority approves it."""
        row = self.row(key)
        names = UnitData.__dataclass_fields__.keys() & row.keys()
        data = UnitData(
            **{name: row[name] for name in names}, home_authority=self.made.authorities[row["home"]]
        )
        first, *others = row["members"]
        unit = register_unit(data=data, account=self._account(first))
        self.made.people[first["key"]] = self._invented(first["username"])
        for member in others:
            open_account(account=self._account(member), actor=self.made.people[first["key"]])
            user = self._invented(member["username"])
            grant_role(
                unit=unit, user=user, role=UnitRole(member["role"]), actor=self.made.people[first["key"]]
            )
            self.made.people[member["key"]] = user
        if approve:
            approve_unit(unit=unit, actor=self.reviewer_of(unit.home_authority))
        self.units[key] = unit
        return unit

    def _account(self, member: dict[str, Any]) -> NewAccount:
        return NewAccount(
            username=member["username"],
            full_name=member["name"],
            email=f"{member['username']}@example.org",
            phone="13800000000",
            password=PASSWORD,
        )

    @staticmethod
    def _invented(username: str) -> Any:
        """The account, marked as one that signs in nowhere but in rehearsals."""
        accounts = get_user_model().objects.filter(username=username)
        accounts.update(is_demonstration=True)
        return accounts.get()

    def reviewer_of(self, authority: Any) -> Any:
        """Somebody of the demonstration who reviews there."""
        for person in self.made.people.values():
            if authorities_where(person, Right.REVIEW).filter(pk=authority.pk).exists():
                return person
        raise LookupError(f"nobody reviews at {authority}")

    # --- the round ------------------------------------------------------------

    def open_round(self, *, years_later: int = 0) -> Round:
        """The call of the file, or the same some years later."""
        content = self.demo["round"]
        year = content["year"] + years_later
        round_ = create_round(
            authority=self.made.authorities["lead"],
            year=year,
            title=content["title"].replace(str(content["year"]), str(year)),
            announcement=content["announcement"].replace(str(content["year"]), str(year)),
            opens_at=moment_of(content["opens"], years_later),
            closes_at=moment_of(content["closes"], years_later),
            basis=content.get("basis", ""),
            actor=self.made.people["officer"],
        )
        return open_round(round_=round_, actor=self.made.people["officer"])

    def apply(self, key: str, round_: Round) -> Application:
        """The unit fills its application in and hands it in."""
        row = self.row(key)
        actor = self.made.people[row["members"][0]["key"]]
        application = drafting.start_application(round_=round_, unit=self.units[key], actor=actor)
        drafting.save_draft(
            application=application,
            actor=actor,
            revision=application.revision,
            facts=row["application"]["facts"],
            narratives=row["application"]["narratives"],
            rosters=row["application"]["rosters"],
        )
        for material in application.rules.materials:
            if material.brought_by == "unit":
                self._bring(application, material, actor)
        return submission.submit(application=application, actor=actor, pledged=True)

    def _bring(self, application: Application, material: Any, actor: Any) -> None:
        # No two the same: a desk is shown which files stand elsewhere too.
        own = f"%{application.unit.uscc} {application.round.year} {material.name}\nstartxref".encode()
        content = own.join(SAMPLE.read_bytes().rsplit(b"startxref", 1))
        upload = SimpleUploadedFile(f"{material.label}.pdf", content, "application/pdf")
        drafting.add_material_file(application=application, name=material.name, upload=upload, actor=actor)

    def review(self, key: str, application: Application) -> None:
        """Every desk on its way checks, judges and passes it on, until it waits for the panel."""
        while application.state == ApplicationState.UNDER_REVIEW:
            forward(application=application, text=AGREED, actor=self.check(key, application))

    def check(self, key: str, application: Application) -> Any:
        """The desk on which it lies finds everything in order; who checked it."""
        actor = self.reviewer_of(application.authority)
        for material in application.rules.materials:
            if material.brought_by == "first_pass" and not _has_file(application, material.name):
                self._bring(application, material, actor)
        for row in application.materials.all():
            if row.files.exists() or row.declared_none:
                check_material(material=row, state=MaterialCheck.ACCEPTED, original_seen=True, actor=actor)
        record_findings(application=application, found=nothing_found(application), overrides={}, actor=actor)
        confirm_checks(application=application, confirmed=checks_of(application), actor=actor)
        judge(application=application, answers=self.row(key)["application"]["judgements"], actor=actor)
        return actor

    def decide(self, round_: Round, applications: Sequence[Application]) -> None:
        """The call ends, three experts give their opinions, the bureau fixes the list."""
        self.at(clock.local(round_.closes_at).date() + timedelta(days=1))
        close_ended_rounds()
        round_.refresh_from_db()
        officer = self.made.people["officer"]
        panel = send_to_panel(
            round_=round_,
            applications=applications,
            experts=list(self.made.experts.values()),
            due_on=clock.today() + timedelta(days=14),
            actor=officer,
        )
        self.at(clock.today() + timedelta(days=7))
        for sheet in ScoreSheet.objects.filter(item__panel=panel):
            expert = sheet.member.expert.user
            save_sheet(
                sheet=sheet,
                revision=sheet.revision,
                verdict=Verdict.RECOMMEND,
                comment="团队力量较强，设备和经费有保障，建站设想可行，建议认定。",
                actor=expert,
            )
            sign_sheet(sheet=sheet, actor=expert)
        finish_panel(panel=panel, actor=officer)
        choices = {application.pk: Choice(proposed=True) for application in applications}
        decide_round(round_=round_, choices=choices, actor=officer)

    def designate(self, round_: Round) -> None:
        """The notice, where the text has one, and after its end the designation."""
        officer = self.made.people["officer"]
        if round_.rules.notice is not None:
            notice: PublicNotice = put_on_notice(round_=round_, actor=officer)
            publish_notice(notice=notice, actor=self.made.people["publisher"])
            self.at(notice.last_day + timedelta(days=1))
            end_notice(notice=notice)
        for body in cosigning_bodies(round_):
            record_signoff(
                round_=round_,
                authority=body,
                reference=f"{body.short_name}会签单1号",
                signed_on=clock.today(),
                actor=officer,
            )
        selections = [Selection(found.application, found.plaques[0]) for found in candidates(round_)]
        designate_applications(
            round_=round_,
            selections=selections,
            document_number=f"{self.demo['document_code']}〔{clock.today().year}〕1号",
            actor=officer,
        )

    def pay_first(self) -> None:
        """One first tranche is approved by one person, released by another, and carried out."""
        tranche = Tranche.objects.filter(state="due").order_by("pk").first()
        if tranche is not None:
            approve_tranche(tranche=tranche, actor=self.made.people["maker"])
            order_release(tranche=tranche, actor=self.made.people["checker"])
            release_ordered()

    # --- all of it ------------------------------------------------------------

    def play(self) -> None:
        """Last year's round to its end, then a year later with a new one open."""
        now = [row["key"] for row in self.demo["units"] if row.get("joins") == "next"]
        first, second, *later = (row["key"] for row in self.demo["units"] if row["key"] not in now)
        self.register(second)
        others = later[1:]
        for key in others:
            self.register(key)
        self.at(moment_of(self.demo["round"]["opens"], 0).date(), 10)
        round_ = self.open_round()
        applications = []
        for key in (second, *others):
            application = self.apply(key, round_)
            self.review(key, application)
            applications.append(application)
        self.decide(round_, applications)
        self.designate(round_)
        self.pay_first()
        self.at(moment_of(self.demo["round"]["opens"], 1).date(), 10)
        self.register(first)
        new_round = self.open_round(years_later=1)
        for key in (*later[:1], *now):
            self.register(key)
            self.apply(key, new_round)
        open_all_obligations()
        remind_all()


def nothing_found(application: Application) -> dict[str, Any]:
    """A desk that looked into everything and found nothing."""
    empty = {"yes_no": False, "names": [], "several": [], "name": None}
    return {asked.name: empty[asked.kind] for asked in questions_of(application)}


def _team(application: dict[str, Any], people: list[dict[str, str]]) -> list[dict[str, Any]]:
    """The roster of the unit that this one is like, with people of its own."""
    return [{**row, **person} for row, person in zip(application["rosters"]["members"], people, strict=True)]


def moment_of(value: Any, years: int) -> datetime:
    """A moment of the demonstration file, some years later, in Shanghai's time."""
    moment = value if isinstance(value, datetime) else parse_datetime(str(value))
    assert moment is not None
    return moment.replace(year=moment.year + years, tzinfo=clock.SHANGHAI)


def _has_file(application: Application, name: str) -> bool:
    return application.materials.filter(name=name, files__isnull=False).exists()
