"""The last moment for a receipt: one second before, the moment itself, one second after, through every door.

What counts is when the answer arrives, not when the page was opened. Twins that judge otherwise let people in or out.
"""

from datetime import timedelta

import pytest
import time_machine
from bs4 import BeautifulSoup
from django.utils import timezone

from cms.models import NoticePage
from membership.audit.models import AuditEntry
from membership.exceptions import Refusal
from membership.tracking import actions
from membership.tracking.models import Delivery, Receipt, ReceiptDraft
from membership.tracking.states import ReceiptState
from membership.units.models import Document
from tests.files import pdf
from tests.portal.api.conftest import API, problem_of, put
from tests.portal.conftest import deliberation, look
from tests.portal.test_receipts import Asked

pytestmark = pytest.mark.django_db

MORE = timedelta(minutes=10)  # that a unit gets; sessions outlast it
SECONDS = [-1, 0, 1]
IN_TIME, LATE, REFUSED = "in time", "late", "refused"


@pytest.fixture
def asked(ours, outsider):
    """A deliberation until `asked.last`, sent to our unit and to the outsider."""
    last = timezone.now().replace(second=0, microsecond=0) + MORE
    asked = Asked(deliberation(deadline=last), ours.unit)
    asked.last = last
    return asked


def by_verb(member, asked):
    said = [{"item": item, "choice": "agree", "comment": ""} for item in asked.items]
    delivery = Delivery.objects.get(pk=asked.delivery.pk)
    try:
        actions.submit_receipt(delivery, by=member.user, version=0, opinions=said)
    except Refusal as refusal:
        return str(refusal)
    return None


def by_page(member, asked):
    answer = member.client.post(asked.submit, asked.answers(file=pdf()))
    if answer.status_code == 302:
        assert answer["Location"] == asked.done
        return None
    assert answer.status_code == 409
    page = BeautifulSoup(answer.content, "html.parser")
    assert page.select("#receipt-form button[data-confirm]") == []
    return page.select_one("#receipt-form .banner-warn").p.text


def by_program(member, asked):
    said = [{"item": item.pk, "choice": "agree"} for item in asked.items]
    answer = put(member.client, f"/messages/{asked.delivery.pk}/receipt", {"version": 0, "opinions": said})
    if answer.status_code == 201:
        return None
    assert problem_of(answer) == (409, "closed")
    return answer.json()["detail"]


DOORS = {"verb": by_verb, "page": by_page, "program": by_program}


def judged(door, member, asked, moment):
    """What becomes of an answer that arrives at that moment: the word for it, and the words of the refusal."""
    before = Receipt.objects.count(), AuditEntry.objects.count(), Document.objects.count()
    with time_machine.travel(moment, tick=False):
        words = door(member, asked)
    if words is not None:
        assert (Receipt.objects.count(), AuditEntry.objects.count(), Document.objects.count()) == before
        assert Delivery.objects.get(pk=asked.delivery.pk).receipt_state == ReceiptState.AWAITING
        return REFUSED, words
    receipt = Receipt.objects.get()
    assert receipt.submitted_at == moment
    return (LATE if receipt.is_late else IN_TIME), None


def extend(asked):
    Delivery.objects.filter(pk=asked.delivery.pk).update(deadline_override=asked.last + MORE)


def allow_late(asked):
    NoticePage.objects.filter(pk=asked.page.pk).update(allow_late=True)


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize(("seconds", "verdict"), [(-1, IN_TIME), (0, IN_TIME), (1, REFUSED)])
def test_the_deadline_itself_is_in_time_and_a_second_later_is_not(ours, asked, door, seconds, verdict):
    found, words = judged(DOORS[door], ours, asked, asked.last + timedelta(seconds=seconds))
    assert found == verdict
    if found == REFUSED:
        assert words.startswith(f"回执已于 {timezone.localtime(asked.last):%Y-%m-%d %H:%M} 截止")


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize(("seconds", "verdict"), [(-1, IN_TIME), (0, IN_TIME), (1, REFUSED)])
def test_where_a_unit_got_more_time_its_own_deadline_counts(ours, outsider, asked, door, seconds, verdict):
    extend(asked)
    theirs = Asked(asked.page, outsider.unit)
    assert judged(DOORS[door], outsider, theirs, asked.last + timedelta(seconds=1))[0] == REFUSED
    found, words = judged(DOORS[door], ours, asked, asked.last + MORE + timedelta(seconds=seconds))
    assert found == verdict
    if found == REFUSED:
        assert words.startswith(f"回执已于 {timezone.localtime(asked.last + MORE):%Y-%m-%d %H:%M} 截止")


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize(("seconds", "verdict"), [(-1, IN_TIME), (0, IN_TIME), (1, LATE)])
def test_where_late_receipts_are_taken_they_are_marked(ours, asked, door, seconds, verdict):
    allow_late(asked)
    assert judged(DOORS[door], ours, asked, asked.last + timedelta(seconds=seconds)) == (verdict, None)


