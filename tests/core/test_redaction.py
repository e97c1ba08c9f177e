"""Log lines, tracebacks and error reports: the numbers of persons are taken out, whoever wrote them."""

import io
import logging
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core import mail
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory, override_settings
from django.urls import path
from django.utils.log import AdminEmailHandler
from django.views.debug import get_exception_reporter_class

from core.models import OutboxMessage
from core.outbox import emit, relay_all
from tests.world import World

NUMBER, PHONE, ACCOUNT = "110105197803121012", "13803569876", "6222021608001234567"
PLANTED = (NUMBER, PHONE, ACCOUNT)
# What looks like no number; written in pieces, for a report quotes the source.
ODD = "-".join(("odd", "number"))


@pytest.fixture
def log() -> Any:
    """What a handler of somebody else's (the web server's access log) writes."""
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    logger = logging.getLogger("somebody.else")
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)
    yield written
    logger.removeHandler(handler)


def test_every_record_is_masked_whichever_way_it_was_written(log: io.StringIO) -> None:
    logger = logging.getLogger("somebody.else")
    logger.info("GET /q?x=%s&y=%s", NUMBER, PHONE)
    logger.info("%(who)s pays", {"who": ACCOUNT})
    logger.info(f"plain {PHONE}")
    try:
        raise ValueError(f"no such person: {NUMBER}")
    except ValueError:
        logger.exception("failed for %s", ACCOUNT)
    text = log.getvalue()
    assert [number for number in PLANTED if number in text] == []
    assert text.count("138****9876") == 2
    assert "ValueError: no such person: 1101**********1012" in text


def test_a_record_without_a_number_stays_as_it_was(log: io.StringIO) -> None:
    logging.getLogger("somebody.else").info("released %s of %s", "140521-0000000012", 100000)
    assert log.getvalue() == "released 140521-0000000012 of 100000\n"
    record = logging.getLogger().makeRecord("n", 20, "f", 1, "%s", ("kept",), None)
    assert record.args == ("kept",)


@login_not_required
def failing(request: HttpRequest) -> HttpResponse:
    number = request.POST["resident_id"]
    note = f"typed {request.POST['note']}"
    raise ValueError(f"cannot take {number} {note}")


urlpatterns = [path("fail/", failing)]


@pytest.mark.parametrize("form", ["html", "text"])
def test_an_error_report_shows_no_number(form: str) -> None:
    request = RequestFactory().post("/fail/", {"resident_id": NUMBER, "note": PHONE, "contact_phone": ODD})
    try:
        failing(request)
    except ValueError as error:
        reporter = get_exception_reporter_class(request)(request, type(error), error, error.__traceback__)
    report = reporter.get_traceback_html() if form == "html" else reporter.get_traceback_text()
    assert "cannot take" in report
    assert [number for number in PLANTED if number in report] == []
    # An input of this name is starred whatever stands in it.
    assert "contact_phone" in report
    assert ODD not in report
    assert settings.FIELD_KEYS not in report
    assert settings.INDEX_KEY not in report


@override_settings(
    ROOT_URLCONF="tests.core.test_redaction",
    ADMINS=[("a", "admin@example.org")],
    EMAIL_BACKEND="django.core.mail.backends.locmem.EmailBackend",
)
def test_a_view_that_raises_leaves_no_number_behind(
    caplog: pytest.LogCaptureFixture, monkeypatch: Any, db: None
) -> None:
    monkeypatch.setattr(mail, "outbox", [], raising=False)
    client = Client(raise_request_exception=False)
    handlers = [logging.StreamHandler(written := io.StringIO()), AdminEmailHandler(include_html=True)]
    for handler in handlers:
        logging.getLogger("django.request").addHandler(handler)
    try:
        answer = client.post("/fail/", {"resident_id": NUMBER, "note": ACCOUNT})
    finally:
        for handler in handlers:
            logging.getLogger("django.request").removeHandler(handler)
    assert answer.status_code == 500
    everything = [answer.content.decode(), written.getvalue(), caplog.text]
    everything += [f"{sent.subject} {sent.body} {sent.alternatives}" for sent in mail.outbox]
    assert "cannot take" in written.getvalue()
    assert mail.outbox
    assert [number for number in PLANTED for text in everything if number in text] == []


def test_a_failed_outbox_message_keeps_no_number(world: World, monkeypatch: Any) -> None:
    def fail(payload: dict[str, Any]) -> None:
        raise ValueError(f"cannot send to {PHONE}")

    monkeypatch.setattr("core.outbox._handlers", {"test": fail})
    emit("test")
    relay_all()
    assert OutboxMessage.objects.get().last_error == "ValueError: cannot send to 138****9876"


# --- addresses ---------------------------------------------------------------------


@pytest.mark.parametrize("number", PLANTED)
def test_a_search_for_a_number_is_sent_back_without_it(client: Client, number: str, db: None) -> None:
    answer = client.get("/", {"q": f" {number} ", "page": "2", number: "1"})
    assert (answer.status_code, answer["Location"]) == (302, "/?q=&page=2")
    assert client.get(answer["Location"]).status_code == 200


def test_a_path_with_a_number_is_no_page(client: Client, db: None) -> None:
    assert client.get(f"/qinshui/desk/{NUMBER}/").status_code == 404
    assert client.post(f"/?q={PHONE}").status_code == 404
    # A page that there is: a stranger would be sent to sign in, with the number in the address.
    assert client.get(f"/qinshui/desk/units/{PHONE}/").status_code == 404
    assert client.get("/qinshui/desk/units/13/").status_code == 302


def test_other_searches_go_through(client: Client, db: None) -> None:
    assert client.get("/", {"q": "91140521MA0GXXXX1R", "page": "2"}).status_code == 200


def test_no_address_that_is_a_key_stands_in_a_log(log: io.StringIO) -> None:
    """The web server's line, what Django says of a page not found, and where the browser came from."""
    token = "Zk3-Q_x9" * 4
    line = '%(h)s "%(r)s" %(s)s "%(f)s"'
    said = {
        "h": "10.0.0.1",
        "s": 200,
        "r": f"GET /yantai/invitations/{token}/ HTTP/1.1",
        "f": f"http://x/a/invitations/{token}",
    }
    logger = logging.getLogger("somebody.else")
    logger.info(line, said)
    logger.warning("Not Found: %s", f"/yantai/invitations/{token}/x")
    logger.info("login?next=%s", f"%2Fyantai%2Finvitations%2F{token}%2F")
    try:
        raise ValueError(f"/yantai/invitations/{token}/")
    except ValueError:
        logger.exception("failed")
    assert token not in log.getvalue()
    assert 'invitations/***/ HTTP/1.1" 200' in log.getvalue()
