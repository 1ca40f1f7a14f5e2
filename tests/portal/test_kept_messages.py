"""The page of a message in parts that are drawn once for many units: each sees its own, and what stands now."""

import re

import pytest
from django.template.loader import get_template
from django.utils import timezone

from cms.blocks import BodyBlock
from cms.models import ActivityPage, AgendaItem, AssociationSettings, Attachment, NoticePage
from cms.values import PLAIN_BLOCKS, Text
from home.models import HomePage
from membership.tracking.models import Delivery
from portal.kept import HOLE, NO_ROW
from portal.marks import full_time
from tests.factories import notice
from tests.portal.conftest import attach, deliberation, deliver, in_days, look, meeting, opinions, put

pytestmark = pytest.mark.django_db

LIST = "/portal/messages/"
FORM = "portal/messages/_asked.html"


def path(delivery):
    return f"{LIST}{delivery.pk}/"


def token(page):
    return page.select_one("#receipt-form [name=csrfmiddlewaretoken]")["value"]


@pytest.fixture
def drawings(monkeypatch):
    """The names of the templates that are drawn from now on, without those that other templates include."""
    names = []

    def watched(name):
        names.append(name)
        return get_template(name)

    monkeypatch.setattr("portal.kept.get_template", watched)
    return names


@pytest.mark.parametrize("asked", [deliberation, meeting])
def test_a_form_that_nobody_has_filled_in_is_drawn_once_for_all(ours, outsider, drawings, asked):
    sent = deliver(asked())
    pages = [look(who.client, path(sent[who.unit])) for who in (ours, outsider, ours)]
    assert drawings.count(FORM) == 1
    assert len({token(page) for page in pages}) == 3
    assert all(page.select_one("#receipt-form h2") for page in pages)
    english = ours.client.get(path(sent[ours.unit]), headers={"accept-language": "en"})
    assert drawings.count(FORM) == 2
    assert "Return receipt" in english.text


@pytest.mark.parametrize("asked", [deliberation, meeting])
def test_every_address_is_that_of_the_own_message(ours, outsider, asked):
    before = deliver(notice(title="先"))
    page = asked()
    form, beside = attach(page, "回执表.pdf", is_receipt_form=True), attach(page, "议程.pdf")
    sent, after = deliver(page), deliver(notice(title="后"))
    for _again in range(2):
        for who in (ours, outsider):
            own = path(sent[who.unit])
            shown = look(who.client, own)
            assert str(NO_ROW) not in str(shown)
            assert HOLE not in str(shown)
            receipt = shown.select_one("#receipt-form")
            assert (receipt["action"], receipt["data-draft"]) == (f"{own}receipt/", f"{own}receipt/draft/")
            assert [button["formaction"] for button in receipt.select("[formaction]")] == [f"{own}receipt/draft/"]
            assert {link["href"] for link in shown.select(".file a")} == {
                f"{own}attachments/{placed.pk}/{view}" for placed in (form, beside) for view in ("", "view/")
            }
            assert {link["rel"][0]: link["href"] for link in shown.select("main > nav.btn-row a")} == {
                "next": path(before[who.unit]),
                "prev": path(after[who.unit]),
            }


def test_what_one_unit_enters_is_seen_by_no_other(ours, outsider):
    page = deliberation()
    sent = deliver(page)
    typed = opinions(page, "disagree", "甲方的意见")
    refused = ours.client.post(f"{path(sent[ours.unit])}receipt/", typed)
    assert refused.status_code == 422
    assert "甲方的意见" in refused.text
    assert "甲方的意见" not in outsider.client.get(path(sent[outsider.unit])).text
    assert "甲方的意见" not in ours.client.get(path(sent[ours.unit])).text

    ours.client.post(f"{path(sent[ours.unit])}receipt/draft/", typed | {"version": 0, "draft_version": 0})
    assert "甲方的意见" in ours.client.get(path(sent[ours.unit])).text
    theirs = look(outsider.client, path(sent[outsider.unit]))
    assert "甲方的意见" not in theirs.text
    assert theirs.select("[type=radio][checked]") == []

    ours.client.post(f"{path(sent[ours.unit])}receipt/", typed | {"version": 0})
    assert Delivery.objects.get(pk=sent[ours.unit].pk).receipt_version == 1
    assert look(ours.client, path(sent[ours.unit])).select_one("#receipt td:last-child").text == "甲方的意见"
    assert look(outsider.client, path(sent[outsider.unit])).select("#receipt") == []


def test_a_typed_sign_that_stands_for_a_hole_opens_none(ours):
    page = deliberation()
    delivery = deliver(page)[ours.unit]
    typed = opinions(page, "agree", f"{HOLE} {NO_ROW}") | {"version": 0}
    answer = ours.client.post(f"{path(delivery)}receipt/", typed)
    assert answer.status_code == 422
    form = answer.text[answer.text.index('id="receipt-form"') :]
    assert (form.count("csrfmiddlewaretoken"), form.count(str(NO_ROW))) == (1, 2)


def test_more_time_for_one_unit_is_seen_by_it_alone(ours, outsider):
    sent = deliver(deliberation(deadline=in_days(5)))
    usual, later = full_time(sent[ours.unit].notice.deadline), in_days(9)
    pages = {who.unit: look(who.client, path(sent[who.unit])) for who in (ours, outsider)}
    assert all(usual in page.aside.text for page in pages.values())
    Delivery.objects.filter(pk=sent[ours.unit].pk).update(deadline_override=later)
    mine, theirs = (look(who.client, path(sent[who.unit])) for who in (ours, outsider))
    for part in ("aside", "#receipt-form"):
        assert full_time(later) in mine.select_one(part).text
        assert usual in theirs.select_one(part).text


