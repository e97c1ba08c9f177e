"""Every URL pattern × every role × two places × every method, with foreign ids and a canary in every text.

`make crawl` runs it; with `CRAWL_ONLY=unit:file,desk:unit` it asks for a few pages alone. `CRAWL_BRIEF=1`
makes it brief: two stand for all kinds that have no business at a page, three for the other place.

It fails for a page that nobody reaches, one that is missing in `addresses`, a canary of the other place in a
body, a header, a file, a mail, a log, the cache or the broker, a foreign id that is told apart from an
unknown one, an unsafe request without a token that is let in, a look that writes, an inline script, and a
field that nobody asked for which lands in the database.
"""

from __future__ import annotations

import os
import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from itertools import zip_longest
from typing import Any
from urllib.parse import quote_plus, urlsplit

import pytest
import redis
from allauth.usersessions.models import UserSession
from django.apps import apps
from django.conf import settings
from django.core import mail
from django.core.cache import caches
from django.test import Client
from django.urls import Resolver404, get_resolver, resolve, reverse

from accounts import sessions
from applications.models import Application
from assessments.models import Assessment
from config import demo as demonstration
from core import chain, outbox
from core.models import OutboxMessage
from core.tenancy import TenantModel
from documents import contents
from documents.handing import COPY
from documents.models import Attachment, OfficialDocument
from funding.models import Tranche
from jurisdictions.models import Jurisdiction
from panels.models import Expert
from stations.models import Invitation, UnitMember
from tests.crawl import addresses
from tests.crawl.addresses import (
    JSON_BODIES,
    NO_RELATIONS,
    PLACE,
    PORTAL,
    RELATIONS,
    REVEALS,
    UNKNOWN,
    WORDS,
    Arguments,
)
from tests.crawl.building import SLUGS, Place
from tests.crawl.forms import TYPED, Form, forms_of
from tests.crawl.loading import everything_else, newest_id, plainly
from tests.crawl.planting import (
    BOTH,
    FILES,
    NOBODY,
    NOT_PLANTED,
    OTHER_TABLES,
    tenant_models,
    text_columns,
)
from tests.crawl.visiting import Answer, Visitor
from tests.crawl.watching import Watch, beside_refusals, other, tokens_in
from tests.crawl.world import Crawled, Listener
from tests.database import SUPERUSER, connected_as
from tests.urls import patterns

pytestmark = [pytest.mark.crawl, pytest.mark.django_db(transaction=True)]
PAGES = {page.name: page for page in patterns(get_resolver())}
ONLY = [name for name in os.environ.get("CRAWL_ONLY", "").split(",") if name]
BRIEF = os.environ.get("CRAWL_BRIEF", "") == "1"
ASKED = [name for name in PLACE if not ONLY or name in ONLY]
COPY_LINK = f"?{COPY}=1".encode()
# Whoever belongs to the place comes in there: it opens none of the other pages beside it.
OPEN_TO_ALL = ("settings:clock",)
ODD_METHODS = ("PUT", "PATCH", "DELETE", "OPTIONS")
TOKEN = re.compile(rb'name="csrfmiddlewaretoken" value="\w+"')
# What a form is sent where no page of this visitor shows it.
USUAL = {"reason": TYPED, "text": TYPED, "action": "submit", "declared": "yes", "next": "//evil.example/"}
# What anybody may read of a place.
PUBLIC_COLUMNS = {
    "applications.CallFile.label",
    "applications.Round.announcement",
    "applications.Round.title",
    "applications.ScheduleChange.reason",
    "applications.ScheduleChange.reference",
    "documents.OfficialDocument.html",
    "documents.OfficialDocument.number",
    "documents.OfficialDocument.title",
    "jurisdictions.Authority.name",
    "jurisdictions.Authority.short_name",
    "jurisdictions.RuleProfile.text",
    "notices.NoticeEntry.station_name",
    "notices.NoticeEntry.unit_name",
    "notices.PublicNotice.body",
    "notices.PublicNotice.change_reason",
    "notices.PublicNotice.clause",
    "notices.PublicNotice.contact",
    "notices.PublicNotice.explanation",
    "notices.PublicNotice.title",
    "stations.ApplicantUnit.name",
    "stations.Station.leader_name",
    "stations.Station.name",
    "stations.Station.number",
    "stations.Station.plaque_title",
    "stations.Station.trade",
}
# Pages that one of the two texts has no use for.
NOT_IN: dict[str, dict[str, str]] = {
    "qinshui": {
        "bureau:assessment_judge": "a score sheet gives the grade",
        "unit:station_deregister": "the text knows no ending by the unit's wish",
    },
    "gaoming": {
        "bureau:assessment_score": "the text has no score sheet",
        "bureau:score_autosave": "the text has no score sheet",
        "bureau:cycle_panel": "no panel assesses",
        "bureau:cycle_draw_use": "no panel assesses",
        "bureau:cycle_scheme": "no panel assesses",
        "bureau:signoff": "one body signs alone",
        "desk:bring": "the first desk brings no paper",
        "unit:station_deregister": "the text knows no ending by the unit's wish",
    },
}


