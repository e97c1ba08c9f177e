"""Pages of this room, by audience."""

from django.urls import path

from applications.views import bureau as bureau_views
from applications.views import (
    call,
    chapter,
    designation,
    drawing,
    falsity,
    handing_in,
    home,
    lists,
    materials,
    parts,
    printing,
    queue,
    renewing,
    rosters,
    scheduling,
    selection,
    self_check,
    waitlist,
)
from applications.views import desk as desk_views
from applications.views import public as public_views
from applications.views import unit as unit_views

unit = [
    path("", home.home, name="home"),
    path("rounds/<int:pk>/start/", unit_views.start, name="start"),
    path("rounds/<int:pk>/renew/", renewing.renew_in, name="renew"),
    path("applications/<int:pk>/", unit_views.application, name="application"),
    path("applications/<int:pk>/sections/<slug:chapter>/", chapter.section, name="section"),
    path("applications/<int:pk>/sections/<slug:chapter>/autosave/", chapter.autosave, name="autosave"),
    path(
        "applications/<int:pk>/sections/<slug:chapter>/<str:table>/import/",
        rosters.import_roster,
        name="import_roster",
    ),
    path(
        "applications/<int:pk>/sections/<slug:chapter>/<str:table>/template/",
        rosters.template,
        name="roster_template",
    ),
    path("applications/<int:pk>/findings/", chapter.findings, name="findings"),
    path("applications/<int:pk>/materials/", materials.materials, name="materials"),
    path("applications/<int:pk>/materials/<slug:material>/add/", materials.add, name="add_file"),
    path("applications/<int:pk>/materials/<slug:material>/parts/", parts.begin, name="begin_parts"),
    path("applications/<int:pk>/materials/<slug:material>/parts/<slug:token>/", parts.part, name="part"),
    path("applications/<int:pk>/materials/<slug:material>/declare/", materials.declare, name="declare_none"),
    path("applications/<int:pk>/files/<int:file>/", materials.download, name="file"),
    path("applications/<int:pk>/files/<int:file>/remove/", materials.remove, name="remove_file"),
    path("applications/<int:pk>/print/", printing.unit_print, name="print"),
    path("applications/<int:pk>/reveal/", unit_views.reveal_numbers, name="reveal"),
    path("applications/<int:pk>/review/", handing_in.review, name="review"),
    path("applications/<int:pk>/carry-over/", unit_views.carry, name="carry_over"),
    path("applications/<int:pk>/withdraw/", handing_in.take_back, name="withdraw"),
]

public = [
    path("", public_views.home, name="home"),
    path("calls/<int:pk>/", call.call, name="call"),
    path("calls/<int:pk>/files/<int:file>/", call.call_file, name="call_file"),
    path("self-check/", self_check.self_check, name="self_check"),
]

desk = [
    path("", queue.queue, name="queue"),
    path("batch/", queue.batch, name="batch"),
    path("lists/", lists.lists, name="lists"),
    path("rounds/<int:pk>/list/", lists.list_new, name="list_new"),
    path("lists/<int:pk>/", lists.list_page, name="list"),
    path("lists/<int:pk>/sheet/", lists.list_sheet, name="list_sheet"),
    path("lists/<int:pk>/files/<int:file>/return/", lists.list_return, name="list_return"),
    path("files/<int:pk>/", desk_views.file, name="file"),
    path("files/<int:pk>/print/", printing.desk_print, name="print"),
    path("match/", printing.desk_match, name="match"),
    path("files/<int:pk>/reveal/", desk_views.reveal_numbers, name="reveal"),
    path("files/<int:pk>/assign/", desk_views.assign_file, name="assign"),
    path("files/<int:pk>/look/", desk_views.look, name="look"),
    path("files/<int:pk>/disagree/", desk_views.disagree_file, name="disagree"),
    path("files/<int:pk>/forward/", desk_views.forward_file, name="forward"),
    path("files/<int:pk>/return/", desk_views.return_file, name="return"),
    path("files/<int:pk>/reject/", desk_views.reject_file, name="reject"),
    path("files/<int:pk>/accept/", desk_views.accept_file, name="accept"),
    path("files/<int:pk>/falsity/", falsity.falsity, name="falsity"),
    path("files/<int:pk>/falsity/evidence/", falsity.evidence, name="falsity_evidence"),
    path("files/<int:pk>/materials/<slug:material>/", desk_views.bring, name="bring"),
    path("files/<int:pk>/materials/remove/<int:file>/", desk_views.remove, name="remove"),
    path("files/<int:pk>/attachments/<int:file>/", desk_views.attachment, name="attachment"),
]

bureau = [
    path("rounds/<int:pk>/designation/", designation.designation, name="designation"),
    path("rounds/<int:pk>/notice/", designation.start_notice, name="start_notice"),
    path("rounds/<int:pk>/waitlist/", waitlist.stand_by, name="stand_by"),
    path("rounds/<int:pk>/waitlist/call-up/", waitlist.call_first, name="call_up"),
    path("rounds/<int:pk>/signoff/", designation.signoff, name="signoff"),
    path("rounds/", bureau_views.rounds, name="rounds"),
    path("rounds/new/", bureau_views.round_new, name="round_new"),
    path("rounds/<int:pk>/", bureau_views.round_board, name="round"),
    path("rounds/<int:pk>/edit/", bureau_views.round_edit, name="round_edit"),
    path("rounds/<int:pk>/open/", bureau_views.round_open, name="round_open"),
    path("rounds/<int:pk>/scheme/", selection.round_scheme, name="round_scheme"),
    path("rounds/<int:pk>/schedule/", scheduling.round_schedule, name="round_schedule"),
    path("rounds/<int:pk>/files/", scheduling.call_files, name="call_files"),
    path("rounds/<int:pk>/files/<int:file>/", scheduling.call_file, name="call_file"),
    path("rounds/<int:pk>/files/<int:file>/remove/", scheduling.call_file_remove, name="call_file_remove"),
    path("rounds/<int:pk>/panel/", selection.panel_new, name="panel_new"),
    path("rounds/<int:pk>/draw/", drawing.draw_new, name="draw_new"),
    path("draws/<int:pk>/use/", drawing.draw_use, name="draw_use"),
    path("rounds/<int:pk>/list/", selection.decision_list, name="list"),
    path("applications/<int:pk>/", bureau_views.application, name="application"),
    path("match/", printing.bureau_match, name="match"),
    path("applications/<int:pk>/reveal/", bureau_views.reveal_numbers, name="reveal"),
    path("applications/<int:pk>/attachments/<int:file>/", bureau_views.attachment, name="attachment"),
]
