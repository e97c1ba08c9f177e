"""The API's addresses of this room, below `/api/v1/`."""

from django.urls import path

from core.api.endpoints import endpoint
from notices import api

urlpatterns = [
    path("jurisdictions/<slug:slug>/notices/", endpoint(api.Notices), name="notices"),
    path("jurisdictions/<slug:slug>/notices/<int:pk>/", endpoint(api.Notice), name="notice"),
]