def test_every_pattern_is_in_the_crawl() -> None:
    assert set(PAGES) == set(PORTAL) | set(PLACE)


def test_every_table_is_a_place_s_or_named() -> None:
    others = {
        model._meta.label
        for model in apps.get_models(include_auto_created=True)
        if not issubclass(model, TenantModel) and text_columns(model)
    }
    assert others == set(OTHER_TABLES)


def test_every_text_bears_a_canary_or_says_why_not(crawled: Crawled) -> None:
    for slug in SLUGS:
        wanted = {
            f"{model._meta.label}.{column.name}"
            for model in [*tenant_models(), type(crawled.places[slug].people["officer"])]
            for column in text_columns(model)
        }
        planted = crawled.canaries.columns(slug) - set(FILES.values())
        assert sorted(wanted - planted - set(NOT_PLANTED)) == [], f"{slug}: neither planted nor excused"
        assert sorted(set(NOT_PLANTED) - (wanted - planted)) == [], f"{slug}: excused for nothing"


# --- who, and what they ask for -------------------------------------------------------


def visitors_of(place: Place) -> list[Visitor]:
    """Everybody of a place, but people who are the same to the house as one already chosen."""
    chosen: dict[Any, Visitor] = {}
    with place.in_scope():
        for key, user in place.people.items():
            if not user.is_active:
                continue
            posts = tuple(
                user.memberships.filter(state="live").values_list("authority", "role").order_by("pk")
            )
            roles = "+".join(sorted({role for _, role in posts}))
            same, kind = _in_units(user) or ((posts, roles) if posts else _without_post(user, key))
            if same not in chosen:
                chosen[same] = Visitor(f"{place.slug}:{key}", frozenset({place.slug}), user, kind=kind)
    return list(chosen.values())


def _without_post(user: Any, key: str) -> tuple[Any, str]:
    if not Expert.objects.filter(user=user).exists():
        return key, "nothing yet"
    return ("expert", key[-1] == "1"), "expert"


def _in_units(user: Any) -> tuple[Any, str] | None:
    """For members of a unit: the unit's newest things, and their role."""
    member = UnitMember.objects.filter(user=user).select_related("unit").first()
    if member is None:
        return None
    return (member.role, member.unit.state, *_newest(member.unit)), member.role


def _newest(unit: Any) -> Iterator[tuple[str, int]]:
    """The applications and reports that the pages are asked for, where they are this unit's."""
    for model, path in ((Application, "unit"), (Assessment, "station__unit")):
        newest = dict(model.objects.order_by("pk").values_list("state", "pk"))
        mine = model.objects.filter(**{path: unit}, pk__in=newest.values())
        yield from mine.order_by("pk").values_list("state", "pk")


def of_each_kind(visitors: list[Visitor]) -> list[Visitor]:
    """One of them for each kind of post."""
    kinds: dict[str, Visitor] = {}
    for who in visitors:
        kinds.setdefault(who.kind, who)
    return list(kinds.values())


def halfway(world: Crawled) -> Visitor:
    """Somebody who has given the right password and is asked for the second factor."""
    client = Client()
    name = world.halfway.username
    client.post(reverse("accounts:login"), {"login": name, "password": demonstration.PASSWORD})
    who = Visitor("halfway", account=world.halfway, kind="halfway")
    who.cookies[settings.SESSION_COOKIE_NAME] = client.cookies[settings.SESSION_COOKIE_NAME].value
    return who


