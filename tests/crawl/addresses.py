"""Every URL pattern, and the objects of a place with which it is asked for.

A pattern that is missing here fails the crawl: whoever adds a page adds its line.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from django.db import models

from applications.models import (
    Application,
    CallFile,
    ConsolidatedFile,
    Consolidation,
    FalsityFinding,
    MaterialFile,
    Round,
)
from assessments.models import Assessment, Cycle, Evidence, StationEnding
from core.models import LogEntry, LogHead
from core.tenancy import current_tenant
from deadlines.models import Notification
from documents.models import Attachment, OfficialDocument, PartialUpload
from funding.models import Tranche
from jurisdictions.belonging import circles, people
from jurisdictions.enums import SEEN_STATES, AccountAct, MembershipState
from jurisdictions.models import AccountProposal, Authority, FixedCase, Membership, RuleProfile
from notices.models import NoticeEntry, Objection, ObjectionFile, PublicNotice
from panels.enums import Purpose
from panels.models import (
    Draw,
    Expert,
    ExpertTie,
    JointDiscussion,
    Panel,
    PanelMember,
    Reopening,
    ScoreSheet,
    SiteVisit,
    SiteVisitFile,
)
from stations.enums import InvitationState
from stations.invitations import token_of
from stations.models import ApplicantUnit, Invitation, Station, UnitMember

Arguments = dict[str, Any]
# In the scope of a place: the arguments of a pattern, one dictionary for each of its objects.
Objects = Callable[[], list[Arguments]]
MOST = 5
# Ids and codes that nothing bears.
UNKNOWN: Arguments = {
    "pk": 99_999_999,
    "file": 99_999_998,
    "member": 99_999_997,
    "tie": 99_999_995,
    "sheet": 99_999_994,
    "item": 99_999_993,
    "number": 99_999_996,
    "code": "0123456789abcdef",
    "token": "Zm9yLXRoZS1jcmF3bC1uby1zdWNoLWludml0YXRpb24",
    "material": "nothing",
}
# What names no object: a chapter or an act is the same word in every place.
WORDS = ("chapter", "material", "kind", "act", "table")


def nothing() -> list[Arguments]:
    """A page without an object."""
    return [{}]


def rows(model: type[models.Model], *different: str, most: int = MOST) -> Objects:
    """The rows of a table, as different from each other as the named columns make them."""

    def objects() -> list[Arguments]:
        seen: dict[tuple[Any, ...], Any] = {}
        for row in model._default_manager.order_by("-pk").values("pk", *different):
            seen.setdefault(tuple(row[column] for column in different) or (row["pk"],), row["pk"])
        return [{"pk": value} for value in list(seen.values())[:most]]

    return objects


def in_application(extra: Callable[[Application], Iterable[Arguments]], *, most: int = MOST) -> Objects:
    """An application of each state, and something of it."""

    def objects() -> list[Arguments]:
        seen = {one.state: one for one in Application.objects.order_by("-pk")}
        found = [{"pk": one.pk, **arguments} for one in seen.values() for arguments in extra(one)]
        return found[:most]

    return objects


def _two_files(application: Application, column: str) -> list[Arguments]:
    """One that shows a person's papers and one that does not."""
    seen = {}
    for file in MaterialFile.objects.filter(material__application=application).order_by("-pk"):
        seen[file.attachment.personal] = getattr(file, column)
    return [{"file": value} for value in seen.values()]


def _desk_file(application: Application) -> list[Arguments]:
    """A file that the desk itself brought, else any."""
    names = [material.name for material in application.rules.materials if material.brought_by == "first_pass"]
    files = MaterialFile.objects.filter(material__application=application)
    own = files.filter(material__name__in=names).first() or files.first()
    return [{"file": own.pk}] if own else []


def _materials(*brought_by: str) -> Callable[[Application], list[Arguments]]:
    def extra(application: Application) -> list[Arguments]:
        known = application.rules.materials
        return [{"material": one.name} for one in known if one.brought_by in brought_by][:1]

    return extra


