"""The API's addresses of this room, below `/api/v1/`."""

from django.urls import path

from core.api.endpoints import endpoint
from stations import api

urlpatterns = [
    path("jurisdictions/<slug:slug>/stations/", endpoint(api.Stations), name="stations"),
    path("jurisdictions/<slug:slug>/stations/<int:pk>/", endpoint(api.OneStation), name="station"),
]
