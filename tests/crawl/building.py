"""Two jurisdictions side by side, each with something in every table and in every state a page needs."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal import auth as totp
from django.contrib.auth import get_user_model
from django.contrib.auth.hashers import make_password
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.db.models.base import ModelState
from stdnum.cn import ric, uscc

from accounts import second_factor
from applications.call_files import add_call_file
from applications.desk.assigning import assign
from applications.desk.consolidating import agree, send_back, send_list
from applications.desk.falsity import clauses_of, end_for_falsity
from applications.desk.looking import looked, newest_of
from applications.desk.review import correction_places, return_for_correction
from applications.enums import ApplicationState
from applications.filing import drafting
from applications.models import Application, Material, MaterialFile, Round, Signoff
from applications.rescheduling import reschedule
from applications.selection.panel_stage import send_to_panel
from assessments.determining import determine, questions_of
from assessments.drawing import commit_for_cycle
from assessments.ending import grounds_open_to, key_of, propose_revocation
from assessments.models import Assessment, Determination, Rectification, StationEnding
from assessments.rectifying import ORDERS
from assessments.reporting import opens_on
from assessments.resting import rests_on_report
from assessments.scoring import method_of, return_report
from config import demo as demonstration
from config.demo import Furniture
from config.demo_story import SAMPLE, Story
from core import clock
from core.tenancy import tenant_scope
from documents import parts
from documents.models import Attachment
from funding.release import approve_tranche
from jurisdictions.account_care import care_for_account
from jurisdictions.enums import AccountAct, Role
from jurisdictions.models import (
    CalendarDay,
    CaseWaiver,
    FixedCase,
    Jurisdiction,
    Membership,
    ReplayFinding,
    RuleProfile,
)
from jurisdictions.offers import accept_offer, appoint_by_name
from jurisdictions.proposing import activate_version, propose_version, refuse_version
from jurisdictions.replaying import carry_on
from jurisdictions.staffing import appoint
from jurisdictions.two_people import ask_for_act
from jurisdictions.versions import current_version, edition_of, load_version
from notices.enums import ObjectionState, StepKind
from notices.investigating import record_step
from notices.models import Objection, PublicNotice
from notices.objections import decide_objection, raise_objection
from notices.publication import Line, draft_notice, publish_notice
from panels.draws import commit_draw, hold_draw, void_draw
from panels.enums import Method, Purpose, TieKind
from panels.models import Draw, Expert, JointDiscussion, Panel, ScoreSheet
from panels.register import add_absence, add_tie
from panels.reopening import ask_reopening
from panels.reporting import issue_report
from panels.schemes import set_scheme
from panels.scoring import save_sheet, sign_sheet
from panels.visiting import add_visit_file, lines_of, record_visit, sign_visit
from stations.enums import UnitRole
from stations.invitations import invite, withdraw_invitation
from stations.membership import grant_role
from stations.models import Station
from stations.registration import reject_unit
from stations.succession import propose_successor
from tests.assessments import acts
from tests.world import make_jurisdiction

SLUGS = ("qinshui", "gaoming")
# Units beside those of the demonstration: two for the played round, the others for what waits today.
PLAYED = ("extra1", "extra2")
WAITING = ("unheard", "refused", "judged", "returned", "listed", "sent", "agreed", "false")


@dataclass
class Place:
    """One jurisdiction, played."""

    jurisdiction: Jurisdiction
    story: Story
    # People who belong to the other place as well: an expert of both, a member of a unit in both.
    shared: dict[str, Any]

    @property
    def slug(self) -> str:
        return self.jurisdiction.slug

    @property
    def people(self) -> dict[str, Any]:
        """Everybody who belongs here, under the keys of the demonstration file."""
        return self.story.made.people

    def in_scope(self) -> Any:
        return tenant_scope(self.jurisdiction)


def build(slug: str, shared: dict[str, Any]) -> Place:
    """Plays one jurisdiction, then leaves something waiting at every place where somebody acts."""
    jurisdiction = make_jurisdiction(slug)
    with tenant_scope(jurisdiction), transaction.atomic():
        _load_former(demonstration.load_versions(slug))
        content = _with_more_units(demonstration.read(slug))
        begin = datetime.combine(content["begin"], time(9), tzinfo=clock.SHANGHAI)
        clock.move_to(moment=begin, actor=None, allow_back=True)
        made = demonstration.furnish(content, password=None)
        waiting = [row for row in content["units"] if row["key"] in WAITING]
        content["units"] = [row for row in content["units"] if row["key"] not in WAITING]
        story = Story(content, made)
        story.play()
        content["units"] += waiting
        _seat_shared(story, shared)
        _leave_waiting(story)
    return Place(jurisdiction, story, shared)


def _load_former(current: RuleProfile) -> None:
    """An edition before the current one, as a place has it that began with an earlier one."""
    day, edition = edition_of(current.version)
    with TemporaryDirectory() as folder:
        path = Path(folder) / f"{day}.{edition - 1}.yaml"
        path.write_text(f"{current.text}\n# {edition - 1}\n", encoding="utf-8")
        load_version(path=path, actor=None)


def _seat_shared(story: Story, shared: dict[str, Any]) -> None:
    """Those who belong to both places: here one is an expert, the other acts for a unit."""
    known = next(iter(story.made.experts.values()))
    story.made.experts["shared"] = Expert.objects.create(
        user=shared["expert"], title=known.title, employer=known.employer, trades=known.trades
    )
    # The unit that was designated last: the pages are asked for the newest of each state, which are its own.
    unit = story.units[PLAYED[-1]]
    grant_role(unit=unit, user=shared["agent"], role=UnitRole.SUBMITTER, actor=None)


# --- more units -------------------------------------------------------------------


def _with_more_units(content: dict[str, Any]) -> dict[str, Any]:
    base = content["units"][1]
    for number, key in enumerate((*PLAYED, *WAITING), start=1):
        content["units"].append(_another(base, key, number))
    return content


def _another(base: dict[str, Any], key: str, number: int) -> dict[str, Any]:
    """A unit like another one, with a name, a code and people of its own."""
    row = copy.deepcopy(base)
    code = f"{row['uscc'][:8]}MA3X{number:05d}"[:17]
    row |= {"key": key, "name": f"{row['name']}{number}分厂", "uscc": code + uscc.calc_check_digit(code)}
    for member in row["members"]:
        member |= {"key": f"{key}_{member['key']}", "username": f"{member['username']}-{key}"}
    for place, person in enumerate(row.get("team", [])):
        body = f"11010819{60 + number}0{place % 9 + 1}150{number}{place}"[:17].ljust(17, "1")
        person |= {
            "name": f"{person['name']}{number}",
            "resident_id": body + ric.calc_check_digit(f"{body}0"),
        }
    return row


# --- what waits today -------------------------------------------------------------


def _leave_waiting(story: Story) -> None:
    people, officer = story.made.people, story.made.people["officer"]
    round_ = Round.objects.get(state="open")
    story.register("unheard", approve=False)
    refused = story.register("refused", approve=False)
    reject_unit(unit=refused, reason="营业执照不清楚", actor=story.reviewer_of(refused.home_authority))
    _call(round_, officer)
    _desk_work(story, round_)
    _draft(story, round_)
    _judged(story, round_)
    _draws(story, round_)
    _returned(story, round_)
    _listed(story, round_)
    _call_under_former_rules(round_)
    content = story.demo["round"]
    story.open_round(years_later=2)
    Round.objects.filter(year=content["year"] + 2).update(state="draft")
    _scheme(Round.objects.get(year=content["year"] + 2), officer)
    _notices(story)
    _assessments(story)
    _posts(story)
    _invitations(story)
    CalendarDay.objects.create(day=clock.today(), is_workday=True, source="县政府办通知")
    if not Signoff.objects.exists():
        Signoff.objects.create(
            round=round_,
            authority=story.made.authorities["lead"],
            reference="会签单1号",
            signed_on=clock.today(),
            recorded_by=officer,
        )
    # As a scanner leaves a file that is too large for it.
    Attachment.objects.filter(pk=Attachment.objects.latest("pk").pk).update(
        scanned_at=clock.now(), scan_note="超出查毒程序的检查范围"
    )
    Material.objects.update(note="复印件不清楚，请重新上传")
    decided = {"override:similar_team": "工种不同，会议决定受理"}
    Application.objects.filter(submitted_at__isnull=False).update(desk_facts=decided)
    due = story_tranche("due")
    if due is not None:
        approve_tranche(tranche=due, actor=people["maker"])


def _call(round_: Round, officer: Any) -> None:
    """The open call ends later than it said, and offers a form."""
    upload = SimpleUploadedFile("表样.pdf", SAMPLE.read_bytes(), "application/pdf")
    material = round_.rules.materials[0].name
    add_call_file(round_=round_, label="申报表样", material=material, upload=upload, actor=officer)
    reschedule(
        round_=round_,
        opens_at=round_.opens_at,
        closes_at=round_.closes_at + timedelta(days=1),
        reason="申报系统停机",
        reference="会议纪要8号",
        actor=officer,
    )


def _call_under_former_rules(round_: Round) -> None:
    """A second call that is open, under another version: a draft of the first may be moved to it."""
    former = RuleProfile.objects.exclude(pk=round_.profile_id).latest("pk")
    later = round_.closes_at + timedelta(days=365)
    _copy(round_, profile=former, title=f"{round_.title}（补充批次）", closes_at=later)


def _posts(story: Story) -> None:
    """Roles that the demonstration has nobody for, a post that waits to be confirmed, a disabled account."""
    people, lead = story.made.people, story.made.authorities["lead"]
    for key, name, role in (
        ("secretary", "秦记录", Role.PANEL_SECRETARY),
        ("leaver", "于离任", Role.REVIEWER),
    ):
        people[key] = _newcomer(story, key, name)
        appoint(user=people[key], authority=lead, role=role, actor=None)
    post = {"authority": lead, "role": Role.REVIEWER, "actor": people["admin"]}
    for key, name in (("pending", "杜待任"), ("offered", "曲受邀")):
        people[key] = _newcomer(story, key, name)
        appoint_by_name(username=people[key].username, **post)
    accept_offer(membership=Membership.objects.get(user=people["pending"]), actor=people["pending"])
    care_for_account(act=AccountAct.DISABLE, user=people["leaver"], reason="已离任", actor=people["security"])
    for key, actor, act in (
        ("officer", "security", AccountAct.RESET_SECOND_FACTOR),
        ("security", "auditor", AccountAct.SET_PASSWORD),
    ):
        ask_for_act(act=act, user=people[key], reason="手机遗失", actor=people[actor])
    _versions(people)
    for user in people.values():
        user.refresh_from_db()
        if user.works_as_staff:
            with_second_factor(user)


def _versions(people: dict[str, Any]) -> None:
    """Versions of the rules: two that wait, the one with all that is kept about one and the other ready to
    be activated; one that will begin, and one that was refused.
    """
    current, admin = current_version(), people["admin"]
    ready = propose_version(
        version="2033-01-01", text=f"{current.text}\n# 2033\n", reason="条文未变，重新颁布", actor=admin
    )
    coming = propose_version(
        version="2030-06-01", text=f"{current.text}\n# 2030\n", reason="届时施行", actor=admin
    )
    carry_on()
    activate_version(version=coming, active_from=date(2030, 6, 1), actor=people["officer"])
    text = current.text.replace("from: 60}", "from: 61}", 1)
    refused = propose_version(
        version="2031-01-01", text=f"{text}\n# 2031\n", reason="改动合格线", actor=admin
    )
    refuse_version(version=refused, reason="依据不足", actor=people["officer"])
    waits = propose_version(version="2032-01-01", text=f"{text}\n# 2032\n", reason="再改合格线", actor=admin)
    replay = waits.replays.get()
    ReplayFinding.objects.create(
        replay=replay,
        kind="applications",
        subject_id=Application.objects.order_by("pk").first().pk,
        label="往次申报",
        aspect="申报条件",
        before="符合条件",
        after="不符合条件",
        clause="第四条",
    )
    CaseWaiver.objects.create(profile=waits, cases=["own-1"], reason="门槛提高", given_by=admin)
    case = FixedCase.objects.create(
        title="往年批复的单位",
        kind="eligibility",
        given={},
        expected={"eligible": None},
        source="某年批复",
        added_by=admin,
    )
    # Its texts bear canaries: it is answered otherwise by then.
    CaseWaiver.objects.create(profile=ready, cases=[f"own-{case.pk}"], reason="案例有误", given_by=admin)


def with_second_factor(user: Any) -> None:
    """An app and recovery codes, as if the person had set them up."""
    totp.TOTP.activate(user, second_factor.new_secret())
    RecoveryCodes.activate(user)


def _newcomer(story: Story, key: str, name: str) -> Any:
    return demonstration.person(f"{story.demo['document_code']}-{key}"[:30], name, make_password(None))


def _invitations(story: Story) -> None:
    """One by mail, one by telephone, one that was withdrawn."""
    row = story.demo["units"][0]
    unit, actor = story.units[row["key"]], story.made.people[row["members"][0]["key"]]
    for name, email, phone in (
        ("何新人", "he@example.org", ""),
        ("许新人", "", "13855550124"),
        ("孔新人", "kong@example.org", "13855550125"),
    ):
        invitation = invite(
            unit=unit,
            name=name,
            email=email,
            phone=phone,
            role=UnitRole.EDITOR,
            origin="http://testserver",
            actor=actor,
        )
    withdraw_invitation(invitation=invitation, actor=actor)
    reviewer = Membership.objects.filter(authority=unit.home_authority, role=Role.REVIEWER).first()
    propose_successor(
        unit=unit,
        name="施接任",
        email="shi@example.org",
        document="来函3号",
        reason="原经办人离职",
        actor=reviewer.user,
    )


def story_tranche(state: str) -> Any:
    from funding.models import Tranche  # noqa: PLC0415 - beside its one use

    return Tranche.objects.filter(state=state).order_by("-pk").first()


def _draft(story: Story, round_: Round) -> None:
    """An application that its unit still writes."""
    row = story.row(story.demo["units"][0]["key"])
    actor = story.made.people[row["members"][0]["key"]]
    application = drafting.start_application(round_=round_, unit=story.units[row["key"]], actor=actor)
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
            _bring(application, material.name, actor)
    _break_off(application, actor)


def _break_off(application: Application, actor: Any) -> None:
    """A file of which only the first part has come."""
    material = next(one for one in application.rules.materials if one.brought_by == "unit")
    accepts, allowance = drafting.part_allowance(application=application, name=material.name, actor=actor)
    place = f"applications.application/{application.pk}/{material.name}"
    content = SAMPLE.read_bytes()
    upload = parts.begin(
        place=place, name="断开.pdf", size=len(content), accepts=accepts, allowance=allowance, actor=actor
    )
    parts.receive(token=upload.token, place=place, offset=0, content=content[:100], actor=actor)


def _bring(application: Application, name: str, actor: Any) -> MaterialFile:
    upload = SimpleUploadedFile("材料.pdf", SAMPLE.read_bytes(), "application/pdf")
    return drafting.add_material_file(application=application, name=name, upload=upload, actor=actor)


def _desk_work(story: Story, round_: Round) -> None:
    """A list that went up, a file that came back of it and waits for the next one, one that false material
    ended; a colleague has the file, and somebody has looked at it.
    """
    files, reviewer, officer = [], None, story.made.people["officer"]
    for key in ("sent", "agreed"):
        story.register(key)
        files.append(story.apply(key, round_))
        reviewer = story.check(key, files[-1])
        agree(application=files[-1], text="材料齐全，同意上报", actor=reviewer)
    made = send_list(round_=round_, authority=files[0].authority, applications=files, actor=reviewer)
    for one in files:
        one.refresh_from_db()
    send_back(application=files[1], reason="初审意见不明确", actor=officer)
    agree(application=files[1], text="已补充，同意上报", actor=reviewer)
    assign(application=files[1], reviewer=reviewer, reason="由您办理", actor=reviewer)
    looked(application=files[1], upto=newest_of(files[1]), actor=reviewer)
    assert made.files.count() == len(files)
    story.register("false")
    false = story.apply("false", round_)
    end_for_falsity(
        application=false,
        materials=[false.rules.materials[0].name],
        finding="发证机构复函查无此证",
        clause=clauses_of(false)[0].clause,
        recourse="可以申请行政复议",
        evidence=SimpleUploadedFile("复函.pdf", SAMPLE.read_bytes(), "application/pdf"),
        actor=story.reviewer_of(false.authority),
    )


def _judged(story: Story, round_: Round) -> None:
    """An application at a panel that is at work: one expert has begun to write."""
    story.register("judged")
    application = story.apply("judged", round_)
    story.review("judged", application)
    panel = send_to_panel(
        round_=round_,
        applications=[application],
        experts=list(story.made.experts.values()),
        due_on=clock.today() + timedelta(days=7),
        actor=story.made.people["officer"],
    )
    officer = story.made.people["officer"]
    sheet = ScoreSheet.objects.filter(item__panel=panel).order_by("pk").first()
    assert sheet is not None
    save_sheet(
        sheet=sheet,
        revision=sheet.revision,
        verdict="recommend",
        comment="设备先进，队伍整齐。",
        actor=sheet.member.expert.user,
    )
    _visited(sheet, officer)
    _given_back(panel, sheet, officer)
    issue_report(panel=Panel.objects.filter(state="closed").latest("pk"), actor=officer)


def _visited(sheet: ScoreSheet, officer: Any) -> None:
    """Two were at the place, twice: of the one record a signature is missing, the other is signed."""
    for people in ((officer,), (officer, sheet.member.expert.user)):
        visit = record_visit(
            item=sheet.item,
            held_at=clock.now(),
            place="一号车间",
            experts=[sheet.member],
            officers=[officer],
            unit_people="厂长",
            findings={key: "设备与申报一致" for key, _ in lines_of(sheet.item.panel)},
            statement="下月再添一台设备",
            actor=officer,
        )
        photo = SimpleUploadedFile("现场.pdf", SAMPLE.read_bytes(), "application/pdf")
        add_visit_file(visit=visit, upload=photo, caption="大门", actor=officer)
        for user in people:
            sign_visit(visit=visit, actor=user)


def _given_back(panel: Panel, open_: ScoreSheet, officer: Any) -> None:
    """Of the other sheets one is signed and asked back; the experts have talked about the item before."""
    signed = ScoreSheet.objects.filter(item__panel=panel).exclude(pk=open_.pk).order_by("pk").first()
    assert signed is not None
    save_sheet(
        sheet=signed,
        revision=signed.revision,
        verdict="oppose",
        comment="带徒人数不足。",
        actor=signed.member.expert.user,
    )
    sign_sheet(sheet=signed, actor=signed.member.expert.user)
    ask_reopening(sheet=signed, reason="数字看错了", actor=signed.member.expert.user)
    named = {"member": signed.member.pk, "name": str(signed.member.expert.user)}
    JointDiscussion.objects.create(
        item=signed.item,
        held_on=clock.today(),
        participants=[named],
        record="对设备意见不一",
        spread="建议 1，不建议 1",
        versions=[],
        gives_back=[named],
        recorded_by=officer,
    )


def _scheme(round_: Round, officer: Any) -> None:
    """A scheme with lines of the bureau's own, still open to change."""
    set_scheme(
        authority=round_.authority,
        rules=round_.rules,
        purpose=Purpose.APPLICATION,
        subject=round_,
        revision=0,
        settings={
            "method": Method.CRITERIA,
            "criteria": [("技能水平", Decimal(30), Decimal(60)), ("带徒成效", Decimal(20), Decimal(40))],
            "spread_limit": Decimal(20),
        },
        actor=officer,
    )


