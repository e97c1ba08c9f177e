"""Pages of this room, by audience."""

from django.urls import path

from assessments.views import bureau as bureau_views
from assessments.views import cycles as cycle_views
from assessments.views import drawing as drawing_views
from assessments.views import endings as ending_views
from assessments.views import unit as unit_views

unit = [
    path("assessments/", unit_views.assessments, name="assessments"),
    path("assessments/<int:pk>/", unit_views.assessment, name="assessment"),
    path("assessments/<int:pk>/autosave/", unit_views.autosave, name="assessment_autosave"),
    path("assessments/<int:pk>/evidence/", unit_views.add_file, name="assessment_evidence"),
    path("evidence/<int:pk>/", unit_views.file, name="evidence"),
    path("evidence/<int:pk>/remove/", unit_views.remove_file, name="evidence_remove"),
    path("stations/<int:pk>/deregister/", ending_views.ask, name="station_deregister"),
    path("endings/<int:pk>/withdraw/", ending_views.take_back, name="ending_withdraw"),
]

bureau = [
    path("assessments/", bureau_views.assessments, name="assessments"),
    path("assessments/<int:pk>/", bureau_views.assessment, name="assessment"),
    path("assessments/<int:pk>/score/", bureau_views.score, name="assessment_score"),
    path("assessments/<int:pk>/score/autosave/", bureau_views.autosave_score, name="score_autosave"),
    path("assessments/<int:pk>/judge/", bureau_views.give_grade, name="assessment_judge"),
    path("assessments/<int:pk>/file/", bureau_views.take_on_file, name="assessment_file"),
    path("assessments/<int:pk>/return/", bureau_views.give_back, name="assessment_return"),
    path("assessments/<int:pk>/finalise/", bureau_views.make_final, name="assessment_finalise"),
    path("assessments/<int:pk>/send-back/", bureau_views.to_assessor, name="assessment_send_back"),
    path("assessments/<int:pk>/rectify/", bureau_views.rectify, name="assessment_rectify"),
    path("assessments/<int:pk>/rectified/", bureau_views.rectified, name="assessment_rectified"),
    path("evidence/<int:pk>/", bureau_views.evidence, name="evidence"),
    path("assessments/cycles/<int:pk>/", cycle_views.cycle, name="cycle"),
    path("assessments/cycles/<int:pk>/scheme/", cycle_views.cycle_scheme, name="cycle_scheme"),
    path("assessments/cycles/<int:pk>/panel/", cycle_views.cycle_panel, name="cycle_panel"),
    path("assessments/cycles/<int:pk>/draw/", drawing_views.cycle_draw, name="cycle_draw"),
    path("assessments/draws/<int:pk>/use/", drawing_views.cycle_draw_use, name="cycle_draw_use"),
    path("assessments/cycles/<int:pk>/fix/", cycle_views.cycle_fix, name="cycle_fix"),
    path("stations/<int:pk>/determinations/", cycle_views.determinations, name="determinations"),
    path("stations/<int:pk>/revoke/", ending_views.propose, name="station_revoke"),
    path("endings/<int:pk>/", ending_views.ending, name="ending"),
    path("endings/<int:pk>/refuse/", ending_views.refuse, name="ending_refuse"),
    path("endings/<int:pk>/withdraw/", ending_views.withdraw, name="ending_withdraw"),
]