def late(place: Place) -> Visitor:
    """Somebody whose last confirmation is long ago, and who has sent a weighty form since: it is kept."""
    who = Visitor(f"{place.slug}:late", frozenset({place.slug}), place.people["checker"], kind="late")
    session = who.session
    session[sessions.CONFIRMED] = 0
    session.save()
    with place.in_scope():
        tranche = Tranche.objects.order_by("pk").values_list("pk", flat=True)[0]
    path = reverse("funds:tranche_release", kwargs={"jurisdiction": place.slug, "pk": tranche})
    client = Client()
    client.cookies[settings.SESSION_COOKIE_NAME] = session.session_key
    answer = client.post(path, {"reason": TYPED})
    assert answer.headers["Location"].startswith(reverse("accounts:reauthenticate")), answer
    return who


class Crawl:
    """One place's addresses, asked for by everybody."""

    def __init__(self, world: Crawled, slug: str) -> None:
        self.world, self.slug = world, slug
        self.here, self.there = world.places[slug], world.places[other(slug, SLUGS)]
        self.anybody = Visitor("anybody")
        self.shared = [
            Visitor(f"both:{key}", frozenset(SLUGS), user, kind=f"shared {key}")
            for key, user in self.here.shared.items()
        ]
        self.locals = [*visitors_of(self.here), *self.shared]
        agent = world.canaries.new(NOBODY, "usersessions.UserSession.user_agent", world.operator.pk)
        self.operator = Visitor("operator", user=world.operator, kind="operator", agent=agent)
        self.strangers = [*visitors_of(self.there), self.operator]
        self.halfway = halfway(world)
        self.late = late(self.here)
        everybody = [self.anybody, *self.locals, *self.strangers, self.halfway, self.late]
        accounts = defaultdict(set)
        for token, (_, column, key) in world.canaries.where.items():
            if column.startswith(("accounts.User.", "usersessions.")):
                accounts[key].add(token)
        self.watch = Watch(
            canaries=world.canaries,
            tenants={one: place.jurisdiction.pk for one, place in world.places.items()},
            own={who.name: accounts[who.account.pk] for who in everybody if who.account},
            public_columns=PUBLIC_COLUMNS,
        )
        self.forms_tried = self.declared = self.relations_tried = 0
        self.newest = newest_id()
        self.firsts = [self.anybody, *of_each_kind(self.locals)]
        # Who stands for those that have no business at a page: somebody of each kind, or two.
        self.outsiders = self.firsts[:2] if BRIEF else self.firsts
        guests = of_each_kind(self.strangers)
        self.guests = [*guests[:2], self.operator] if BRIEF else guests
        # Which kinds of people come in at which audience's pages.
        self.doors: set[tuple[str, str]] = set()
        # (pattern, method, kind of people) → what was opened.
        self.opened: dict[tuple[str, str, str], list[Arguments]] = defaultdict(list)
        self.headed: set[tuple[str, str]] = set()
        self.methods: dict[tuple[str, str], bool] = {}
        # Pattern → statuses of those that got further than the door.
        self.reached: dict[str, set[int]] = defaultdict(set)
        # Pattern → what those were answered who got no further than its door.
        self.refused: dict[str, Counter[int]] = defaultdict(Counter)
        # Pattern → (visitor, path, form) as pages showed it.
        self.forms: dict[str, dict[tuple[str, str], tuple[Visitor, Form]]] = defaultdict(dict)
        with self.here.in_scope():
            self.objects = {name: objects() for name, objects in PLACE.items()}
        with self.there.in_scope():
            self.foreign = {name: objects() for name, objects in PLACE.items()}

    def path(self, name: str, arguments: Arguments) -> str:
        return reverse(name, kwargs={"jurisdiction": self.slug, **arguments})

    def ask(self, who: Visitor, name: str, method: str, path: str, data: Any = None, **more: Any) -> Answer:
        """One request, looked at."""
        answer = who.ask(method, path, data, **more)
        self.watch.look(who, PAGES[name], self.slug, method, urlsplit(path).path, answer)
        return answer

    # --- reading --------------------------------------------------------------------

    def read(self) -> None:
        """GET by everybody; by those who belong here of every object, and HEAD where there was something."""
        for name in self._doors_first():
            for who, arguments in self._round(name, "GET"):
                self._read(who, name, arguments)

    def _doors_first(self) -> list[str]:
        """The pages without an object in front: they tell who comes in where."""
        return sorted(ASKED, key=lambda name: self.objects[name] != [{}])

    def _comes_in(self, who: Visitor, name: str) -> bool:
        """Whether the person's kind has business among the pages of this audience."""
        return (who.kind, name.partition(":")[0]) in self.doors

    def _at_the_door(self, name: str) -> list[Visitor]:
        """Who asks for a page at which it is not known yet, or known not to be, that the kind comes in."""
        return self.firsts if self.objects[name] == [{}] else self.outsiders

    def _round(self, name: str, method: str) -> Iterator[tuple[Visitor, Arguments]]:
        """Who asks for what: one of each kind for every object, or for one where the kind has no business;
        then the others of the kind for what was not theirs.
        """
        objects = self.objects[name]
        for who in [self.anybody, *self.locals]:
            known = self.opened[name, method, who.kind]
            if not self._comes_in(who, name) or not self.takes(name, method):
                chosen = objects[:1] if who in self._at_the_door(name) else []
            elif who in self.firsts:
                chosen = objects
            else:
                chosen = [one for one in objects if one and one not in known]
            for arguments in chosen:
                yield who, arguments
        for who in self.guests:
            for arguments in objects[:1]:
                yield who, arguments

    def _read(self, who: Visitor, name: str, arguments: Arguments) -> None:
        path = self.path(name, arguments)
        answer = self.ask(who, name, "GET", f"{path}?next=//evil.example/")
        if not 200 <= answer.status < 300:
            return
        self.reached[name].add(answer.status)
        if name not in OPEN_TO_ALL:
            self.doors.add((who.kind, name.partition(":")[0]))
        self.opened[name, "GET", who.kind].append(arguments)
        if self.slug in who.slugs or who is self.anybody:
            if (name, who.kind) not in self.headed:
                self.headed.add((name, who.kind))
                self.ask(who, name, "HEAD", path)
                if COPY_LINK in answer.body:
                    self.ask(who, name, "GET", f"{path}?{COPY}=1")
            if answer.is_html and b'method="post"' in answer.body:
                self._gather(who, path, answer.body)

    def _gather(self, who: Visitor, path: str, body: bytes) -> None:
        for form in forms_of(body):
            action = form.action or path
            try:
                found = resolve(urlsplit(action).path)
            except Resolver404:
                self.watch.fault("form leads nowhere", path, action)
                continue
            self.forms[found.view_name].setdefault((who.name, action), (who, form))

    # --- writing --------------------------------------------------------------------

    def data_for(self, who: Visitor, name: str, path: str) -> dict[str, Any]:
        """What this person's own page would send there; else what somebody's would; else the usual words."""
        shown = self.forms[name]
        found = shown.get((who.name, path)) or next(iter(shown.values()), None)
        with self.here.in_scope():
            return {**USUAL, **found[1].filled()} if found else dict(USUAL)

    def write(self) -> None:
        """POST by everybody, empty and filled in."""
        for name in ASKED:
            for who, arguments in self._round(name, "POST"):
                self._write(who, name, arguments)

    def takes(self, name: str, method: str) -> bool:
        """Whether a page knows this method, as it tells somebody who comes in there."""
        known = self.methods.get((name, method))
        if known is None:
            inside = (who for who in self.firsts if self._comes_in(who, name))
            path = self.path(name, (self.objects[name] or [_unknown(name)])[0])
            known = next(inside, self.locals[0]).ask(method, path).status != 405
            self.methods[name, method] = known
        return known

    def _write(self, who: Visitor, name: str, arguments: Arguments) -> None:
        path = self.path(name, arguments)
        first = not any(200 <= status < 400 for status in self.reached[f"{name} POST"])
        after = self._afterwards if first else None
        for data in self._what_to_send(who, name, path, arguments):
            answer = self.ask(who, name, "POST", path, data, after=after)
            inside = 200 <= answer.status < 400 and not answer.asks_to_sign_in
            self.refused[name][answer.status] += not inside
            if inside:
                self.reached[name].add(answer.status)
                self.reached[f"{name} POST"].add(answer.status)
                self.opened[name, "POST", who.kind].append(arguments)
            if after and answer.aftermath:
                # Whoever set it off, it is told among the people of this place.
                for token in answer.aftermath & self.watch.canaries.where.keys():
                    if self.watch.canaries.where[token][0] not in (self.slug, BOTH):
                        self.watch.fault("sent", name, f"{path} as {who.name}: {token.decode()}")

    def _what_to_send(
        self, who: Visitor, name: str, path: str, arguments: Arguments
    ) -> Iterator[dict[str, Any]]:
        """What its form asks for; by those who come in there also nothing, and each field to reveal."""
        yield self.data_for(who, name, path)
        if who is not self.anybody and not self._comes_in(who, name):
            return
        if arguments == (self.objects[name] or [{}])[0]:
            yield {}
        if name in REVEALS:
            yield from ({"field": one, "reason": "other", "note": TYPED} for one in REVEALS[name][0])

    def _afterwards(self, response: Any) -> set[bytes]:
        """Carries out what the request left to be done; the canaries of its mails and messages."""
        if response.status_code >= 400:
            return set()
        before = len(mail.outbox)
        with self.here.in_scope():
            waiting = OutboxMessage.objects.filter(done_at__isnull=True)
            payloads = [str(payload) for payload in waiting.values_list("payload", flat=True)]
            outbox.relay_all()
        texts = [*payloads, *(_words(one) for one in mail.outbox[before:])]
        return tokens_in(" ".join(texts).encode())

    # --- ids from elsewhere -----------------------------------------------------------

    def ids_from_elsewhere(self) -> None:
        """An id of the other place is answered as one that nothing bears: 404, and the same page."""
        for name in ASKED:
            for arguments, unknown in self._variants(name):
                for who in self._insiders_and_outsiders(name):
                    for method in ("GET", "POST"):
                        if self.takes(name, method):
                            self._same_answer(who, name, method, arguments, unknown)

    def _insiders_and_outsiders(self, name: str) -> list[Visitor]:
        return [who for who in self.firsts if who in self.outsiders or self._comes_in(who, name)]

    def _variants(self, name: str) -> Iterator[tuple[Arguments, Arguments]]:
        """Arguments with an id from elsewhere in them, beside the same with an id that nothing bears."""
        ours, theirs = self.objects[name], self.foreign[name]
        if not ours or not theirs:
            return
        mine, foreign = ours[0], theirs[0]
        assert mine.keys() == foreign.keys()
        ids = [key for key in foreign if key not in WORDS]
        if ids:
            yield {**foreign}, {**foreign, **{key: UNKNOWN[key] for key in ids}}
        # Something of the other place under an object of this one.
        for key in ids[1:]:
            for arguments in ours:
                yield {**arguments, key: foreign[key]}, {**arguments, key: UNKNOWN[key]}

    def _same_answer(
        self, who: Visitor, name: str, method: str, arguments: Arguments, unknown: Arguments
    ) -> None:
        data = dict(USUAL) if method == "POST" else None
        path = self.path(name, arguments)
        answer = self.ask(who, name, method, path, data)
        if answer.status not in (404, 405) and not answer.asks_to_sign_in:
            self.watch.fault("foreign id let in", name, f"{method} {path} as {who.name}: {answer.status}")
        # Who does not come in at all is answered before any id is looked at.
        if who is not self.anybody and not self._comes_in(who, name):
            return
        nowhere = self.path(name, unknown)
        expected = self.ask(who, name, method, nowhere, data)
        if _told(answer, path) != _told(expected, nowhere):
            self.watch.fault(
                "foreign id told apart",
                name,
                f"{method} {path} as {who.name}: {answer.status}, unknown {expected.status}",
            )

    # --- other methods, no token --------------------------------------------------------

    def odd_methods(self) -> None:
        """No page knows PUT, PATCH or DELETE; and nothing unsafe comes in without a token."""
        for name in ASKED:
            for arguments in self.objects[name][:1]:
                path = self.path(name, arguments)
                for who in [*self._insiders_and_outsiders(name), self.strangers[0]]:
                    for method in ODD_METHODS:
                        answer = self.ask(who, name, method, path)
                        if (
                            method != "OPTIONS"
                            and answer.status not in (404, 405)
                            and not answer.asks_to_sign_in
                        ):
                            self.watch.fault(
                                "odd method", name, f"{method} {path} as {who.name}: {answer.status}"
                            )
                # Asked before anybody looks at who it is: three are enough.
                for who in (*self.firsts[:2], self.strangers[0]):
                    self._without_token(who, name, "POST", path)
                self._without_token(who, name, "DELETE", path)

    def _without_token(self, who: Visitor, name: str, method: str, path: str) -> None:
        answer = self.ask(who, name, method, path, dict(USUAL) if method == "POST" else None, token=False)
        if answer.status != 403 or beside_refusals(answer.writes):
            self.watch.fault("no token", name, f"{method} {path} as {who.name}: {answer.status}")

    # --- what a form declares -----------------------------------------------------------

    def forms_as_shown(self) -> None:
        """Every form, as up to two kinds of people see it: with more fields, with foreign rows."""
        extra = everything_else(self.there)
        for name, shown in self.forms.items():
            kinds = {who.kind: (who, path, form) for (_, path), (who, form) in reversed(shown.items())}
            for who, path, form in list(kinds.values())[:2] if name in ASKED else ():
                self._only_declared(who, name, path, form, extra)
                self._only_ours(who, name, path, form)

    def _filled(self, form: Form) -> dict[str, Any]:
        with self.here.in_scope():
            return form.filled()

    def _only_declared(self, who: Visitor, name: str, path: str, form: Form, extra: dict[str, Any]) -> None:
        """Fields that the form does not have change nothing of what is written."""
        usual = self.ask(who, name, "POST", path, self._filled(form))
        unasked = {key: value for key, value in extra.items() if key not in form.names()}
        loaded = self.ask(who, name, "POST", path, {**unasked, **self._filled(form)})
        self.declared += bool(usual.writes)
        self.forms_tried += 1
        told = [plainly(answer.writes, self.newest) for answer in (usual, loaded)]
        if told[0] != told[1] or usual.status != loaded.status:
            differing = [pair for pair in zip_longest(*told) if pair[0] != pair[1]]
            self.watch.fault("took what it did not ask", name, f"{path} as {who.name}: {differing[:1]}")

    def _only_ours(self, who: Visitor, name: str, path: str, form: Form) -> None:
        """A row of the other place is refused in a field as one that is nowhere."""
        for key, values in form.choices().items():
            if not values or not all(value.isdigit() for value in values) or key in NO_RELATIONS:
                continue
            if key not in RELATIONS:
                self.watch.fault("a choice of unknown rows", name, f"{path}: {key} {values[:3]}")
                continue
            with self.there.in_scope():
                foreign = str(RELATIONS[key]._default_manager.order_by("pk").values_list("pk", flat=True)[0])
            nowhere = str(UNKNOWN["pk"])
            answers = [
                self.ask(who, name, "POST", path, {**self._filled(form), key: value})
                for value in (foreign, nowhere)
            ]
            told = [_told(answer, path, foreign, nowhere) for answer in answers]
            if told[0] != told[1]:
                statuses = [answer.status for answer in answers]
                self.watch.fault("a foreign row told apart", name, f"{path} as {who.name}: {key} {statuses}")
            if any(
                foreign in map(str, written.params) for written in answers[0].writes if key in written.sql
            ):
                self.watch.fault("a foreign row taken", name, f"{path} as {who.name}: {key}")
            self.relations_tried += 1

    def unreached(self) -> dict[str, str]:
        """The patterns that nobody reached, with what was answered there."""
        return {name: str(dict(self.refused[name])) for name in ASKED if not self.reached[name]}

    def summary(self) -> str:
        requests = ", ".join(f"{count} {method}" for method, count in sorted(self.watch.asked.items()))
        visitors = [self.anybody, *self.locals, *self.strangers]
        return (
            f"crawl /{self.slug}/: {len(ASKED) - len(self.unreached())} of {len(ASKED)} patterns reached, "
            f"{sum(self.watch.asked.values())} requests ({requests}), {len(visitors)} visitors of "
            f"{len({who.kind for who in visitors})} kinds, {len(self.world.canaries.where)} canaries in "
            f"{len(self.world.canaries.columns(self.slug))} columns, {self.watch.files} files opened, "
            f"{self.forms_tried} forms loaded with fields ({self.declared} of them wrote), "
            f"{self.relations_tried} choices given foreign rows; not reached: {self.unreached()}"
        )