def _draws(story: Story, round_: Round) -> None:
    """A draw of every kind: fixed, held, given up, and used by a panel for which somebody still stands by."""
    officer, judged = story.made.people["officer"], Application.objects.get(state=ApplicationState.AT_PANEL)
    for number in (1, 2):
        user = _newcomer(story, f"reserve{number}", f"储专家{number}")
        Expert.objects.create(user=user, title="高级技师", employer="外县职校", trades="焊工")
    entered = _newcomer(story, "entered", "登专家")
    admin = story.made.people["admin"]
    Expert.objects.create(user=entered, title="技师", employer="外县厂", is_active=False, entered_by=admin)
    expert = next(iter(story.made.experts.values()))
    add_tie(expert=expert, unit_name="某某厂", kind=TieKind.KIN, until=None, note="配偶任职", actor=officer)
    day = clock.today() + timedelta(days=7)
    add_absence(expert=expert, begins_on=day, ends_on=day, actor=officer)
    made = []
    for number in range(4):
        unit = _copy(
            judged.unit, uscc=f"{judged.unit.uscc[:-2]}Z{number}", name=f"{judged.unit.name}{number}"
        )
        waiting = _copy(
            judged, unit=unit, number=f"{judged.number}-{number}", state=ApplicationState.AWAITING_PANEL
        )
        fixed = commit_draw(
            authority=round_.authority,
            purpose=Purpose.APPLICATION,
            subject=round_,
            items=[(waiting, waiting.unit.name)],
            seats=1,
            reserves=9,
            most_of_one_employer=None,
            due_on=clock.today() + timedelta(days=5),
            actor=officer,
        )
        made.append(fixed if number == 0 else hold_draw(draw_=fixed, actor=officer))
    void_draw(draw_=made[2], reason="有专家请假", actor=officer)
    panel = Panel.objects.filter(state="scoring").latest("pk")
    Draw.objects.filter(pk=made[3].pk).update(state="used", panel=panel)


