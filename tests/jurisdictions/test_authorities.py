"""The word that an authority's document numbers begin with."""

import pytest

from core.errors import InputRefused, NotAllowed
from core.models import LogEntry
from jurisdictions.authorities import set_document_word
from tests.browsing import signed_in, text_of


def test_the_administrator_records_the_word(world):
    admin, url = signed_in(world, "admin"), world.url("settings/authorities/")
    assert world.lead.document_word in text_of(admin, url)
    given = {"authority": world.lead.pk, "document_word": "沁人社发"}
    assert admin.post(url, given).status_code == 302
    world.lead.refresh_from_db()
    assert world.lead.document_word == "沁人社发"
    entry = LogEntry.history_of(world.lead).last()
    assert (entry.action, entry.data) == (
        "jurisdictions.document_word",
        {"from": "沁人社字", "to": "沁人社发"},
    )
    answer = admin.post(url, {**given, "document_word": "沁人社〔2024〕1号"})
    assert answer.status_code == 422
    assert "不含年份" in answer.content.decode()


@pytest.mark.parametrize("word", ["沁", "沁人社〔2024〕", "第一", "沁 人社", "沁人社1"])
def test_what_could_not_stand_in_a_number_is_refused(world, word):
    with pytest.raises(InputRefused):
        set_document_word(authority=world.lead, word=word, actor=world.people["admin"])


def test_nobody_else_records_it(world):
    for key in ("officer", "security", "auditor", "reviewer", "publisher"):
        with pytest.raises(NotAllowed):
            set_document_word(authority=world.lead, word="沁人社发", actor=world.people[key])
        page = signed_in(world, key).get(world.url("settings/authorities/"))
        assert page.status_code == 404, key
    world.lead.refresh_from_db()
    assert world.lead.document_word == "沁人社字"