def test_a_change_of_the_notice_is_seen_at_once(ours):
    page = deliberation(title="旧题", deadline=in_days(5), body=[("paragraph", "<p>旧文</p>")])
    placed = attach(page, "旧名.pdf", is_receipt_form=True)
    delivery = deliver(page)[ours.unit]
    first = look(ours.client, path(delivery))
    assert (first.h1.text, first.select_one(".article").text.strip()) == ("旧题", "旧文")
    assert first.select("[role=note]") == []

    now = timezone.now()
    page.title, page.body, page.document_no = "新题", [("paragraph", "<p>新文</p>")], "示协〔2026〕1号"
    page.save()
    news = {"correction": "改了一处", "corrected_at": now, "upload_required": True, "deadline": in_days(8)}
    NoticePage.objects.filter(pk=page.pk).update(**news)
    item = page.agenda_items.first()
    AgendaItem.objects.filter(pk=item.pk).update(title="新事项", options="甲日、乙日")
    Attachment.objects.filter(pk=placed.attachment_id).update(title="新名")
    association = AssociationSettings.load()
    association.phone = "010-88888888"
    association.save()

    shown = look(ours.client, path(delivery))
    assert (shown.h1.text, shown.select_one(".article").text.strip()) == ("新题", "新文")
    assert "示协〔2026〕1号" in shown.select_one(".article-meta").text
    assert "改了一处" in shown.select_one("[role=note]").text
    form = shown.select_one("#receipt-form")
    assert form.select_one("[name=edition]")["value"] == now.isoformat()
    assert form.select_one(f"#id_opinion_{item.pk}_field legend").text.startswith("新事项")
    assert [radio["value"] for radio in form.select(f"[name=opinion_{item.pk}]")] == ["甲日", "乙日"]
    assert "新名" in form.select_one(".file__name").text
    assert "010-88888888" in shown.aside.text
    assert full_time(news["deadline"]) in shown.aside.text
    assert "上传回执文件" in shown.aside.text


def test_columns_and_places_of_a_meeting_are_those_of_now(ours):
    page = meeting(attendee_columns=["gender"], max_attendees=3)
    delivery = deliver(page)[ours.unit]
    first = look(ours.client, path(delivery))
    assert (first.select("[name=attendees-0-email]"), first.select_one(".steps")["data-max"]) == ([], "3")
    NoticePage.objects.filter(pk=page.pk).update(attendee_columns=["email"], max_attendees=2)
    shown = look(ours.client, path(delivery))
    assert (shown.select("[name=attendees-0-gender]"), shown.select_one(".steps")["data-max"]) == ([], "2")
    assert shown.select("[name=attendees-0-email]") != []


def test_a_link_to_a_page_follows_the_page(ours):
    """Its address is looked up whenever the text is drawn, so such a text is not kept."""
    target = HomePage.objects.get().add_child(instance=HomePage(title="去处", slug="there", hero_title="去处"))
    page = notice(body=[("paragraph", f'<p><a linktype="page" id="{target.pk}">去处</a></p>')])
    delivery = deliver(page)[ours.unit]
    assert Text.of(NoticePage.objects.get(pk=page.pk)) is None
    assert look(ours.client, path(delivery)).select_one(".article a")["href"].endswith("/there/")
    target.slug = "elsewhere"
    target.save()
    assert look(ours.client, path(delivery)).select_one(".article a")["href"].endswith("/elsewhere/")


def test_texts_without_such_a_link_are_kept(ours, outsider, drawings):
    rest = [("quote", {"text": "引文", "source": ""}), ("signature", {"signer": "协会", "date": "2026-11-26"})]
    sent = deliver(notice(body=[("heading", "一"), ("paragraph", '<p><a href="https://e.org/">外</a></p>'), *rest]))
    texts = {str(look(who.client, path(sent[who.unit])).select_one(".article")) for who in (ours, outsider)}
    assert len(texts) == 1
    assert re.findall("引文|2026年11月26日|https://e.org/", texts.pop()) == ["https://e.org/", "引文", "2026年11月26日"]
    assert drawings.count("cms/body.html") == 1


def test_of_every_block_it_is_known_whether_its_text_may_be_kept():
    assert set(BodyBlock().child_blocks) == PLAIN_BLOCKS | {"image"}


def test_an_activity_costs_no_more_questions_than_a_notice(ours, django_assert_num_queries):
    starts, ends = timezone.now(), in_days(1)
    page = notice(model=ActivityPage, starts_at=starts, ends_at=ends, venue="成都", receipt_kind="none")
    delivery = deliver(page)[ours.unit]
    look(ours.client, path(delivery))
    with django_assert_num_queries(6):
        shown = look(ours.client, path(delivery))
    facts = [fact.text for fact in shown.select("article .facts dd")]
    assert facts == [f"{full_time(starts)} ～ {full_time(ends)}", "成都"]
    assert shown.select_one("article a[download]")["href"] == f"{path(delivery)}calendar.ics"


def test_a_kept_page_opens_no_door(ours, outsider):
    """What was drawn for one unit is not shown to who may not see it."""
    sent = deliver(notice(title="只给我们", rules=[{"kind": "unit", "unit": ours.unit}]))
    look(ours.client, path(sent[ours.unit]))
    look(outsider.client, path(sent[ours.unit]), 404)
    put(ours.unit, "suspended")
    assert "只给我们" not in look(ours.client, path(sent[ours.unit]), 403).text