def _returned(story: Story, round_: Round) -> None:
    """An application that waits for its unit's correction."""
    story.register("returned")
    application = story.apply("returned", round_)
    path, label = correction_places(application)[0]
    return_for_correction(
        application=application,
        items=[{"path": path, "label": label, "text": "数字与附件不一致"}],
        due_on=clock.today() + timedelta(days=10),
        actor=story.reviewer_of(application.authority),
        text="请更正后再提交",
    )


def _listed(story: Story, round_: Round) -> None:
    """An application on a list that is fixed: whoever has to sign has not signed yet."""
    story.register("listed")
    application = story.apply("listed", round_)
    story.review("listed", application)
    decided = Round.objects.filter(state="decided").latest("pk")
    Application.objects.filter(pk=application.pk).update(round=decided, state=ApplicationState.PROPOSED)


def _notices(story: Story) -> None:
    """A notice that an amended one superseded, which runs, with objections to it; the draft of another."""
    officer, lead = story.made.people["officer"], story.made.authorities["lead"]
    publisher = story.made.people["publisher"]
    former = _drafted(story, lead)
    publish_notice(notice=former, actor=publisher)
    notice = _drafted(story, lead, supersedes=former, change_reason="联系电话有误")
    publish_notice(notice=notice, actor=publisher)
    entry = notice.entries.first()
    given = {"notice": notice, "entry": entry, "name": "赵反映", "contact": "13955550123"}
    for text in ("设备并非自有", "人员并非在职"):
        objection = raise_objection(**given, text=text, files=[_proof()])
    record_step(
        objection=objection,
        kind=StepKind.SITE,
        done_on=clock.today(),
        done_by="王核查",
        text="现场查看",
        actor=officer,
        files=[_proof()],
    )
    raise_objection(**given, text="不署名", anonymous=True)
    late = raise_objection(**given, text="期满后反映")
    Objection.objects.filter(pk=late.pk).update(late=True, state=ObjectionState.LEAD)
    decided = raise_objection(**given, text="已经核实")
    decide_objection(objection=decided, upheld=False, finding="不属实", reply="经核实不属实", actor=officer)
    _drafted(story, officer)


