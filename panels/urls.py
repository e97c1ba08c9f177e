"""Pages of this room, by audience."""

from django.urls import path

from panels import views

panel = [
    path("", views.sheets, name="sheets"),
    path("sheets/<int:pk>/", views.sheet, name="sheet"),
    path("sheets/<int:pk>/autosave/", views.autosave, name="autosave"),
    path("sheets/<int:pk>/sign/", views.sign, name="sign"),
    path("sheets/<int:pk>/recuse/", views.recuse, name="recuse"),
    path("sheets/<int:pk>/files/<int:file>/", views.attachment, name="attachment"),
]

bureau = [
    path("experts/", views.experts, name="experts"),
    path("panels/", views.panels, name="panels"),
    path("panels/<int:pk>/", views.panel, name="panel"),
    path("panels/<int:pk>/close/", views.close, name="panel_close"),
    path("panels/<int:pk>/experts/", views.seat, name="panel_seat"),
]
