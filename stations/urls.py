"""Pages of this room, by audience."""

from django.urls import path

from stations.views import desk as desk_views
from stations.views import directory, members, standing, succession
from stations.views import unit as unit_views

public = [
    path("register/", unit_views.register, name="register"),
    path("invitations/<str:token>/", members.Accept.as_view(), name="invitation"),
    path("stations/", directory.public_list, name="stations"),
    path("stations/<int:pk>/", directory.public_station, name="station"),
]

bureau = [
    path("stations/", directory.bureau_list, name="stations"),
    path("stations/<int:pk>/", directory.bureau_station, name="station"),
    path("stations/<int:pk>/suspend/", standing.decide, {"act": "suspend"}, "station_suspend"),
    path("stations/<int:pk>/resume/", standing.decide, {"act": "resume"}, "station_resume"),
    path("stations/<int:pk>/certificate/", standing.decide, {"act": "certificate"}, "station_certificate"),
]

unit = [
    path("profile/", unit_views.profile, name="profile"),
    path("profile/reveal/", unit_views.reveal_own, name="reveal_profile"),
    path("members/invite/", members.invite_member, name="invite"),
    path("members/invitations/<int:pk>/withdraw/", members.withdraw, name="withdraw_invitation"),
    path("members/<int:pk>/end/", members.end, name="end_member"),
    path("members/hand-over/", members.give_over, name="hand_over"),
    path("stations/", directory.unit_list, name="stations"),
    path("stations/<int:pk>/", directory.unit_station, name="station"),
]

desk = [
    path("units/", desk_views.units, name="units"),
    path("units/<int:pk>/", desk_views.unit, name="unit"),
    path("units/<int:pk>/reveal/", desk_views.reveal_unit, name="reveal_unit"),
    path("units/<int:pk>/approve/", desk_views.approve, name="approve_unit"),
    path("units/<int:pk>/reject/", desk_views.reject, name="reject_unit"),
    path("units/<int:pk>/successor/", succession.propose, name="propose_successor"),
    path("successions/<int:pk>/", succession.succession, name="succession"),
    path("successions/<int:pk>/confirm/", succession.confirm, name="confirm_succession"),
    path("successions/<int:pk>/refuse/", succession.refuse, name="refuse_succession"),
]