def _unknown(name: str) -> Arguments:
    """Arguments for a page that has nothing here."""
    wanted = {key for key, _ in PAGES[name].converters} - {"jurisdiction"}
    return {key: UNKNOWN[key] for key in wanted}


def _told(answer: Answer, path: str, *ids: str) -> tuple[int, str, str, bytes]:
    """What an answer tells, without what differs between two of the same."""
    location = answer.location.replace(path, "PATH").replace(quote_plus(path), "PATH")
    body = TOKEN.sub(b"", answer.body.replace(path.encode(), b"PATH"))
    for one in ids:
        body = re.sub(rb"\b" + one.encode() + rb"\b", b"ID", body)
    return answer.status, location, answer.cookies.get("messages", ""), body


def _words(message: Any) -> str:
    return " ".join([message.subject, message.body, *message.recipients(), str(message.extra_headers)])


def _all_wrong(watch: Watch) -> str:
    return "\n".join(f"{rule}: {name}: {detail}" for (rule, name), detail in sorted(watch.faults.items()))


@pytest.mark.parametrize("slug", SLUGS)
def test_everybody_asks_for_everything(
    crawled: Crawled, slug: str, logged: Listener, record_property: Any
) -> None:
    crawl = Crawl(crawled, slug)
    crawl.read()
    crawl.write()
    crawl.ids_from_elsewhere()
    crawl.odd_methods()
    crawl.forms_as_shown()
    record_property("crawl", crawl.summary())
    wrong = _all_wrong(crawl.watch)
    assert not wrong, wrong
    assert nowhere_else(logged) == []
    if not ONLY:
        assert sorted(crawl.unreached()) == sorted(NOT_IN[slug]), crawl.unreached()
        assert crawl.watch.seen_by_public == PUBLIC_COLUMNS
        assert crawl.watch.revealed == {name: kinds for name, (_, kinds) in REVEALS.items()}


