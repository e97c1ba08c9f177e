"""The API's addresses of this room, below `/api/v1/`."""

from django.urls import path

from core.api.endpoints import endpoint
from jurisdictions import api

urlpatterns = [
    path("jurisdictions/", endpoint(api.Jurisdictions), name="jurisdictions"),
    path("jurisdictions/<slug:slug>/rules/", endpoint(api.Rules), name="rules"),
    path("jurisdictions/<slug:slug>/rules/versions/", endpoint(api.Versions), name="rule_versions"),
    path("jurisdictions/<slug:slug>/questions/", endpoint(api.Questions), name="questions"),
    path(
        "jurisdictions/<slug:slug>/questions/<slug:kind>/",
        endpoint(api.AskQuestion, limit="question", methods=("POST",)),
        name="question",
    ),
]
