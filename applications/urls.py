"""Pages of this room, by audience."""

from django.urls import path

from applications.views import bureau as bureau_views
from applications.views import (
    call,
    designation,
    drawing,
    home,
    materials,
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
    path("applications/<int:pk>/", unit_views.application, name="application"),
    path("applications/<int:pk>/sections/<slug:chapter>/", unit_views.section, name="section"),
    path("applications/<int:pk>/sections/<slug:chapter>/autosave/", unit_views.autosave, name="autosave"),
    path("applications/<int:pk>/findings/", unit_views.findings, name="findings"),
    path("applications/<int:pk>/materials/", materials.materials, name="materials"),
    path("applications/<int:pk>/materials/<slug:material>/add/", materials.add, name="add_file"),
    path("applications/<int:pk>/materials/<slug:material>/declare/", materials.declare, name="declare_none"),
    path("applications/<int:pk>/files/<int:file>/", materials.download, name="file"),
    path("applications/<int:pk>/files/<int:file>/remove/", materials.remove, name="remove_file"),
    path("applications/<int:pk>/reveal/", unit_views.reveal_numbers, name="reveal"),
    path("applications/<int:pk>/review/", unit_views.review, name="review"),
    path("applications/<int:pk>/carry-over/", unit_views.carry, name="carry_over"),
    path("applications/<int:pk>/withdraw/", unit_views.take_back, name="withdraw"),
]

public = [
    path("", public_views.home, name="home"),
    path("calls/<int:pk>/", call.call, name="call"),
    path("self-check/", self_check.self_check, name="self_check"),
]

desk = [
    path("", desk_views.queue, name="queue"),
    path("files/<int:pk>/", desk_views.file, name="file"),
    path("files/<int:pk>/reveal/", desk_views.reveal_numbers, name="reveal"),
    path("files/<int:pk>/forward/", desk_views.forward_file, name="forward"),
    path("files/<int:pk>/return/", desk_views.return_file, name="return"),
    path("files/<int:pk>/reject/", desk_views.reject_file, name="reject"),
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
    path("rounds/<int:pk>/panel/", selection.panel_new, name="panel_new"),
    path("rounds/<int:pk>/draw/", drawing.draw_new, name="draw_new"),
    path("draws/<int:pk>/use/", drawing.draw_use, name="draw_use"),
    path("rounds/<int:pk>/list/", selection.decision_list, name="list"),
    path("applications/<int:pk>/", bureau_views.application, name="application"),
    path("applications/<int:pk>/reveal/", bureau_views.reveal_numbers, name="reveal"),
    path("applications/<int:pk>/attachments/<int:file>/", bureau_views.attachment, name="attachment"),
]
