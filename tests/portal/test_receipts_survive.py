"""What a person has saved outlives a refused submit and an expired login, with and without scripts."""

from datetime import timedelta

import pytest
import time_machine
from bs4 import BeautifulSoup
from django.conf import settings
from django.utils import timezone

from membership.tracking import actions
from membership.tracking.models import Receipt, ReceiptDraft
from membership.units.models import Document
from tests.factories import PASSWORD
from tests.files import docx, pdf
from tests.portal.conftest import LI, deliberation, in_days, look, meeting, rows
from tests.portal.test_receipts import Asked, cells, chosen, refused

pytestmark = pytest.mark.django_db

WANG = {"name": "王五", "position": "经理", "mobile": "0755-123"}


class Deliberation:
    """One matter answered, one explained, and a file."""

    make = staticmethod(lambda: deliberation(upload_required=True, deadline=in_days(7)))
    file = staticmethod(lambda: pdf("盖章.pdf"))

    @staticmethod
    def typed(asked):
        first, second = asked.items
        return {f"opinion_{first.pk}": "disagree", f"comment_{first.pk}": "费用过高", f"comment_{second.pk}": "待议"}

    @staticmethod
    def shown(page, asked):
        first, second = asked.items
        words = {item: page.select_one(f"#id_comment_{item.pk}").text.strip() for item in (first, second)}
        return chosen(page) == {f"opinion_{first.pk}": "disagree"} and list(words.values()) == ["费用过高", "待议"]

    @staticmethod
    def completed(asked):
        return asked.answers(**Deliberation.typed(asked), **{f"opinion_{asked.items[1].pk}": "agree"})


class Meeting:
    """Two attendees, the second with a number that is none, and a file."""

    make = staticmethod(lambda: meeting(upload_required=True, deadline=in_days(7)))
    file = staticmethod(lambda: docx("参会表.docx"))

    @staticmethod
    def typed(asked):
        return rows(LI, WANG)

    @staticmethod
    def shown(page, asked):
        return (cells(page, "name"), cells(page, "mobile")) == (["李四", "王五"], ["13811138111", "0755-123"])

    @staticmethod
    def completed(asked):
        return {"version": 0, **rows(LI, WANG | {"mobile": "13900000000"})}


@pytest.fixture(params=[Deliberation, Meeting], ids=["deliberation", "meeting"])
def kind(request):
    return request.param


@pytest.fixture
def asked(ours, outsider, kind):
    return Asked(kind.make(), ours.unit)


def save_by_script(client, asked, **entries):
    """What receipts.js sends: all entries, the id of a file that is on the page, never a file."""
    data = {"version": 0, "draft_version": known(), **entries}
    return client.post(f"{asked.submit}draft/", data, headers={"HX-Request": "true"})


def save_by_button(client, asked, **entries):
    return client.post(f"{asked.submit}draft/", {"version": 0, "draft_version": known(), **entries})


def known():
    """The version of the draft on the page."""
    return getattr(ReceiptDraft.objects.first(), "version", 0)


def kept(page):
    """(name shown, id sent along) of the file on the page."""
    name, document = page.select_one("#receipt-form .files .file__name"), page.select_one("input[name=document]")
    return name and name.contents[0], document and document["value"]


def drafts():
    return list(ReceiptDraft.objects.values("delivery", "version", "values", "saved_by", "saved_at"))


def test_a_refused_submit_returns_everything_and_leaves_the_draft(ours, asked, kind):
    save_by_button(ours.client, asked, **kind.typed(asked), file=kind.file())
    document = str(Document.objects.get().pk)
    before = drafts()

    page = refused(ours.client, asked, {"version": 0, "draft_version": 1, "document": document, **kind.typed(asked)})

    assert drafts() == before
    assert kind.shown(page, asked)
    assert kept(page) == (kind.file().name, document)
    assert page.select_one("[data-draft-version]")["value"] == "1"
    again = look(ours.client, asked.url)
    assert (kind.shown(again, asked), kept(again)) == (True, (kind.file().name, document))

    answer = ours.client.post(asked.submit, kind.completed(asked) | {"document": document})
    assert answer["Location"] == asked.done
    assert (str(Receipt.objects.get().document_id), drafts()) == (document, [])


def test_a_file_sent_with_a_refused_submit_goes_into_the_draft_with_the_next_saving(ours, asked, kind):
    save_by_script(ours.client, asked, **kind.typed(asked))
    page = refused(ours.client, asked, {"version": 0, "draft_version": 1, **kind.typed(asked), "file": kind.file()})
    _name, document = kept(page)

    assert save_by_script(ours.client, asked, **kind.typed(asked), document=document).status_code == 200

    again = look(ours.client, asked.url)
    assert (kind.shown(again, asked), kept(again)) == (True, (kind.file().name, document))


