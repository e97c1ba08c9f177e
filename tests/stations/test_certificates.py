"""The certificate, and what its code tells anybody of the station: in force or not, and since when."""

from datetime import date, datetime
from types import SimpleNamespace

import pytest
from django.db import IntegrityError, transaction
from django.test import override_settings

from core import clock, outbox
from core.errors import NotAllowed, ReasonRequired, StateConflict
from core.models import LogEntry
from core.workflow import perform
from deadlines.models import Notification
from documents.enums import DocumentKind
from documents.models import OfficialDocument
from stations.certificates import issue_certificate, reissue_certificate
from stations.models import Station
from stations.standing import resume_station, suspend_station
from tests.browsing import signed_in, text_of
from tests.stations.builders import build_station


@pytest.fixture
def station(world) -> Station:
    made = build_station(world, designated_on="2024-06-05")
    issue_certificate(station=made, actor=world.people["officer"])
    return made


def verified(client, station) -> str:
    return text_of(client, f"/verify/{station.certificate.verification_code}/")


def test_the_certificate_says_what_the_directory_says(world, station):
    paper = station.certificate
    assert (paper.kind, paper.subject, paper.issued_on) == (
        DocumentKind.CERTIFICATE,
        station,
        date(2024, 6, 5),
    )
    for text in (station.number, station.name, station.unit.name, station.leader_name, "2024年6月5日"):
        assert text in paper.html, text
    for secret in (station.unit.contact_name, station.unit.uscc, station.unit.legal_representative):
        assert secret not in paper.html, secret


@override_settings(PUBLIC_ADDRESS="https://stations.example.org/")
def test_its_square_leads_to_the_verification(world, station, client, monkeypatch):
    drawn = []
    monkeypatch.setattr("documents.qr.qrcode.make", lambda text, **_: drawn.append(text) or Drawing())
    paper = issue_certificate(station=station, actor=world.people["officer"])
    assert set(drawn) == {f"https://stations.example.org/verify/{paper.verification_code}/"}
    assert "<svg id='square'>" in paper.html
    monkeypatch.undo()
    whole = issue_certificate(station=station, actor=world.people["officer"])
    assert "<path" in whole.html
    while outbox.relay_one():
        pass
    whole.refresh_from_db()
    assert whole.pdf


class Drawing:
    def to_string(self, **_):
        return "<svg id='square'></svg>"


def test_without_an_address_of_its_own_the_paper_bears_the_code_alone(world, station):
    assert "<svg" not in station.certificate.html
    assert station.certificate.verification_code in station.certificate.html


def test_in_force_since_the_designation(world, station, client):
    shown = verified(client, station)
    for text in ("有效", "2024年6月5日", station.number, station.name):
        assert text in shown, text
    for secret in (station.unit.contact_name, station.unit.uscc):
        assert secret not in shown, secret


def test_suspended_since_the_decision_and_in_force_again(world, station, client):
    officer = world.people["officer"]
    world.at("2024-09-02")
    with pytest.raises(ReasonRequired):
        suspend_station(station=station, reason=" ", actor=officer)
    with pytest.raises(NotAllowed):
        suspend_station(station=station, reason="x", actor=world.people["publisher"])
    suspend_station(station=station, reason="场地改造", actor=officer)
    world.at("2024-09-20")
    shown = verified(client, station)
    assert "已暂停" in shown
    assert "2024年9月2日起" in shown
    assert "有效" not in shown.replace("是否有效", "")
    # Why is between the bureau and the unit.
    assert "场地改造" not in shown
    assert Notification.objects.filter(title="站点已暂停").count() == station.recipients().count()
    resume_station(station=station, reason="改造完成", actor=officer)
    assert "2024年6月5日起" in verified(client, station)


@pytest.mark.parametrize(("step", "word"), [("revoke", "已撤销"), ("deregister", "已注销")])
@pytest.mark.parametrize("suspended", [False, True])
def test_ended_since_the_decision(world, station, client, step, word, suspended):
    officer = world.people["officer"]
    if suspended:
        suspend_station(station=station, reason="核查中", actor=officer)
    ended = datetime(2024, 10, 9, 10, tzinfo=clock.SHANGHAI)
    perform(station, step, actor=officer, reason="决定", ended_at=ended)
    world.at("2025-01-02")
    shown = verified(client, station)
    assert word in shown
    assert "2024年10月9日起" in shown
    with pytest.raises(StateConflict):
        reissue_certificate(station=station, reason="遗失", actor=officer)


def test_whose_term_is_over_is_not_called_in_force(world, station, client, monkeypatch):
    """No text of the five sets a term; one that does ends it without anybody's act."""
    answer = SimpleNamespace(expires_on=date(2027, 6, 4))
    monkeypatch.setattr("stations.models.term_of", lambda *_: answer)
    world.at("2027-06-04")
    assert "2024年6月5日起" in verified(client, station)
    world.at("2027-06-05")
    shown = verified(client, station)
    assert "认定期限已满" in shown
    assert "2027年6月5日起" in shown


def test_a_wrong_code_is_answered_clearly(world, client):
    answer = client.get("/verify/0123456789abcdef/")
    assert answer.status_code == 404
    assert "没有找到这份文件" in answer.content.decode()


def test_another_certificate_leaves_the_former_verifiable_as_replaced(world, station, client):
    officer = world.people["officer"]
    former = station.certificate
    with pytest.raises(ReasonRequired):
        reissue_certificate(station=station, reason="", actor=officer)
    with pytest.raises(NotAllowed):
        reissue_certificate(station=station, reason="遗失", actor=world.people["reviewer"])
    reissue_certificate(station=station, reason="遗失", actor=officer)
    station.refresh_from_db()
    assert station.certificate != former
    assert "已由补发的证书替代" in text_of(client, f"/verify/{former.verification_code}/")
    assert "已由补发的证书替代" not in verified(client, station)
    assert LogEntry.history_of(station).last().reason == "遗失"
    assert OfficialDocument.objects.filter(kind=DocumentKind.CERTIFICATE).count() == 2


def test_only_the_unit_and_its_bureau_fetch_the_certificate(world, station, client):
    page = world.url(f"papers/{station.certificate.verification_code}/")
    assert client.get(page).status_code == 404
    assert signed_in(world, "maker").get(page).status_code == 404
    assert signed_in(world, "officer").get(page).status_code in (200, 202)
    client.force_login(station.person)
    assert client.get(page).status_code in (200, 202)


def test_the_bureau_decides_on_the_stations_page(world, station):
    officer = signed_in(world, "officer")
    url = world.url(f"bureau/stations/{station.pk}/")
    assert "补发证书" in officer.get(url).content.decode()
    officer.post(f"{url}suspend/", {"reason": "场地改造"})
    station.refresh_from_db()
    assert station.state == "suspended"
    officer.post(f"{url}certificate/", {"reason": "遗失"})
    officer.post(f"{url}resume/", {"reason": "完成"})
    station.refresh_from_db()
    assert (station.state, station.suspended_at) == ("active", None)
    assert signed_in(world, "reviewer").post(f"{url}suspend/", {"reason": "x"}).status_code == 404


def test_a_suspended_station_has_its_time(world, station):
    with pytest.raises(IntegrityError), transaction.atomic():
        Station.objects.filter(pk=station.pk).update(state="suspended")