def _chapters(application: Application) -> list[Arguments]:
    from applications.dossier.sections import sections_of  # noqa: PLC0415 - beside its one use

    return [{"chapter": section.name} for section in sections_of(application.rules)][:1]


def _tables(application: Application) -> list[Arguments]:
    from applications.dossier.sections import sections_of  # noqa: PLC0415 - as above

    sections = sections_of(application.rules)
    return [{"chapter": one.name, "table": table.path} for one in sections for table in one.tables][:1]


def _broken_off() -> list[Arguments]:
    """Uploads that came in part, by the application and material that they are for."""
    found = []
    for upload in PartialUpload.objects.order_by("-pk")[:2]:
        _, pk, material = upload.place.split("/")
        found.append({"pk": int(pk), "material": material, "token": upload.token})
    return found


def _sheet_files() -> list[Arguments]:
    found = []
    for sheet in ScoreSheet.objects.select_related("item").order_by("-pk")[:3]:
        attachment = sheet.item.subject.panel_attachments().order_by("pk").first()
        found += [{"pk": sheet.pk, "file": attachment.pk}] if attachment else []
    return found


def _call_files() -> list[Arguments]:
    """Files of a call that is published, and of one that is not."""
    return [{"pk": one.round_id, "file": one.pk} for one in CallFile.objects.order_by("pk")[:MOST]]


def _false() -> list[Arguments]:
    """Applications that false material ended."""
    return [{"pk": one.application_id} for one in FalsityFinding.objects.order_by("pk")[:MOST]]


def _listed_files() -> list[Arguments]:
    """Files of lists: one that is there, one that went back."""
    found = ConsolidatedFile.objects.order_by("returned_at", "pk")[:MOST]
    return [{"pk": one.consolidation_id, "file": one.pk} for one in found]


def _papers() -> list[Arguments]:
    """One paper of each kind."""
    seen = {row.kind: row.verification_code for row in OfficialDocument.objects.order_by("-pk")}
    return [{"code": code} for code in seen.values()]


def _seats() -> list[Arguments]:
    seats = PanelMember.objects.order_by("-pk").values("panel", "pk")[:3]
    return [{"pk": seat["panel"], "member": seat["pk"]} for seat in seats]


def _sheets() -> list[Arguments]:
    sheets = ScoreSheet.objects.order_by("-pk").values("item__panel", "pk")[:3]
    return [{"pk": sheet["item__panel"], "sheet": sheet["pk"]} for sheet in sheets]


def _discussions() -> list[Arguments]:
    found = JointDiscussion.objects.order_by("-pk").values("item__panel", "item")[:2]
    return [{"pk": one["item__panel"], "item": one["item"]} for one in found]


def _visited() -> list[Arguments]:
    found = SiteVisit.objects.order_by("-pk").values("item__panel", "item")[:2]
    return [{"pk": one["item__panel"], "item": one["item"]} for one in found]


def _visit_files() -> list[Arguments]:
    found = SiteVisitFile.objects.order_by("-pk").values("visit", "attachment")[:3]
    return [{"pk": one["visit"], "file": one["attachment"]} for one in found]


def _cycle_draws() -> list[Arguments]:
    """Draws for cycles of assessments."""
    return [{"pk": one.pk} for one in Draw.objects.filter(purpose=Purpose.ASSESSMENT)[:2]]


def _ties() -> list[Arguments]:
    return [{"pk": tie.expert_id, "tie": tie.pk} for tie in ExpertTie.objects.order_by("-pk")[:2]]


def _links() -> list[Arguments]:
    """Invitations of each state, by their links."""
    seen = {one.state: one for one in Invitation.objects.order_by("pk")}
    return [{"token": token_of(one)} for one in seen.values()]


def _histories() -> list[Arguments]:
    """The newest object of each kind that the log knows."""
    seen = dict(LogEntry.objects.order_by("pk").values_list("subject_type", "subject_id"))
    return [{"kind": kind, "number": number} for kind, number in seen.items()]


