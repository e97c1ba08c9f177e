"""The address plan: portal, then `/<jurisdiction>/` with the public's pages and one prefix an audience.

Each room lists its pages by audience in its `urls.py` (`unit = [...]`, `desk = [...]`);
here they are put together, so that an audience has one namespace whatever the room.
"""

from types import ModuleType
from typing import Any

from django.conf import settings
from django.urls import include, path

import accounts.urls
import applications.urls
import assessments.urls
import core.views
import deadlines.urls
import documents.urls
import funding.urls
import jurisdictions.urls
import notices.urls
import panels.urls
import stations.urls
from config import api, platform, views

ROOMS: tuple[ModuleType, ...] = (
    accounts.urls,
    jurisdictions.urls,
    documents.urls,
    deadlines.urls,
    notices.urls,
    panels.urls,
    stations.urls,
    applications.urls,
    assessments.urls,
    funding.urls,
)
# Audience → prefix below the jurisdiction's address.
AUDIENCES = {
    "public": "",
    "inbox": "inbox/",
    "unit": "unit/",
    "desk": "desk/",
    "panel": "panel/",
    "bureau": "bureau/",
    "funds": "funds/",
    "settings": "settings/",
    "audit": "audit/",
}


def _pages_for(audience: str) -> list[Any]:
    return [page for room in ROOMS for page in getattr(room, audience, [])]


urlpatterns = [
    path("", views.portal, name="portal"),
    path("home/", views.home, name="home"),
    path("healthz/", core.views.healthz, name="healthz"),
    path("accounts/", include((accounts.urls.accounts, "accounts"))),
    path("accounts/", include(accounts.urls.allauth)),
    path("verify/<slug:code>/", documents.urls.verify, name="verify"),
    path("api/v1/", include((api.urlpatterns, "api"))),
    path("platform/", include((platform.urlpatterns, "platform"))),
    *([path("components/", core.views.components, name="components")] if settings.SHOW_COMPONENTS else []),
    *(
        path(f"<slug:jurisdiction>/{prefix}", include((_pages_for(audience), audience)))
        for audience, prefix in AUDIENCES.items()
    ),
]
