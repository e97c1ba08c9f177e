"""The pages about versions of the rules: who finds them, what they keep, what they say."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from core import clock
from core.tenancy import tenant_scope
from jurisdictions.enums import VersionState
from jurisdictions.models import FixedCase, RuleProfile
from jurisdictions.replaying import carry_on
from jurisdictions.versions import current_version
from tests.browsing import signed_in, text_of
from tests.jurisdictions.proposals import activated, proposed, spoilt, stricter
from tests.world import World, furnish, make_jurisdiction

NEW = "settings/versions/new/"


def pages_of(version: RuleProfile) -> list[str]:
    return [f"settings/versions/{version.pk}/{name}" for name in ("", "text/")]


def test_who_finds_the_pages(world: World) -> None:
    """Planted bug: the pages are open to whoever is signed in."""
    version = proposed(world)
    paths = ["settings/versions/", NEW, "settings/versions/readings/", "settings/versions/cases/"]
    for key, opens in (("admin", 6), ("officer", 3), ("security", 0), ("auditor", 0), ("reviewer", 0)):
        browser = signed_in(world, key)
        found = [browser.get(world.url(path)).status_code for path in (*paths, *pages_of(version))]
        assert (found.count(200), found.count(404)) == (opens, 6 - opens), key


def test_another_place_s_versions_are_not_there(world: World) -> None:
    """Planted bug: a version is fetched past its tenant."""
    with tenant_scope(make_jurisdiction("gaoming")):
        other = furnish(current())
        version = proposed(other)
        case = FixedCase.objects.create(
            title="x", kind="other", given={}, expected={}, source="x", added_by=other.people["admin"]
        )
    browser = signed_in(world, "officer")
    for path in pages_of(version):
        assert browser.get(world.url(path)).status_code == 404
    for name in ("activate", "refuse", "explain", "replay"):
        assert browser.post(world.url(f"settings/versions/{version.pk}/{name}/")).status_code == 404
    admin = signed_in(world, "admin")
    assert admin.post(world.url(f"settings/versions/cases/{case.pk}/withdraw/")).status_code == 404


def current() -> Any:
    from core.tenancy import current_tenant  # noqa: PLC0415 - beside its one use

    return current_tenant()


@pytest.mark.parametrize("as_file", [True, False])
def test_slips_are_listed_and_nothing_typed_is_lost(world: World, as_file: bool) -> None:
    """Planted bug: the text of the file does not come back."""
    text = stricter(world.profile.text).replace("at_least: 30}", "at_leest: 30}")
    sent: dict[str, Any] = {"version": "2030-01-01", "reason": "改门槛", "text": "" if as_file else text}
    if as_file:
        sent["file"] = SimpleUploadedFile("rules.yaml", text.encode())
    answer = signed_in(world, "admin").post(world.url(NEW), sent)
    shown = answer.content.decode()
    line = next(n for n, row in enumerate(text.split("\n"), 1) if "at_leest" in row)
    assert answer.status_code == 422
    assert f"第 {line} 行" in shown
    assert "多余，或者拼写有误" in shown
    assert "at_leest: 30}" in shown
    assert "改门槛" in shown
    assert RuleProfile.objects.count() == 1


@pytest.mark.parametrize(
    ("raw", "words"),
    [("沁水".encode("gb18030"), "UTF-8"), (b"", "空的"), (b"a: " + b"x" * 700_000, "超过")],
)
def test_a_file_that_is_none(world: World, raw: bytes, words: str) -> None:
    sent = {"version": "2030-01-01", "reason": "改", "file": SimpleUploadedFile("rules.yaml", raw)}
    answer = signed_in(world, "admin").post(world.url(NEW), sent)
    assert answer.status_code == 422
    assert words in answer.content.decode()


def test_from_the_file_to_the_day_it_counts(world: World) -> None:
    """The whole way over the pages: bring, explain, replay, decide by another."""
    admin, officer = signed_in(world, "admin"), signed_in(world, "officer")
    text = stricter(world.profile.text)
    day = clock.today()
    sent = {
        "version": day.isoformat(),
        "reason": "提高门槛",
        "file": SimpleUploadedFile("r.yaml", b"\xef\xbb\xbf" + text.encode()),
    }
    answer = admin.post(world.url(NEW), sent)
    version = RuleProfile.objects.get(version=day.isoformat())
    assert answer.status_code == 302
    assert version.text == text
    page = world.url(f"settings/versions/{version.pk}/")
    shown = text_of(admin, page)
    assert "与现行版本的差异" in shown
    assert "修改" in shown
    assert "启用</button>" not in admin.get(page).content.decode()
    assert admin.post(f"{page}activate/", {"active_from": day}).status_code == 422
    carry_on()
    assert "尚未说明理由" in officer.post(f"{page}activate/", {"active_from": day}).content.decode()
    keys = admin.get(page).context["open_cases"]
    admin.post(f"{page}explain/", {"case": keys, "reason": "门槛提高是本次修改的内容"})
    asked = officer.post(f"{page}activate/", {"active_from": day}).content.decode()
    assert "确认启用" in asked
    assert f"起取代版本 {current_version().version}" in asked
    sent = {"active_from": day, "confirmed": day - timedelta(days=1)}
    assert officer.post(f"{page}activate/", sent).status_code == 200
    version.refresh_from_db()
    assert version.state == VersionState.PROPOSED
    sent["confirmed"] = day
    assert officer.post(f"{page}activate/", sent).status_code == 302
    version.refresh_from_db()
    assert (version.state, current_version()) == (VersionState.ACTIVE, version)


def test_the_public_sees_no_version_that_does_not_count(world: World) -> None:
    """Planted bug: `?version=` finds a proposed one."""
    version = proposed(world, "2030-01-01")
    for path in (
        f"rules/?version={version.version}",
        f"../api/v1/jurisdictions/{world.slug}/rules/?version=2030-01-01",
    ):
        url = (
            f"/api/v1/jurisdictions/{world.slug}/rules/?version=2030-01-01"
            if path.startswith("..")
            else world.url(path)
        )
        assert signed_in(world, "admin").get(url).status_code == 404
    assert "2030-01-01" not in text_of(signed_in(world, "admin"), world.url("rules/"))


def test_another_reading_is_proposed_from_its_page(world: World) -> None:
    admin = signed_in(world, "admin")
    page = admin.get(world.url("settings/versions/readings/"))
    form = page.context["form"]
    sent = {name: field.initial for name, field in form.fields.items() if name.startswith("reading_")}
    name, reading = next(
        (n, r)
        for n, ident in form.names.items()
        for r in world.rules.readings
        if r.id == ident and len(r.options) > 1 and r.options[1].changes
    )
    sent |= {"version": "2030-01-01", "reason": "改口径"}
    assert admin.post(world.url("settings/versions/readings/"), sent).status_code == 422
    sent[name] = reading.options[1].value
    assert admin.post(world.url("settings/versions/readings/"), sent).status_code == 302
    made = RuleProfile.objects.get(version="2030-01-01")
    assert made.rules.chosen_readings[reading.id] == reading.options[1].value
    assert made.active_from is None
    assert made.loaded_at.date() >= date(2024, 1, 1)


def test_a_case_is_typed_and_withdrawn(world: World) -> None:
    admin = signed_in(world, "admin")
    url = world.url("settings/versions/cases/")
    sent = {"title": "甲单位", "source": "批复", "kind": "eligibility", "given": "{", "expected": "[]"}
    answer = admin.post(url, sent)
    assert answer.status_code == 422
    assert "不是 JSON" in answer.content.decode()
    for given, expected, words in (
        ("{}", '{"eligible": NaN}', "不是数字"),
        ("{}", '{"eligible": 1e999}', "无法保存"),
        ("{}", '{"eligible": "\\u0000"}', "无法保存"),
        ('{"unit": "\\ud800"}', '{"name": "x"}', "无法保存"),
        ('{"a\\u0000b": 1}', '{"name": "x"}', "无法保存"),
        ('{"unit": "a", "unit": "b"}', '{"name": "x"}', "出现两次"),
    ):
        answer = admin.post(url, sent | {"given": given, "expected": expected})
        assert (answer.status_code, words in answer.content.decode()) == (422, True), given
    sent |= {"given": '{"technicians": 1}', "expected": '{"eligible": null}', "otherwise": "on"}
    assert admin.post(url, sent).status_code == 302
    case = FixedCase.objects.get()
    admin.post(f"{url}{case.pk}/withdraw/", {"reason": "记错了"})
    case.refresh_from_db()
    assert case.withdrawn_at
    assert "没有这个编号" in text_of_error(admin, f"{url}?number=X-1")


def text_of_error(browser: Any, url: str) -> str:
    return str(browser.get(url).content.decode())


def test_a_version_that_breaks_is_shown_and_can_be_refused(world: World) -> None:
    """Planted bugs: the page of a text that a later check refuses, or that breaks when asked, is an error."""
    admin = signed_in(world, "admin")
    for text in (None, world.profile.text.replace("period: {months: 24", "period: {months: 99999999", 1)):
        broken = spoilt(world, text)
        page = world.url(f"settings/versions/{broken.pk}/")
        shown = admin.get(page).content.decode()
        assert "不能启用" in shown
        assert ("规则在这一问上出错" if text is None else "不能大于 1200") in shown
        admin.post(f"{page}refuse/", {"reason": "写错了"})
        broken.refresh_from_db()
        assert broken.state == VersionState.REFUSED


def test_a_version_that_has_not_begun_is_taken_back_from_its_page(world: World) -> None:
    version = activated(world, clock.today() + timedelta(days=20))
    page = world.url(f"settings/versions/{version.pk}/")
    officer, admin = signed_in(world, "officer"), signed_in(world, "admin")
    assert "启用前撤回" not in officer.get(page).content.decode()
    assert "启用前撤回" in admin.get(page).content.decode()
    admin.post(f"{page}withdraw/", {"reason": "年份写错"})
    version.refresh_from_db()
    assert version.state == VersionState.WITHDRAWN
    assert "年份写错" in admin.get(page).content.decode()


def test_what_differs_is_told_in_words(world: World) -> None:
    """Planted bugs: the path of the file stands in the table; a failing case tells no facts."""
    version = proposed(world, text=stricter(world.profile.text))
    shown = signed_in(world, "admin").get(world.url(f"settings/versions/{version.pk}/")).content.decode()
    assert "conditions[" not in shown
    assert "eligible" not in shown
    assert "是否符合条件" in shown
