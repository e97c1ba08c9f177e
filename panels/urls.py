"""Pages of this room, by audience."""

from django.urls import path

from panels.views import bureau as bureau_views
from panels.views import expert as expert_views

panel = [
    path("", expert_views.sheets, name="sheets"),
    path("sheets/<int:pk>/", expert_views.sheet, name="sheet"),
    path("sheets/<int:pk>/autosave/", expert_views.autosave, name="autosave"),
    path("sheets/<int:pk>/sign/", expert_views.sign, name="sign"),
    path("sheets/<int:pk>/recuse/", expert_views.recuse, name="recuse"),
    path("sheets/<int:pk>/files/<int:file>/", expert_views.attachment, name="attachment"),
]

bureau = [
    path("experts/", bureau_views.experts, name="experts"),
    path("panels/", bureau_views.panels, name="panels"),
    path("panels/<int:pk>/", bureau_views.panel, name="panel"),
    path("panels/<int:pk>/close/", bureau_views.close, name="panel_close"),
    path("panels/<int:pk>/experts/", bureau_views.seat, name="panel_seat"),
    path("panels/<int:pk>/experts/<int:member>/withdraw/", bureau_views.withdraw, name="withdraw_seat"),
]