def _drafted(story: Story, subject: Any, **more: Any) -> PublicNotice:
    return draft_notice(
        authority=story.made.authorities["lead"],
        profile=Round.objects.latest("pk").profile,
        subject=subject,
        year=clock.today().year,
        lines=[Line(station, station.unit.name, station.name) for station in Station.objects.all()],
        actor=story.made.people["officer"],
        **more,
    )


def _proof() -> SimpleUploadedFile:
    return SimpleUploadedFile("佐证.pdf", SAMPLE.read_bytes(), "application/pdf")


def _assessments(story: Story) -> None:
    """Every station owes something; one has reported, one has to report again, one is being written."""
    waiting = list(Assessment.objects.filter(state="due").order_by("-pk"))
    waiting = [one for one in waiting if not rests_on_report(one)]
    days = sorted({opens_on(one) for one in waiting} - {None})
    if days and not any(opens_on(one) is None for one in waiting):
        story.at(days[0])
    by_station = {one.station_id: one for one in waiting if (opens_on(one) or clock.today()) <= clock.today()}
    first, second, *others = by_station.values()
    acts.fill(first.station, first)
    acts.report(second.station, second)
    for fourth in others[1:]:
        acts.report(fourth.station, fourth)
        # As if the assessor filled the score sheet alone.
        Assessment.objects.filter(pk=fourth.pk).update(by_panel=False)
    for third in others[:1]:
        acts.report(third.station, third)
        assessor = next(
            person
            for person in get_user_model().objects.filter(memberships__ended_at__isnull=True).distinct()
            if person.has_perm("jurisdictions.assess", third.assessor)
        )
        return_report(assessment=third, reason="成果材料不全", actor=assessor)
    Assessment.objects.filter(pk=first.pk).update(
        area_opinions={"training": "带徒任务已完成"},
        consequences=[{"effect": "none", "clause": first.clause, "explanation": "不作处理"}],
        added_up="评分94分，加分9分，合计103分，封顶100分。",
        draft={"points": {}, "bonus": {}, "opinion": "评到一半的意见"},
    )
    Rectification.objects.create(
        assessment=first,
        requirement="补齐带徒台账",
        due_on=clock.today() + timedelta(days=30),
        clause=first.clause,
        ordered_by=story.made.people["officer"],
        grade="合格",
        opinion="台账已补齐",
        decided_by=story.made.people["officer"],
        decided_at=clock.now(),
    )
    _year_before(first, second, story)
    for station in Station.objects.all():
        for question in questions_of(station):
            determine(
                station=station,
                question=question,
                answer=False,
                reason="现场核查未发现成果",
                actor=story.made.people["officer"],
            )
    _endings(first.station, second.station, story)
    _drawn_for_cycle(Assessment.objects.get(pk=second.pk), story.made.people["officer"])
    if not Determination.objects.exists():
        Determination.objects.create(
            station=first.station,
            question="continuous",
            answer=True,
            reason="现场核查",
            clause="示例",
            decided_by=story.made.people["officer"],
        )


