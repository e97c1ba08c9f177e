"""A person's messages: their own, unread first to the eye, marked by an act."""

from deadlines.messages import notify
from deadlines.models import Notification
from tests.browsing import queries_of, signed_in, text_of


def tell(world, key: str, title: str, url: str = "") -> Notification:
    (message,) = notify(recipients=[world.people[key]], title=title, text="内容", url=url)
    return message


def test_everybody_sees_their_own(world, client):
    tell(world, "officer", "给经办人")
    tell(world, "maker", "给资金经办人")
    page = text_of(signed_in(world, "officer"), world.url("inbox/"))
    assert "给经办人" in page
    assert "给资金经办人" not in page
    assert client.get(world.url("inbox/")).status_code == 302


def test_reading_the_list_marks_nothing(world):
    message = tell(world, "officer", "给经办人")
    officer = signed_in(world, "officer")
    assert '<span class="unread">1' in text_of(officer, world.url("inbox/"))
    message.refresh_from_db()
    assert message.read_at is None
    assert officer.get(world.url(f"inbox/{message.pk}/read/")).status_code == 405


def test_marked_by_post_and_on_to_what_it_is_about(world):
    message = tell(world, "officer", "给经办人", world.url("notices/"))
    officer = signed_in(world, "officer")
    answer = officer.post(world.url(f"inbox/{message.pk}/read/"))
    assert answer["Location"] == world.url("notices/")
    message.refresh_from_db()
    first = message.read_at
    assert first is not None
    officer.post(world.url(f"inbox/{message.pk}/read/"))
    message.refresh_from_db()
    assert message.read_at == first
    assert '<span class="unread">' not in text_of(officer, world.url("inbox/"))


def test_nobody_marks_another_ones(world):
    message = tell(world, "officer", "给经办人")
    maker = signed_in(world, "maker")
    assert maker.post(world.url(f"inbox/{message.pk}/read/")).status_code == 404
    assert maker.post(world.url("inbox/read/")).status_code == 302
    message.refresh_from_db()
    assert message.read_at is None


def test_all_at_once(world):
    for number in range(3):
        tell(world, "officer", f"第{number}件")
    signed_in(world, "officer").post(world.url("inbox/read/"))
    assert Notification.objects.filter(read_at__isnull=True).count() == 0


def test_never_sends_anybody_elsewhere(world):
    message = tell(world, "officer", "给经办人", "https://example.org/")
    answer = signed_in(world, "officer").post(world.url(f"inbox/{message.pk}/read/"))
    assert answer["Location"] == world.url("inbox/")


def test_costs_the_same_for_one_and_twenty(world):
    officer = signed_in(world, "officer")
    tell(world, "officer", "一件")
    before = queries_of(officer, world.url("inbox/"))
    for number in range(19):
        tell(world, "officer", f"第{number}件")
    assert queries_of(officer, world.url("inbox/")) == before