def nowhere_else(logged: Listener) -> list[str]:
    """Canaries in what is written down beside the database: logs, cache, broker. Nobody's belong there."""
    found = [line for line in logged.lines if tokens_in(line.encode())]
    found += [
        str(key) for key, value in caches["default"]._cache.items() if tokens_in(f"{key}{value}".encode())
    ]
    valkey = redis.Redis.from_url(settings.REDIS_URL)
    for key in valkey.scan_iter():
        kind = valkey.type(key)
        value = {
            b"string": valkey.get,
            b"list": lambda k: valkey.lrange(k, 0, -1),
            b"hash": valkey.hgetall,
        }.get(kind, lambda k: b"")(key)
        if tokens_in(key + str(value).encode()):
            found.append(key.decode())
    return found


def test_mail_of_a_place_tells_of_that_place_alone(crawled: Crawled) -> None:
    for slug, place in crawled.places.items():
        own = {user.email for user in (*place.people.values(), *place.shared.values())}
        with place.in_scope():
            own |= set(Invitation.objects.values_list("email", flat=True))
        assert len(crawled.mails[slug]) > 20
        for message in crawled.mails[slug]:
            tokens = tokens_in(_words(message).encode())
            told = {crawled.canaries.where[token][0] for token in tokens}
            assert slug in told, message.subject
            assert told <= {slug, BOTH}, message.subject
            assert not tokens & crawled.canaries.sealed, message.subject
            assert set(message.recipients()) <= own


