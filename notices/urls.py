"""Pages of this room, by audience."""

from django.urls import path

from notices import views

public = [
    path("notices/", views.public_list, name="notices"),
    path("notices/<int:pk>/", views.public_notice, name="notice"),
    path("objections/", views.objection_state, name="objection_state"),
]

bureau = [
    path("notices/", views.bureau_list, name="notices"),
    path("notices/<int:pk>/", views.bureau_notice, name="notice"),
    path("notices/<int:pk>/publish/", views.publish, name="notice_publish"),
    path("notices/<int:pk>/withdraw/", views.withdraw, name="notice_withdraw"),
    path("objections/<int:pk>/", views.objection, name="objection"),
    path("objections/<int:pk>/steps/", views.objection_step, name="objection_step"),
    path("objections/<int:pk>/lead/take-up/", views.objection_lead, {"act": "take-up"}, "objection_take_up"),
    path("objections/<int:pk>/lead/file/", views.objection_lead, {"act": "file"}, "objection_archive"),
    path("objections/files/<int:pk>/", views.objection_file, name="objection_file"),
    path("objections/<int:pk>/contact/", views.reveal_contact, name="objection_contact"),
]