@pytest.mark.parametrize(("seconds", "status"), [(-1, 201), (0, 201), (1, 409)])
def test_a_file_is_taken_as_long_as_the_receipt_is(ours, asked, seconds, status):
    with time_machine.travel(asked.last + timedelta(seconds=seconds), tick=False):
        answer = ours.client.post(f"{API}/messages/{asked.delivery.pk}/receipt/files", {"file": pdf()})
    assert (answer.status_code, Document.objects.count()) == (status, int(status == 201))


@pytest.mark.parametrize(("seconds", "status"), [(-1, 200), (0, 200), (1, 409)])
def test_a_draft_is_kept_as_long_as_the_receipt_is_taken(ours, asked, seconds, status):
    with time_machine.travel(asked.last + timedelta(seconds=seconds), tick=False):
        data = {"version": 0, "draft_version": 0, **asked.answers()}
        answer = ours.client.post(f"{asked.submit}draft/", data, headers={"HX-Request": "true"})
    assert (answer.status_code, ReceiptDraft.objects.count()) == (status, int(status == 200))


@pytest.mark.parametrize("seconds", SECONDS)
def test_the_page_says_what_the_post_will_do(ours, asked, seconds):
    """The form, the list and the API offer a receipt at exactly those moments at which it is taken."""
    with time_machine.travel(asked.last + timedelta(seconds=seconds), tick=False):
        page = look(ours.client, asked.url)
        row = look(ours.client, "/portal/messages/").select_one(".msg__mark").text.strip()
        told = ours.client.get(f"{API}/messages/{asked.delivery.pk}").json()
        is_taken = by_page(ours, asked) is None
    assert bool(page.select("#receipt-form button[data-confirm]")) is is_taken
    assert told["is_open"] is is_taken
    assert {row, told["mark"]} == {"未回执" if is_taken else "已截止"}


@pytest.mark.parametrize("door", DOORS)
def test_a_page_opened_in_time_and_posted_too_late_is_refused(ours, asked, door):
    with time_machine.travel(asked.last - timedelta(seconds=1), tick=False):
        assert look(ours.client, asked.url).select("#receipt-form button[data-confirm]") != []
    assert judged(DOORS[door], ours, asked, asked.last + timedelta(seconds=1))[0] == REFUSED


def test_who_came_too_late_is_told_by_which_clock(ours, asked):
    """The server's, to the second: that of the person may be slow."""
    late = asked.last + timedelta(seconds=1)
    with time_machine.travel(late, tick=False):
        answer = ours.client.post(f"{asked.url}receipt/", {"version": 0})
    assert f"本系统时间为 {timezone.localtime(late):%Y-%m-%d %H:%M:%S}" in answer.content.decode()


# --- Twins ----------------------------------------------------------------------------------------------------------


def careless(asked, person, is_open):
    """A door that asks `is_open(deadline)` and nothing else, and writes by itself."""
    if not is_open(Delivery.objects.with_deadline().get(pk=asked.delivery.pk).deadline):
        return "closed"
    Receipt.objects.create(delivery=asked.delivery, version=1, submitted_by=person, submitted_at=timezone.now())
    return None


def by_the_page(deadline):
    opened_at = deadline - timedelta(minutes=1)
    return opened_at <= deadline


def before_the_deadline(deadline):
    return timezone.now() < deadline


def by_the_minute(deadline):
    return timezone.now().replace(second=0) <= deadline


@pytest.mark.parametrize(
    ("is_open", "verdicts"),
    [
        (by_the_page, [IN_TIME, IN_TIME, IN_TIME]),
        (before_the_deadline, [IN_TIME, REFUSED, REFUSED]),
        (by_the_minute, [IN_TIME, IN_TIME, IN_TIME]),
        (lambda deadline: timezone.now() <= deadline, [IN_TIME, IN_TIME, REFUSED]),
    ],
    ids=["when the page was opened", "wrong operator", "minutes", "right"],
)
def test_twins_that_judge_otherwise_are_told_apart(ours, asked, is_open, verdicts):
    def door(member, asked):
        return careless(asked, member.user, is_open)

    found = []
    for seconds in SECONDS:
        Receipt.objects.all().delete()
        found.append(judged(door, ours, asked, asked.last + timedelta(seconds=seconds))[0])
    assert found == verdicts
