"""Pages of this room, by audience."""

from django.urls import path

from panels.views import bureau as bureau_views
from panels.views import discussion as discussion_views
from panels.views import draws as draw_views
from panels.views import enrolling as enrolling_views
from panels.views import expert as expert_views
from panels.views import register as register_views
from panels.views import visits as visit_views

panel = [
    path("", expert_views.sheets, name="sheets"),
    path("seats/<int:pk>/decline/", expert_views.decline, name="decline"),
    path("sheets/<int:pk>/", expert_views.sheet, name="sheet"),
    path("sheets/<int:pk>/autosave/", expert_views.autosave, name="autosave"),
    path("sheets/<int:pk>/sign/", expert_views.sign, name="sign"),
    path("sheets/<int:pk>/reopen/", expert_views.reopen, name="reopen"),
    path("sheets/<int:pk>/recuse/", expert_views.recuse, name="recuse"),
    path("sheets/<int:pk>/files/<int:file>/", expert_views.attachment, name="attachment"),
    path("visits/<int:pk>/", visit_views.own_visit, name="visit"),
    path("visits/<int:pk>/sign/", visit_views.own_visit_sign, name="visit_sign"),
    path("visits/<int:pk>/files/", visit_views.own_visit_file_add, name="visit_file_add"),
    path("visits/<int:pk>/files/<int:file>/", visit_views.own_visit_file, name="visit_file"),
]

bureau = [
    path("experts/", bureau_views.experts, name="experts"),
    path("experts/<int:pk>/", register_views.expert, name="expert"),
    path("experts/<int:pk>/confirm/", register_views.confirm, name="expert_confirm"),
    path("experts/<int:pk>/ties/<int:tie>/end/", register_views.tie_end, name="tie_end"),
    path("draws/<int:pk>/", draw_views.draw, name="draw"),
    path("draws/<int:pk>/hold/", draw_views.hold, name="draw_hold"),
    path("draws/<int:pk>/void/", draw_views.void, name="draw_void"),
    path("draws/<int:pk>/record/", draw_views.record, name="draw_record"),
    path("panels/", bureau_views.panels, name="panels"),
    path("panels/<int:pk>/", bureau_views.panel, name="panel"),
    path("panels/<int:pk>/result/", bureau_views.workbook, name="panel_workbook"),
    path("panels/<int:pk>/report/", bureau_views.report, name="panel_report"),
    path("panels/<int:pk>/close/", bureau_views.close, name="panel_close"),
    path("panels/<int:pk>/items/<int:item>/discussion/", discussion_views.discussion, name="discussion"),
    path("panels/<int:pk>/items/<int:item>/visits/", visit_views.visits, name="visits"),
    path("visits/<int:pk>/", visit_views.visit, name="visit"),
    path("visits/<int:pk>/correct/", visit_views.visit_correct, name="visit_correct"),
    path("visits/<int:pk>/sign/", visit_views.visit_sign, name="visit_sign"),
    path("visits/<int:pk>/void/", visit_views.visit_void, name="visit_void"),
    path("visits/<int:pk>/files/", visit_views.visit_file_add, name="visit_file_add"),
    path("visits/<int:pk>/files/<int:file>/", visit_views.visit_file, name="visit_file"),
    path("panels/<int:pk>/sheets/<int:sheet>/reopen/", discussion_views.reopen, name="reopen"),
    path("reopenings/<int:pk>/grant/", discussion_views.reopening_grant, name="reopening_grant"),
    path("reopenings/<int:pk>/refuse/", discussion_views.reopening_refuse, name="reopening_refuse"),
    path("panels/<int:pk>/reserve/", bureau_views.reserve, name="panel_reserve"),
    path("panels/<int:pk>/experts/", bureau_views.seat, name="panel_seat"),
    path("panels/<int:pk>/experts/<int:member>/withdraw/", bureau_views.withdraw, name="withdraw_seat"),
    path("panels/<int:pk>/experts/<int:member>/replace/", bureau_views.replace, name="replace_seat"),
]

settings = [
    path("experts/", enrolling_views.experts_import, name="experts_import"),
    path("experts/enter/", enrolling_views.experts_enter, name="experts_enter"),
    path("experts/template/", enrolling_views.experts_template, name="experts_template"),
]
