"""Pages of this room, by audience."""

from django.urls import path

from funding import views

funds = [
    path("tranches/", views.tranches, name="tranches"),
    path("tranches/<int:pk>/", views.tranche, name="tranche"),
    path("tranches/<int:pk>/approve/", views.approve, name="tranche_approve"),
    path("tranches/<int:pk>/send-back/", views.give_back, name="tranche_send_back"),
    path("tranches/<int:pk>/release/", views.order, name="tranche_release"),
    path("tranches/<int:pk>/account/", views.reveal_account, name="tranche_account"),
    path("ledger/", views.ledger, name="ledger"),
]

bureau = [path("stations/tranches/<int:pk>/", views.bureau_tranche, name="tranche")]
