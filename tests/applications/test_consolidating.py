"""统一汇总上报: a first desk's list goes up as one, and single files of it come back."""

import io

import pytest
from openpyxl import load_workbook

from applications.desk.consolidating import agree, disagree, send_back, send_list
from applications.desk.review import forward
from applications.enums import ApplicationState as S
from applications.models import ConsolidatedFile, Consolidation
from core.errors import DomainError, InputRefused, NotAllowed, ReasonRequired, StateConflict
from core.models import LogEntry
from core.web import tenant_url
from deadlines.models import Deadline, Notification
from documents.models import OfficialDocument
from jurisdictions.enums import Role
from jurisdictions.staffing import appoint
from tests.applications.builders import Play
from tests.applications.filing import browser_of
from tests.applications.test_desk_pages import queries_of


class Desk:
    """A first desk below the lead, with files that it has checked."""

    def __init__(self, world):
        self.play = Play(world)
        self.files = [self.play.checked("unit"), self.play.checked("third")]
        self.authority = self.files[0].authority
        self.reviewer = self.play.reviewer(self.files[0])
        self.receiver = self.play.officer

    def agreed(self):
        for one in self.files:
            agree(application=one, text=f"同意{one.number}", actor=self.reviewer)

    def send(self, files=None, actor=None):
        return send_list(
            round_=self.play.round,
            authority=self.authority,
            applications=self.files if files is None else files,
            actor=actor or self.reviewer,
        )

    def refresh(self):
        for one in self.files:
            one.refresh_from_db()


@pytest.fixture
def desk(world):
    return Desk(world)


@pytest.mark.parametrize("world", ["qinshui", "gaoming"], indirect=True)
def test_a_list_goes_up_under_one_number_with_one_table(desk, world):
    desk.agreed()
    page = browser_of(desk.reviewer).get(tenant_url("desk:list_new", pk=desk.play.round.pk))
    assert [row["application"] for one in page.context["desks"] for row in one["rows"]] == desk.files
    made = desk.send()
    desk.refresh()
    assert made.number == f"{world.jurisdiction.short_name}汇{desk.play.round.year}-0001"
    assert {one.state for one in desk.files} <= {S.AWAITING_PANEL, S.UNDER_REVIEW}
    assert {one.authority for one in desk.files} == {world.lead} == {made.receiver}
    assert {one.agreed_at for one in desk.files} == {None}
    opinions = [one.opinions.get() for one in desk.files]
    assert [(o.author, o.text) for o in opinions] == [
        (desk.reviewer, f"同意{one.number}") for one in desk.files
    ]
    table = made.document.html
    assert all(
        part in table for one in desk.files for part in (one.number, one.unit.name, f"同意{one.number}")
    )
    acts = LogEntry.objects.filter(action__in=("applications.forward", "applications.complete_review"))
    assert list(acts.values_list("subject_id", flat=True)) == [one.pk for one in desk.files]
    assert LogEntry.history_of(made).get().data["number"] == made.number
    told = Notification.objects.filter(recipient=desk.receiver, url=tenant_url("desk:list", pk=made.pk))
    assert told.count() == 1
    sheet = browser_of(desk.receiver).post(tenant_url("desk:list_sheet", pk=made.pk))
    rows = list(load_workbook(io.BytesIO(b"".join(sheet.streaming_content))).active.values)
    assert [row[1] for row in rows[1:]] == [one.number for one in desk.files]
    assert LogEntry.history_of(made).filter(action="export").count() == 1