def _drawn_for_cycle(assessment: Assessment, officer: Any) -> None:
    """A draw for a cycle, held and not used, where panels assess."""
    if method_of(assessment) != "panel":
        return
    fixed = commit_for_cycle(
        cycle=assessment.cycle,
        assessments=[assessment],
        seats=1,
        reserves=1,
        most_of_one_employer=None,
        due_on=clock.today() + timedelta(days=5),
        actor=officer,
    )
    hold_draw(draw_=fixed, actor=officer)


def _endings(first: Station, second: Station, story: Story) -> None:
    """A revocation that waits for a second person; a wish of the unit, as of a text that knows it."""
    officer = story.made.people["officer"]
    propose_revocation(
        station=second,
        ground=key_of(grounds_open_to(second)[0]),
        reason="经查明属实",
        heard="已听取单位意见",
        serious=True,
        actor=officer,
    )
    StationEnding.objects.create(
        station=first,
        kind="deregistration",
        ground="主动注销",
        clauses=list(first.profile.rules.revocation.clauses),
        reason="业务调整",
        proposed_by=first.unit.recipients().order_by("pk").first(),
    )


def _year_before(first: Assessment, second: Assessment, story: Story) -> None:
    """A cycle that has its results: one still to be fixed, two that failed, the one of them given a day."""
    cycle = _copy(first.cycle, year=first.cycle.year - 1)
    by_points = method_of(second) in ("panel", "rubric")
    result = {
        "total": Decimal(94) if by_points else None,
        "explanation": "评定意见",
        "scored_at": clock.now(),
    }
    ordered = {"effect": ORDERS, "clause": first.clause, "explanation": "责令整改"}
    failed = {"state": "final", "consequences": [ordered], "finalised_at": clock.now()}
    stations = Station.objects.exclude(pk__in=(first.station_id, second.station_id)).order_by("pk")
    late, *_ = stations
    _copy(second, cycle=cycle, state="scored", grade="" if by_points else "合格", **result)
    _copy(second, cycle=cycle, station=first.station, grade="不合格", **result | failed)
    waiting = _copy(second, cycle=cycle, station=late, grade="不合格", **result | failed)
    Rectification.objects.create(
        assessment=waiting,
        requirement="补齐学习交流记录",
        due_on=clock.today() + timedelta(days=30),
        clause=first.clause,
        ordered_by=story.made.people["officer"],
    )


def _copy(row: Any, **changes: Any) -> Any:
    """Another row like this one."""
    other = copy.copy(row)
    other.pk, other._state = None, ModelState()
    for name, value in changes.items():
        setattr(other, name, value)
    other.save()
    return other


def each(places: list[Place]) -> Iterator[Place]:
    """Every place in turn, its scope open."""
    for place in places:
        with place.in_scope():
            yield place


def furniture(place: Place) -> Furniture:
    return place.story.made