def test_files_of_a_place_hold_that_place_alone(crawled: Crawled) -> None:
    for slug, place in crawled.places.items():
        with place.in_scope():
            uploads = list(Attachment.objects.all())
            papers = [one.pdf for one in OfficialDocument.objects.all()]
            payloads = [str(one.payload) for one in OutboxMessage.objects.all()]
            opened = [contents.content_of(one) for one in uploads]
        assert {one.personal for one in uploads} == {True, False}
        assert all(one.file.name.startswith(f"{place.jurisdiction.pk}/") for one in uploads)
        for content in opened:
            assert {crawled.canaries.where[token][0] for token in tokens_in(content)} == {slug}
        for upload in uploads:
            with upload.file.open("rb") as file:
                assert bool(tokens_in(file.read())) != upload.personal, "personal papers lie sealed"
        for paper in papers:
            with paper.open("rb") as file:
                tokens = tokens_in(file.read())
            assert {crawled.canaries.where[token][0] for token in tokens} == {slug}, paper.name
            assert not tokens & crawled.canaries.sealed
        assert {crawled.canaries.where[token][0] for token in tokens_in(str(payloads).encode())} <= {slug}


def test_the_log_is_whole_after_all_that(crawled: Crawled) -> None:
    for place in crawled.places.values():
        with place.in_scope():
            outcome = chain.verify()
        assert (outcome.fault, outcome.entries > 200) == (None, True)