def _accounts() -> list[Arguments]:
    """People of each circle, one who is disabled, and those who belong to the other place as well."""
    found = [one.pk for key in (circle.key for circle in circles()) for one in _some_of(key)]
    found += people().filter(is_active=False).values_list("pk", flat=True)
    shared = people().filter(username__startswith="crawl-").values_list("pk", flat=True)
    # The first has a place here alone: somebody at the other address asks for it too.
    return [{"pk": pk} for pk in dict.fromkeys([*found, *shared])]


def _some_of(circle: str) -> list[Any]:
    return list(people(circle).exclude(username__startswith="crawl-").order_by("-pk")[:1])


def _acts() -> list[Arguments]:
    accounts = _accounts()
    known = [{**accounts[0], "act": act.value} for act in AccountAct]
    return known + [{**one, "act": AccountAct.END_SESSIONS.value} for one in accounts[-3:]]


def _posts() -> list[Arguments]:
    """Posts of each state and role, without those that only the offered person sees."""
    seen = {(one.state, one.role): one for one in Membership.objects.filter(state__in=SEEN_STATES)}
    return [{"pk": one.pk} for one in sorted(seen.values(), key=lambda one: -one.pk)[:4]]


def _offers() -> list[Arguments]:
    return [{"pk": one.pk} for one in Membership.objects.filter(state=MembershipState.OFFERED)]


def _successions() -> list[Arguments]:
    return [{"pk": one.pk} for one in Invitation.objects.filter(state=InvitationState.PROPOSED)]


membership = _posts
application = rows(Application, "state", most=9)
round_ = rows(Round)
unit = rows(ApplicantUnit, "state")
station = rows(Station, most=2)
assessment = rows(Assessment, "state", "by_panel", "rectification__grade", most=9)
evidence = rows(Evidence, "assessment", most=3)
tranche = rows(Tranche, "state")
notice = rows(PublicNotice, "state")
sheet = rows(ScoreSheet, "member__expert", "state", most=4)
panel = rows(Panel)
draw = rows(Draw, "state")
visit = rows(SiteVisit, "state")
cycle = rows(Cycle)
version = rows(RuleProfile, "state", "replays__state")
with_file = in_application(lambda one: _two_files(one, "pk"))
with_attachment = in_application(lambda one: _two_files(one, "attachment_id"))


def _this_place() -> list[Arguments]:
    return [{"pk": current_tenant().pk}]


def of_api(objects: Objects, **also: Any) -> Objects:
    """The same objects, with the place's slug where the API's addresses have it."""
    return lambda: [{"slug": current_tenant().slug, **also, **one} for one in objects()]


