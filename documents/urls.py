"""Pages of this room, by audience."""

from django.urls import path

from documents import views

# Outside every jurisdiction's address: whoever holds a printed paper knows its code only.
verify = views.verify

public = [path("papers/<slug:code>/", views.paper, name="paper")]