@pytest.mark.parametrize("save", [save_by_script, save_by_button])
def test_a_login_that_expired_takes_nothing_away(ours, outsider, asked, kind, save):
    save_by_button(ours.client, asked, **kind.typed(asked), file=kind.file())
    document = str(Document.objects.get().pk)
    before = drafts()
    later = timezone.now() + timedelta(seconds=settings.SESSION_IDLE_SECONDS + 60)

    with time_machine.travel(later):
        for answer in (
            ours.client.post(asked.submit, kind.completed(asked) | {"document": document}),
            save(ours.client, asked, **kind.completed(asked)),
        ):
            login = answer.headers.get("HX-Redirect") or answer["Location"]
            assert login.startswith("/accounts/login/?next=/portal/messages/")
        assert (drafts(), Receipt.objects.count()) == (before, 0)

        way = log_in(ours.client, f"/accounts/login/?next={asked.submit}", ours.user)
        assert way == [asked.submit, asked.url]
        page = look(ours.client, asked.url)
        assert (kind.shown(page, asked), kept(page)) == (True, (kind.file().name, document))
        outsiders = log_in(outsider.client, f"/accounts/login/?next={asked.url}", outsider.user)
        assert (outsiders, outsider.client.get(asked.url).status_code) == ([asked.url], 404)


def log_in(client, address, user):
    """Log in on that page, as a person does; the addresses that one is led to."""
    answer = client.post(address, {"login": str(user.phone).removeprefix("+86"), "password": PASSWORD}, follow=True)
    return [url for url, _status in answer.redirect_chain]


def test_who_pressed_the_button_after_the_login_had_expired_is_led_to_the_message(ours, asked):
    address = f"{asked.submit}draft/"
    ours.client.logout()
    login = ours.client.post(address, {"version": 0})["Location"]
    assert login == f"/accounts/login/?next={address}"
    assert log_in(ours.client, login, ours.user) == [address, asked.url]
    assert drafts() == []


@pytest.mark.parametrize("way", ["too late", "recalled", "colleague"])
def test_a_submit_that_may_not_happen_now_leaves_the_draft(ours, agent, asked, kind, way):
    save_by_button(ours.client, asked, **kind.typed(asked), file=kind.file())
    document = str(Document.objects.get().pk)
    if way == "recalled":
        actions.recall(asked.page)
    if way == "colleague":
        agent.post(asked.submit, kind.completed(asked) | {"file": kind.file()})
        assert drafts() == []  # what the unit returned takes the place of what it was about to return
        return
    before = drafts()
    moment = timezone.now() if way == "recalled" else asked.page.deadline + timedelta(seconds=1)
    with time_machine.travel(moment):
        ours.client.force_login(ours.user)
        answer = ours.client.post(asked.submit, kind.completed(asked) | {"document": document})
        assert answer.status_code == 409
        assert drafts() == before
        if way == "too late":
            page = look(ours.client, asked.url)
            assert (kind.shown(page, asked), kept(page)[0]) == (True, kind.file().name)


# --- Twins ----------------------------------------------------------------------------------------------------------


def test_twin_that_forgets_the_draft_before_it_has_judged_loses_it(ours, asked, kind):
    """The verb deletes the draft within its transaction; who does so when the form arrives has lost it."""
    save_by_button(ours.client, asked, **kind.typed(asked), file=kind.file())
    ReceiptDraft.objects.filter(delivery=asked.delivery).delete()
    refused(ours.client, asked, {"version": 0, "draft_version": 1, **kind.typed(asked)})
    page = look(ours.client, asked.url)
    assert (kind.shown(page, asked), kept(page)) == (False, (None, None))


def test_twin_whose_page_forgets_the_file_asks_for_it_again(ours, asked, kind):
    """Without the hidden field the stored file is on disk and nowhere else."""
    data = {"version": 0, **kind.typed(asked), "file": kind.file()}
    document = kept(refused(ours.client, asked, data))[1]
    answer = ours.client.post(asked.submit, kind.completed(asked))
    page = BeautifulSoup(answer.content, "html.parser")
    assert (answer.status_code, kept(page), Document.objects.count()) == (422, (None, None), 1)
    assert ours.client.post(asked.submit, kind.completed(asked) | {"document": document}).status_code == 302
