"""Pages of this room, by audience."""

from django.urls import path

from jurisdictions.views import audit as audit_views
from jurisdictions.views import (
    authorities,
    cases,
    chain,
    clock,
    offers,
    people,
    rules,
    security,
    two_people,
    versions,
)

public = [path("rules/", rules.rules, name="rules")]

inbox = [
    path("offers/<int:pk>/", offers.offer, name="offer"),
    path("offers/<int:pk>/accept/", offers.accept, name="accept_offer"),
]

settings = [
    path("", people.people, name="people"),
    path("people/new/", people.new_person, name="new_person"),
    path("people/appoint/", people.appoint_person, name="appoint"),
    path("people/<int:pk>/", people.appointment, name="appointment"),
    path("people/<int:pk>/confirm/", people.confirm, name="confirm_appointment"),
    path("people/<int:pk>/refuse/", people.refuse, name="refuse_appointment"),
    path("people/<int:pk>/end/", people.end, name="end_appointment"),
    path("security/", security.accounts, name="accounts"),
    path("security/<int:pk>/", security.account, name="account"),
    path("security/<int:pk>/<slug:act>/", security.care, name="account_care"),
    path("authorities/", authorities.authorities, name="authorities"),
    path("two-people/", two_people.proposals, name="proposals"),
    path("two-people/<int:pk>/agree/", two_people.agree, name="agree_to_act"),
    path("two-people/<int:pk>/refuse/", two_people.refuse, name="refuse_act"),
    path("versions/", versions.versions, name="versions"),
    path("versions/new/", versions.new_version, name="new_version"),
    path("versions/readings/", versions.readings, name="readings"),
    path("versions/cases/", cases.cases, name="cases"),
    path("versions/cases/<int:pk>/withdraw/", cases.withdraw, name="withdraw_case"),
    path("versions/<int:pk>/", versions.version, name="version"),
    path("versions/<int:pk>/text/", versions.text, name="version_text"),
    path("versions/<int:pk>/activate/", versions.activate, name="activate_version"),
    path("versions/<int:pk>/refuse/", versions.refuse, name="refuse_version"),
    path("versions/<int:pk>/withdraw/", versions.withdraw, name="withdraw_version"),
    path("versions/<int:pk>/explain/", versions.explain, name="explain_cases"),
    path("versions/<int:pk>/replay/", versions.replay, name="replay"),
    path("clock/", clock.clock, name="clock"),
]

audit = [
    path("", audit_views.log, name="log"),
    path("entries/<int:pk>/", audit_views.entry, name="entry"),
    path("objects/<str:kind>/<int:number>/", audit_views.history, name="history"),
    path("export/", audit_views.export, name="export"),
    path("chain/", chain.chain, name="chain"),
    path("chain/verify/", chain.verify, name="verify_chain"),
    path("chain/seals/<int:pk>/", chain.seal, name="seal"),
]
