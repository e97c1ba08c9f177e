"""Pages of this room, by audience."""

from django.urls import path

from deadlines import views

inbox = [
    path("", views.inbox, name="list"),
    path("<int:pk>/read/", views.read, name="read"),
    path("read/", views.read_all, name="read_all"),
]
