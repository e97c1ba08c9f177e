"""What an entry of the log may hold."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from core.audit import ROLE_LENGTH, digest, recorded, role_text, without_numbers
from core.models import LogEntry
from core.tenancy import tenant_scope
from core.workflow import perform
from funding.models import Tranche
from jurisdictions.models import Jurisdiction
from stations.models import ApplicantUnit
from tests.funding.acts import tranche
from tests.stations.builders import build_station
from tests.world import World


def test_what_can_be_no_persons_data_is_kept_and_the_rest_is_digested() -> None:
    unit = ApplicantUnit(
        home_authority_id=7, state="registered", decided_at=datetime(2026, 3, 1, tzinfo=UTC),
        contact_name="张三", contact_phone="13800138000", bank_account="", email="a@example.org",
    )  # fmt: skip
    kept = recorded(
        unit, ["home_authority", "state", "decided_at", "contact_name", "contact_phone", "bank_account"]
    )
    assert kept == {
        "bank_account": "",
        "contact_name": digest("张三"),
        "contact_phone": digest("13800138000"),
        "decided_at": "2026-03-01T00:00:00+00:00",
        "home_authority": 7,
        "state": "registered",
    }
    assert digest("张三") != digest("李四")
    assert len(digest("张三")) == 17


def test_a_digest_is_keyed(settings: Any) -> None:
    """Planted bug: a plain hash of a phone number is the phone number to whoever tries them all."""
    before = digest("13800138000")
    settings.AUDIT_SEAL_KEY = "another"
    assert digest("13800138000") != before


@pytest.mark.parametrize("value", [None, True, 3, Decimal("1.50"), date(2026, 1, 2)])
def test_numbers_and_days_stand_as_they_are(value: Any) -> None:
    kept = recorded(Jurisdiction(is_active=value), ["is_active"])["is_active"]
    assert kept == (value if value is None or isinstance(value, int) else str(value))


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("请致电13812345678。", "请致电138****78。"),
        ("电话 138-1234-5678 或 +86 13912345678", "电话 138****78 或 +86****78"),
        ("身份证11010519491231002X，已核", "身份证110****2X，已核"),
        ("卡号6222 0200 1234 5678 901", "卡号622****01"),
        ("账号95588012345678901234", "账号955****34"),
        ("身份证１１０１０５１９４９１２３１００２Ｘ，已核", "身份证110****2X，已核"),
        ("请致电138\u200b1234\u200b5678。", "请致电138****78。"),
        # What is no person's number stays readable.
        ("第１２号，（金额）１００元", "第１２号，（金额）１００元"),
        ("2026年3月1日第12号，金额100000.00元", "2026年3月1日第12号，金额100000.00元"),
        ("电话0535-6123456", "电话0535-6123456"),
        ("统一社会信用代码91370600MA3C4D5E6F", "统一社会信用代码91370600MA3C4D5E6F"),
        ("沁人社发〔2026〕123号", "沁人社发〔2026〕123号"),
    ],
)
def test_numbers_of_people_are_masked_in_what_people_type(typed: str, kept: str) -> None:
    assert without_numbers(typed) == kept


def test_roles_are_cut_between_words_only(world: World) -> None:
    class Person:
        pk, is_authenticated = 1, True

    with tenant_scope(world.jurisdiction) as scope:
        scope.memo["core.audit.roles:1"] = tuple(f"unit:{number:04}" for number in range(100))
        text = role_text(Person())
    assert len(text) <= ROLE_LENGTH
    assert set(map(len, text.split(","))) == {9}


def test_a_step_leaves_what_it_changed(world: World) -> None:
    subject: Tranche = tranche(build_station(world, designated_on="2024-05-20"), 1)
    maker = world.people["maker"]
    payee = {"name": "某单位", "account": "6222020012345678"}
    entry: LogEntry = perform(
        subject, "approve", actor=maker, approved_by=maker, approved_at=subject.due_at, payee=payee
    )
    assert entry.before == {"approved_at": None, "approved_by": None, "payee": digest({}), "state": "due"}
    assert entry.after == {
        "approved_at": subject.due_at.isoformat(),
        "approved_by": maker.pk,
        "payee": digest(payee),
        "state": "approved",
    }
