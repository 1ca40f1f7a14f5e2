"""Drafts of receipts: saved as typed, found again, never over a colleague's, gone once returned."""

import pytest
from bs4 import BeautifulSoup
from django.utils import timezone

from cms.models import NoticePage
from membership.tracking import actions
from membership.tracking.models import Receipt, ReceiptDraft
from membership.tracking.states import ReceiptKind
from membership.units.models import Document
from tests.factories import notice
from tests.files import pdf, upload
from tests.portal.conftest import LI, deliberation, in_days, look, meeting, rows
from tests.portal.test_receipts import Asked, cells, chosen, summary, written

pytestmark = pytest.mark.django_db


@pytest.fixture
def asked(ours, outsider):
    return Asked(deliberation(), ours.unit)


@pytest.fixture
def invited(ours, outsider):
    return Asked(meeting(), ours.unit)


def save(client, asked, *, known=0, version=0, by_itself=True, **entries):
    """What receipts.js sends, or the button when not `by_itself`."""
    data = {"version": version, "draft_version": known, **entries}
    headers = {"HX-Request": "true"} if by_itself else {}
    return client.post(f"{asked.submit}draft/", data, headers=headers)


def told(response):
    return BeautifulSoup(response.content, "html.parser").select_one("[data-draft-told]")


def drafts():
    return list(ReceiptDraft.objects.values_list("delivery", "version", "saved_by"))


def test_what_was_typed_is_kept_right_or_wrong_and_found_again(ours, asked):
    first, second = asked.items
    before = written()
    response = save(ours.client, asked, **{f"opinion_{first.pk}": "disagree", f"comment_{second.pk}": "待议"})

    draft = ReceiptDraft.objects.get()
    saved_at = timezone.localtime(draft.saved_at)
    assert (response.status_code, told(response).text, told(response)["data-version"]) == (
        200,
        f"草稿已保存 {saved_at:%H:%M}",
        "1",
    )
    assert written() == before

    page = look(ours.client, asked.url)
    assert chosen(page) == {f"opinion_{first.pk}": "disagree"}
    assert page.select_one(f"#id_comment_{second.pk}").text.strip() == "待议"
    assert page.select_one("[data-draft-status]").text == f"草稿已保存 {saved_at:%H:%M}"
    assert page.select_one("[data-draft-version]")["value"] == "1"
    assert summary(page) == []


def test_rows_of_attendees_are_kept_without_those_taken_out(ours, invited):
    save(ours.client, invited, **rows(LI, {"name": "王五"}, {"name": "赵六"}), **{"attendees-0-DELETE": "on"})
    assert cells(look(ours.client, invited.url), "name") == ["王五", "赵六"]


def test_the_button_keeps_the_file_too_and_leads_back(ours, asked):
    response = save(ours.client, asked, by_itself=False, file=pdf("盖章.pdf"))
    assert (response.status_code, response["Location"]) == (302, f"{asked.url}?revise=1#receipt-form")
    page = look(ours.client, asked.url)
    assert page.select_one("input[name=document]")["value"] == str(Document.objects.get().pk)
    assert page.select_one(".form-actions button[formaction]").text == "保存草稿"


def test_the_button_says_what_is_wrong_with_a_file_and_saves_the_rest(ours, asked):
    first, _second = asked.items
    response = save(ours.client, asked, by_itself=False, file=upload("空.pdf", b""), **{f"opinion_{first.pk}": "agree"})
    page = BeautifulSoup(response.content, "html.parser")
    assert (response.status_code, summary(page)) == (422, [("#id_file", "文件“空.pdf”是空的")])
    assert page.select_one("[data-draft-version]")["value"] == "1"
    assert ReceiptDraft.objects.get().values[f"opinion_{first.pk}"] == "agree"


def test_a_colleague_who_was_quicker_is_named_and_nothing_is_overwritten(ours, agent, asked):
    first, _second = asked.items
    entry = f"opinion_{first.pk}"
    save(agent, asked, **{entry: "agree"})

    by_itself = save(ours.client, asked, **{entry: "abstain"})
    assert by_itself.status_code == 409
    assert told(by_itself).text.startswith("赵六 于 ")
    assert ReceiptDraft.objects.get().values[entry] == "agree"

    by_button = save(ours.client, asked, by_itself=False, **{entry: "abstain"})
    page = BeautifulSoup(by_button.content, "html.parser")
    assert (by_button.status_code, chosen(page)) == (409, {entry: "abstain"})
    assert ReceiptDraft.objects.get().values[entry] == "agree"

    known = page.select_one("[data-draft-version]")["value"]
    assert save(ours.client, asked, known=known, **{entry: "abstain"}).status_code == 200
    assert ReceiptDraft.objects.get().values[entry] == "abstain"