def test_no_number_stands_in_any_table(crawled: Crawled) -> None:
    """As whoever takes the whole database away would read it."""
    tables = {model._meta.db_table for model in apps.get_models(include_auto_created=True)}
    with connected_as(SUPERUSER["USER"]) as link:
        for table in sorted(tables):
            for (row,) in link.execute(f'SELECT t::text FROM "{table}" t'):
                assert not tokens_in(row.encode()) & crawled.canaries.sealed, table


# --- outside every place --------------------------------------------------------------


def test_outside_every_place(crawled: Crawled, logged: Listener, record_property: Any) -> None:
    """The portal, the way in and out, one's own account, the platform: public words, and one's own."""
    crawl = Crawl(crawled, SLUGS[0])
    people = [*of_each_kind(crawl.locals), crawl.operator]
    everybody = [crawl.anybody, *people, crawl.halfway, crawl.late]
    reached = set()
    for name, objects in PORTAL.items():
        for who in everybody:
            for arguments in _outside_arguments(crawled, name, objects, who):
                path = reverse(name, kwargs=arguments)
                for method in ("GET", "HEAD", "POST", *ODD_METHODS):
                    typed: Any = JSON_BODIES.get(name, {**USUAL, "login": TYPED, "password": TYPED})
                    data = typed if method == "POST" else None
                    answer = who.ask(method, f"{path}?next=//evil.example/", data)
                    crawl.watch.look(who, PAGES[name], "", method, path, answer)
                    if 200 <= answer.status < 400 and not answer.asks_to_sign_in:
                        reached.add(name)
                answer = who.ask("POST", path, {}, token=False)
                # To the API, which needs no token, a form means nothing.
                refusing = (405, 415) if getattr(PAGES[name].callback, "knows_nobody", False) else (403,)
                assert (answer.status in refusing, beside_refusals(answer.writes)) == (True, []), path
    record_property(
        "crawl",
        f"crawl /: {len(reached)} of {len(PORTAL)} patterns reached, {sum(crawl.watch.asked.values())} "
        f"requests, {len(everybody)} visitors",
    )
    assert _all_wrong(crawl.watch) == ""
    assert reached == set(PORTAL)
    assert nowhere_else(logged) == []