@pytest.mark.parametrize("world", ["qinshui", "gaoming"], indirect=True)
def test_one_file_comes_back_and_the_list_stands(desk):
    desk.agreed()
    made = desk.send()
    first, second = desk.files
    desk.refresh()
    state = second.state
    with pytest.raises(NotAllowed):
        send_back(application=first, reason="意见不明确", actor=desk.reviewer)
    with pytest.raises(ReasonRequired):
        send_back(application=first, reason="\u200b", actor=desk.receiver)
    line = made.files.get(application=first)
    url = tenant_url("desk:list_return", pk=made.pk, file=line.pk)
    browser_of(desk.receiver).post(url, {"reason": "意见不明确"})
    desk.refresh()
    line.refresh_from_db()
    assert (first.state, first.stage, first.authority) == (S.UNDER_REVIEW, 0, desk.authority)
    assert (line.returned_by, line.return_reason) == (desk.receiver, "意见不明确")
    assert second.state == state
    owed = Deadline.objects.filter(subject_id=first.pk, state="open").values_list("kind", "period")
    assert set(owed) <= {("review", "0")}
    assert Notification.objects.filter(recipient=desk.reviewer, title__startswith="汇总上报中退回").exists()
    with pytest.raises(DomainError):
        send_back(application=first, reason="再退", actor=desk.receiver)
    # It goes up again in the desk's next list; the first list still tells that it came back.
    agree(application=first, text="补充意见后同意", actor=desk.reviewer)
    again = desk.send([first])
    assert again.number.endswith("-0002")
    assert ConsolidatedFile.objects.filter(application=first).count() == 2


def test_the_opinion_is_of_whoever_signed_it(desk, world):
    colleague = world.people["auditor"]
    appoint(user=colleague, authority=desk.authority, role=Role.REVIEWER, actor=None)
    desk.agreed()
    desk.send(desk.files[:1], actor=colleague)
    opinion = desk.files[0].opinions.get()
    assert (opinion.author, opinion.text) == (desk.reviewer, f"同意{desk.files[0].number}")
    entry = LogEntry.history_of(desk.files[0]).filter(target=S.AWAITING_PANEL).get()
    assert entry.actor == colleague


def test_all_of_a_list_goes_up_or_none(desk):
    first, second = desk.files
    agree(application=first, text="同意", actor=desk.reviewer)
    with pytest.raises(InputRefused) as refused:
        desk.send()
    assert [problem.path for problem in refused.value.problems] == [f"files-{second.pk}"]
    assert second.unit.name in refused.value.problems[0].message
    agree(application=second, text="同意", actor=desk.reviewer)
    with pytest.raises(NotAllowed):
        desk.send(actor=desk.receiver)
    with pytest.raises(DomainError):
        desk.send([])
    second.materials.update(check_state="problem", note="缺页")
    with pytest.raises(InputRefused):
        desk.send()
    desk.refresh()
    assert {one.state for one in desk.files} == {S.UNDER_REVIEW}
    assert not Consolidation.objects.exists()
    assert not OfficialDocument.objects.exists()


def test_an_agreement_is_whole_and_ends_with_another_decision(desk):
    first, second = desk.files
    with pytest.raises(ReasonRequired):
        agree(application=first, text=" ", actor=desk.reviewer)
    with pytest.raises(StateConflict):
        agree(application=first, text="同意", actor=desk.reviewer, stage=3)
    desk.agreed()
    disagree(application=first, actor=desk.reviewer)
    forward(application=second, text="单独上报", actor=desk.reviewer)
    desk.refresh()
    assert [(one.agreed_text, one.agreed_by, one.agreed_at) for one in desk.files] == [("", None, None)] * 2
    with pytest.raises(DomainError):
        send_back(application=second, reason="不是汇总上报的", actor=desk.receiver)


@pytest.mark.parametrize("world", ["shenzhen"], indirect=True)
def test_the_leads_own_desk_sends_no_lists(world):
    application = Play(world).submitted()
    with pytest.raises(DomainError):
        agree(application=application, text="同意", actor=world.people["officer"])


def test_the_pages_of_a_list_cost_the_same_at_one_and_at_two(desk):
    desk.agreed()
    browser = browser_of(desk.receiver)
    made = desk.send(desk.files[:1])
    url = tenant_url("desk:list", pk=made.pk)
    few = queries_of(browser, url), queries_of(browser, tenant_url("desk:lists"))
    desk.send(desk.files[1:])
    ConsolidatedFile.objects.update(consolidation=made)
    assert (queries_of(browser, url), queries_of(browser, tenant_url("desk:lists"))) == few