def test_an_outsider_saves_and_sees_nothing(ours, outsider, asked):
    save(ours.client, asked, **{f"opinion_{asked.items[0].pk}": "agree"})
    before = drafts()
    for by_itself in (True, False):
        assert save(outsider.client, asked, known=1, by_itself=by_itself).status_code == 404
    assert drafts() == before
    theirs = Asked(asked.page, outsider.unit)
    assert chosen(look(outsider.client, theirs.url)) == {}


def test_it_is_gone_once_returned_and_what_comes_after_makes_no_new_one(ours, asked):
    save(ours.client, asked)
    assert ours.client.post(asked.submit, asked.answers())["Location"] == asked.done
    assert drafts() == []
    assert save(ours.client, asked).status_code == 409
    assert drafts() == []


def test_a_refused_submit_keeps_the_draft_and_its_version(ours, asked):
    save(ours.client, asked)
    response = ours.client.post(asked.submit, {"version": 0, "draft_version": 1})
    assert response.status_code == 422
    page = BeautifulSoup(response.content, "html.parser")
    assert page.select_one("[data-draft-version]")["value"] == "1"
    assert len(drafts()) == 1


def test_a_revision_has_a_draft_of_its_own(ours, asked):
    first, second = asked.items
    ours.client.post(asked.submit, asked.answers())
    save(ours.client, asked, version=1, **{f"opinion_{first.pk}": "abstain"})
    assert look(ours.client, asked.url).select("#receipt-form") == []
    assert chosen(look(ours.client, f"{asked.url}?revise=1")) == {f"opinion_{first.pk}": "abstain"}


def test_after_the_deadline_the_draft_is_shown_and_no_longer_changed(ours, asked):
    entry = f"opinion_{asked.items[0].pk}"
    save(ours.client, asked, **{entry: "abstain"})
    NoticePage.objects.filter(pk=asked.page.pk).update(deadline=in_days(-1))
    before = drafts()
    for by_itself in (True, False):
        assert save(ours.client, asked, known=1, by_itself=by_itself, **{entry: "agree"}).status_code == 409
    assert drafts() == before

    page = look(ours.client, asked.url)
    assert chosen(page) == {entry: "abstain"}
    assert page.select_one("#receipt-form > .card__body > fieldset").has_attr("disabled")
    assert "028-86000000" in page.select_one("#receipt-form .banner-warn").text


@pytest.mark.parametrize("typed", ["一\x00二", "\ud800", "字" * 5000, "<script>"])
def test_anything_can_be_kept(ours, asked, typed):
    entry = f"comment_{asked.items[0].pk}"
    body = typed.encode("utf-8", "surrogatepass") if "\ud800" in typed else typed
    assert save(ours.client, asked, **{entry: body}).status_code == 200
    assert look(ours.client, asked.url).select_one(f"#id_{entry}") is not None


@pytest.mark.parametrize("known", ["", "x", "-1", "9" * 30, "7"])
def test_a_page_that_does_not_say_what_it_was_made_from_overwrites_nothing(ours, asked, known):
    save(ours.client, asked)
    before = drafts()
    assert save(ours.client, asked, known=known).status_code == 409
    assert drafts() == before


def test_fields_that_are_not_of_this_receipt_are_not_kept(ours, asked):
    save(ours.client, asked, is_staff="1", opinion_999999="agree", **{"attendees-0-name": "李四"})
    first, second = asked.items
    assert set(ReceiptDraft.objects.get().values) == {
        f"{part}_{item.pk}" for item in (first, second) for part in ("opinion", "comment")
    }


def test_a_matter_taken_off_since_is_left_out(ours, asked):
    actions.save_receipt_draft(asked.delivery, by=ours.user, version=0, values={"opinion_999999": "agree"})
    assert summary(look(ours.client, asked.url)) == []


def test_recalled_and_acknowledgement(ours, outsider, asked):
    page = notice(receipt_kind=ReceiptKind.ACKNOWLEDGEMENT, deadline=in_days(1))
    form = look(ours.client, Asked(page, ours.unit).url).select_one("#receipt-form")
    assert (form.get("data-draft"), form.select("[formaction]")) == (None, [])
    actions.recall(asked.page)
    assert save(ours.client, asked).status_code == 409
    assert (drafts(), Receipt.objects.count()) == ([], 0)