def _outside_arguments(
    crawled: Crawled, name: str, objects: addresses.Objects, who: Visitor
) -> list[Arguments]:
    """What a page outside is asked for: something of each place, of the person, and what nothing bears."""
    found = [one for place in crawled.places.values() for one in _in(place, objects)]
    if name == "accounts:end_session":
        found = [{"pk": pk} for pk in _sessions_of(who)[:1]]
    if name == "verify":
        found.append({"code": UNKNOWN["code"]})
    return [dict(one) for one in dict.fromkeys(tuple(one.items()) for one in found)]


def _sessions_of(who: Visitor) -> list[int]:
    return list(UserSession.objects.filter(user=who.user).values_list("pk", flat=True)) if who.user else []


def test_what_is_another_person_s_outside(crawled: Crawled, logged: Listener) -> None:
    """A session of somebody else, and every page of the platform, are not there: 404, as for no such id."""
    crawl = Crawl(crawled, SLUGS[0])
    people = [*of_each_kind(crawl.locals), *of_each_kind(crawl.strangers)]
    place, platform = crawl.here.jurisdiction.pk, Jurisdiction.objects.get(slug="platform").pk
    nothing = UNKNOWN["pk"]
    for who, after in zip(people, [*people[1:], people[0]], strict=True):
        asked = [("accounts:end_session", "POST", pk) for pk in _sessions_of(after)[:1]]
        if who.user != crawl.operator.user:
            asked += [("platform:jurisdiction", "GET", place), ("platform:switch", "POST", place)]
        asked += [("platform:jurisdiction", "GET", platform), ("platform:switch", "POST", platform)]
        for name, method, pk in asked:
            answers = []
            for one in (pk, nothing):
                path = reverse(name, kwargs={"pk": one})
                answer = who.ask(method, path, {"reason": TYPED, "to": "off"} if method == "POST" else None)
                crawl.watch.look(who, PAGES[name], "", method, path, answer)
                answers.append(_told(answer, path))
                assert (answer.status, beside_refusals(answer.writes)) == (404, []), (who.name, path)
            assert answers[0] == answers[1], (who.name, name)
    assert _all_wrong(crawl.watch) == ""


def _in(place: Place, objects: addresses.Objects) -> list[Arguments]:
    with place.in_scope():
        return objects()