# Outside every place's address.
PORTAL: dict[str, Objects] = {
    "portal": nothing,
    "home": nothing,
    "healthz": nothing,
    "components": nothing,
    "accounts:login": nothing,
    "account_login": nothing,
    "mfa_authenticate": nothing,
    "accounts:logout": nothing,
    "accounts:password": nothing,
    "accounts:security": nothing,
    "accounts:second_factor": nothing,
    "accounts:remove_second_factor": nothing,
    "accounts:replace_second_factor": nothing,
    "accounts:recovery_codes": nothing,
    "accounts:end_other_sessions": nothing,
    "accounts:end_session": nothing,  # of whoever asks, and of somebody else
    "accounts:reauthenticate": nothing,
    "accounts:kept": nothing,
    "platform:jurisdictions": nothing,
    "platform:jurisdiction": _this_place,
    "platform:switch": _this_place,
    "verify": _papers,
    "api:index": nothing,
    "api:schema": nothing,
    "api:jurisdictions": nothing,
    "api:rules": of_api(nothing),
    "api:rule_versions": of_api(nothing),
    "api:questions": of_api(nothing),
    "api:question": of_api(nothing, kind="eligibility"),
    "api:notices": of_api(nothing),
    "api:notice": of_api(notice),
    "api:stations": of_api(nothing),
    "api:station": of_api(station),
}
# Pages that take JSON: what they are sent.
JSON_BODIES: dict[str, bytes] = {"api:question": b'{"given": {}}'}
PLACE: dict[str, Objects] = {
    "public:home": nothing,
    "public:rules": nothing,
    "public:self_check": nothing,
    "public:register": nothing,
    "public:invitation": _links,
    "public:notices": nothing,
    "public:notice": notice,
    "public:objection_state": nothing,
    "public:stations": nothing,
    "public:station": station,
    "public:call": round_,
    "public:call_file": _call_files,
    "public:paper": _papers,
    "inbox:list": nothing,
    "inbox:read": rows(Notification, "recipient", most=3),
    "inbox:read_all": nothing,
    "inbox:offer": _offers,
    "inbox:accept_offer": _offers,
    "unit:home": nothing,
    "unit:profile": nothing,
    "unit:reveal_profile": nothing,
    "unit:invite": nothing,
    "unit:withdraw_invitation": rows(Invitation, "state"),
    "unit:end_member": rows(UnitMember, "role"),
    "unit:hand_over": nothing,
    "unit:stations": nothing,
    "unit:station": station,
    "unit:station_deregister": station,
    "unit:ending_withdraw": rows(StationEnding, "kind"),
    "unit:start": round_,
    "unit:renew": round_,
    "unit:application": application,
    "unit:section": in_application(_chapters),
    "unit:autosave": in_application(_chapters),
    "unit:import_roster": in_application(_tables),
    "unit:roster_template": in_application(_tables),
    "unit:findings": application,
    "unit:materials": application,
    "unit:add_file": in_application(_materials("unit")),
    "unit:begin_parts": in_application(_materials("unit")),
    "unit:part": _broken_off,
    "unit:declare_none": in_application(_materials("unit")),
    "unit:file": with_file,
    "unit:remove_file": with_file,
    "unit:reveal": application,
    "unit:print": application,
    "unit:review": application,
    "unit:withdraw": application,
    "unit:carry_over": application,
    "unit:assessments": nothing,
    "unit:assessment": assessment,
    "unit:assessment_autosave": assessment,
    "unit:assessment_evidence": assessment,
    "unit:evidence": evidence,
    "unit:evidence_remove": evidence,
    "desk:queue": nothing,
    "desk:batch": nothing,
    "desk:lists": nothing,
    "desk:list_new": round_,
    "desk:list": rows(Consolidation),
    "desk:list_sheet": rows(Consolidation),
    "desk:list_return": _listed_files,
    "desk:units": nothing,
    "desk:unit": unit,
    "desk:approve_unit": unit,
    "desk:reject_unit": unit,
    "desk:reveal_unit": unit,
    "desk:propose_successor": unit,
    "desk:succession": _successions,
    "desk:confirm_succession": _successions,
    "desk:refuse_succession": _successions,
    "desk:file": application,
    "desk:print": application,
    "desk:match": nothing,
    "desk:reveal": application,
    "desk:assign": application,
    "desk:look": application,
    "desk:accept": application,
    "desk:disagree": application,
    "desk:falsity": application,
    "desk:falsity_evidence": _false,
    "desk:forward": application,
    "desk:return": application,
    "desk:reject": application,
    "desk:bring": in_application(_materials("first_pass")),
    "desk:remove": in_application(_desk_file),
    "desk:attachment": with_attachment,
    "panel:sheets": nothing,
    "panel:decline": rows(PanelMember, "panel"),
    "panel:sheet": sheet,
    "panel:autosave": sheet,
    "panel:sign": sheet,
    "panel:recuse": sheet,
    "panel:reopen": sheet,
    "panel:attachment": _sheet_files,
    "panel:visit": visit,
    "panel:visit_sign": visit,
    "panel:visit_file_add": visit,
    "panel:visit_file": _visit_files,
    "bureau:match": nothing,
    "bureau:notices": nothing,
    "bureau:notice": notice,
    "bureau:notice_publish": notice,
    "bureau:notice_withdraw": notice,
    "bureau:objection": rows(Objection, "state"),
    "bureau:objection_step": rows(Objection, "state"),
    "bureau:objection_take_up": rows(Objection, "state"),
    "bureau:objection_archive": rows(Objection, "state"),
    "bureau:objection_file": rows(ObjectionFile),
    "bureau:station_suspend": station,
    "bureau:station_resume": station,
    "bureau:station_certificate": station,
    "bureau:objection_contact": rows(Objection),
    "bureau:experts": nothing,
    "bureau:expert_confirm": rows(Expert, "is_active"),
    "bureau:expert": rows(Expert),
    "bureau:tie_end": _ties,
    "bureau:draw_new": round_,
    "bureau:draw": draw,
    "bureau:draw_hold": draw,
    "bureau:draw_use": draw,
    "bureau:draw_void": draw,
    "bureau:draw_record": draw,
    "bureau:panels": nothing,
    "bureau:panel": panel,
    "bureau:panel_close": panel,
    "bureau:panel_workbook": panel,
    "bureau:panel_report": panel,
    "bureau:panel_reserve": panel,
    "bureau:discussion": _discussions,
    "bureau:visits": _visited,
    "bureau:visit": visit,
    "bureau:visit_correct": visit,
    "bureau:visit_sign": visit,
    "bureau:visit_void": visit,
    "bureau:visit_file_add": visit,
    "bureau:visit_file": _visit_files,
    "bureau:reopen": _sheets,
    "bureau:reopening_grant": rows(Reopening, "state"),
    "bureau:reopening_refuse": rows(Reopening, "state"),
    "bureau:panel_seat": panel,
    "bureau:withdraw_seat": _seats,
    "bureau:replace_seat": _seats,
    "bureau:stations": nothing,
    "bureau:station": station,
    "bureau:designation": round_,
    "bureau:start_notice": round_,
    "bureau:stand_by": round_,
    "bureau:call_up": round_,
    "bureau:signoff": round_,
    "bureau:rounds": nothing,
    "bureau:round_new": nothing,
    "bureau:round": round_,
    "bureau:round_edit": round_,
    "bureau:round_open": round_,
    "bureau:round_schedule": round_,
    "bureau:call_files": round_,
    "bureau:call_file": _call_files,
    "bureau:call_file_remove": _call_files,
    "bureau:panel_new": round_,
    "bureau:round_scheme": round_,
    "bureau:list": round_,
    "bureau:application": application,
    "bureau:reveal": application,
    "bureau:attachment": with_attachment,
    "bureau:assessments": nothing,
    "bureau:assessment": assessment,
    "bureau:assessment_score": assessment,
    "bureau:score_autosave": assessment,
    "bureau:assessment_judge": assessment,
    "bureau:assessment_file": assessment,
    "bureau:assessment_return": assessment,
    "bureau:assessment_finalise": assessment,
    "bureau:assessment_send_back": assessment,
    "bureau:assessment_rectify": assessment,
    "bureau:assessment_rectified": assessment,
    "bureau:evidence": evidence,
    "bureau:cycle": cycle,
    "bureau:cycle_panel": cycle,
    "bureau:cycle_scheme": cycle,
    "bureau:cycle_fix": cycle,
    "bureau:cycle_draw": cycle,
    "bureau:cycle_draw_use": _cycle_draws,
    "bureau:determinations": station,
    "bureau:station_revoke": station,
    "bureau:ending": rows(StationEnding, "kind"),
    "bureau:ending_refuse": rows(StationEnding, "kind"),
    "bureau:ending_withdraw": rows(StationEnding, "kind"),
    "bureau:tranche": tranche,
    "funds:tranches": nothing,
    "funds:tranche": tranche,
    "funds:tranche_approve": tranche,
    "funds:tranche_send_back": tranche,
    "funds:tranche_release": tranche,
    "funds:tranche_account": tranche,
    "funds:ledger": nothing,
    "settings:people": nothing,
    "settings:new_person": nothing,
    "settings:appoint": nothing,
    "settings:appointment": membership,
    "settings:confirm_appointment": membership,
    "settings:refuse_appointment": membership,
    "settings:end_appointment": membership,
    "settings:experts_import": nothing,
    "settings:experts_enter": nothing,
    "settings:experts_template": nothing,
    "settings:accounts": nothing,
    "settings:account": _accounts,
    "settings:account_care": _acts,
    "settings:authorities": nothing,
    "settings:proposals": nothing,
    "settings:agree_to_act": rows(AccountProposal, "user"),
    "settings:refuse_act": rows(AccountProposal, "user"),
    "settings:versions": nothing,
    "settings:new_version": nothing,
    "settings:readings": nothing,
    "settings:cases": nothing,
    "settings:withdraw_case": rows(FixedCase),
    "settings:version": version,
    "settings:version_text": version,
    "settings:activate_version": version,
    "settings:refuse_version": version,
    "settings:withdraw_version": version,
    "settings:explain_cases": version,
    "settings:replay": version,
    "settings:clock": nothing,
    "audit:log": nothing,
    "audit:entry": rows(LogEntry, "action"),
    "audit:history": _histories,
    "audit:export": nothing,
    "audit:chain": nothing,
    "audit:verify_chain": nothing,
    "audit:seal": rows(LogHead),
}
# Pages that reveal: the fields that each may be asked for, and the kinds of people who see the numbers.
REVEALS: dict[str, tuple[tuple[str, ...], set[str]]] = {
    "unit:reveal": (("rosters.members",), {"editor", "submitter", "shared agent"}),
    "unit:reveal_profile": (("contact_phone", "bank_account"), {"editor", "submitter", "shared agent"}),
    "desk:reveal": (("rosters.members",), {"reviewer", "bureau_officer"}),
    "desk:reveal_unit": (("contact_phone", "bank_account"), {"reviewer"}),
    "bureau:reveal": (("rosters.members",), {"bureau_officer"}),
    "bureau:objection_contact": (("objector_contact",), {"bureau_officer"}),
    "funds:tranche_account": (("payee",), {"finance_maker", "finance_checker"}),
}
# Pages behind a link that one person got by mail: what its holder sees of the place beside what is public.
LINK_TELLS: dict[str, set[str]] = {
    "public:invitation": {"stations.Invitation.name", "stations.Invitation.email", "accounts.User.full_name"},
    "verify": {
        "documents.OfficialDocument.issuers",
        # Of a certificate.
        "stations.ApplicantUnit.name",
        "stations.Station.name",
        "stations.Station.number",
        "stations.Station.plaque_title",
    },
    # Not behind a link: of all files only these are everybody's.
    "public:call_file": {"documents.Attachment.original_name", "documents.Attachment.file: content"},
}
# Answers that hand out a person's papers, marked or as they are: each leaves its entry in the log.
PAPERS = (
    "unit:file",
    "unit:evidence",
    "desk:attachment",
    "bureau:attachment",
    "bureau:evidence",
    "bureau:objection_file",
    "bureau:visit_file",
    "panel:attachment",
    "panel:visit_file",
)
# Input that names a row: field → its table. A form's field with ids to choose from must stand here or below.
RELATIONS: dict[str, type[models.Model]] = {
    "applications": Application,
    "assessments": Assessment,
    "attachment": Attachment,
    "authority": Authority,
    "entry": NoticeEntry,
    "expert": Expert,
    "experts": Expert,
    "files": Application,
    "home_authority": Authority,
    "kept_files": MaterialFile,
    "members": PanelMember,
    "post": Membership,
    "round": Round,
    "successor": UnitMember,
}
# Numbers to choose from that are no ids.
NO_RELATIONS: dict[str, str] = {
    "officers": "people belong to no place; who may be chosen, the panel's rights say",
    "level": "rungs of skill",
    "least_level": "rungs of skill",
    "reviewer": "people belong to no place; who may be chosen, the desk's rights say",
}
