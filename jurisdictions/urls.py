"""Pages of this room, by audience."""

from django.urls import path

from jurisdictions.views import audit as audit_views
from jurisdictions.views import clock, people, rules

public = [path("rules/", rules.rules, name="rules")]

settings = [
    path("", people.people, name="people"),
    path("people/<int:pk>/", people.appointment, name="appointment"),
    path("people/<int:pk>/end/", people.end, name="end_appointment"),
    path("clock/", clock.clock, name="clock"),
]

audit = [path("", audit_views.log, name="log")]
