"""Files of a notice as images of their pages: for the units that have the notice, and for nobody else."""

import pytest

from cms.actions import store_attachment
from cms.models import Attachment, AttachmentPage, NoticeAttachment
from membership.jobs.models import Job
from membership.tracking import actions
from tests.factories import UserFactory, notice
from tests.files import docx, pdf
from tests.portal.conftest import attach, deliver, look
from tests.portal.test_document_pages import HEADERS, HTMX, status

pytestmark = pytest.mark.django_db


@pytest.fixture
def sent(ours, outsider):
    """A notice to our unit alone, with a file of three pages."""
    page = notice(rules=[{"kind": "unit", "unit": ours.unit}])
    stored = store_attachment(pdf("实施方案.pdf", pages=3), by=UserFactory(root=True), title="实施方案")
    placed = NoticeAttachment.objects.create(page=page, attachment=stored)
    delivery = deliver(page)[ours.unit]
    return page, placed, f"/portal/messages/{delivery.pk}/attachments/{placed.pk}/"


def test_its_pages_are_counted_and_drawn_when_it_is_stored(sent):
    _page, placed, _file = sent
    assert placed.attachment.pages == 3
    assert Job.objects.filter(name="cms.draw_pages").count() == 1
    assert list(placed.attachment.drawn.values_list("number", flat=True)) == [1, 2, 3]


def test_the_unit_that_has_the_notice_sees_them(ours, sent):
    _page, placed, file = sent
    shown = look(ours.client, f"{file}view/")
    assert shown.h1.text == "实施方案"
    assert [image["src"] for image in shown.select(".viewer img")] == [f"{file}pages/{n}/" for n in (1, 2, 3)]
    assert shown.select_one(".viewer a[download]")["href"] == file

    alone = ours.client.get(f"{file}view/", headers=HTMX)
    assert alone.content.decode().startswith("<section")
    assert "HX-Request" in alone["Vary"]
    assert {n: status(ours.client, f"{file}pages/{n}/") for n in (0, 1, 3, 4)} == {0: 404, 1: 200, 3: 200, 4: 404}
    image = ours.client.get(f"{file}pages/2/")
    assert b"".join(image.streaming_content).startswith(b"\xff\xd8\xff")
    assert {name: image.get(name) for name in HEADERS} == HEADERS


@pytest.mark.parametrize("part", ["view/", "pages/1/"])
def test_nobody_else_does(outsider, client, sent, part):
    _page, _placed, file = sent
    AttachmentPage.objects.all().delete()
    assert status(outsider.client, f"{file}{part}") == 404
    assert status(outsider.client, f"{file}{part}", headers=HTMX) == 404
    assert client.get(f"{file}{part}")["Location"] == f"/accounts/login/?next={file}{part}"
    assert client.post(f"{file}{part}").status_code in {302, 405}
    assert AttachmentPage.objects.count() == 0


@pytest.mark.parametrize("part", ["view/", "pages/1/"])
def test_through_an_own_delivery_no_file_of_another_notice_is_seen(outsider, sent, part):
    _page, placed, _file = sent
    own = deliver(notice(rules=[{"kind": "unit", "unit": outsider.unit}]))[outsider.unit]
    assert status(outsider.client, f"/portal/messages/{own.pk}/attachments/{placed.pk}/{part}") == 404


@pytest.mark.parametrize("part", ["", "view/", "pages/1/"])
def test_a_recalled_notice_takes_them_along(ours, sent, part):
    page, _placed, file = sent
    assert status(ours.client, f"{file}{part}") == 200
    actions.recall(page)
    assert status(ours.client, f"{file}{part}") == 404


def test_the_message_offers_the_preview_of_what_can_be_drawn(ours, sent):
    page, _placed, file = sent
    form = NoticeAttachment.objects.create(
        page=page, attachment=store_attachment(docx(), by=UserFactory(root=True), title="报名表")
    )
    shown = look(ours.client, file.partition("attachments/")[0])
    assert [link["href"] for link in shown.select("a[data-viewer]")] == [f"{file}view/"]
    assert len(shown.select("ul.files a[download]")) == 2
    word = f"{file.partition('attachments/')[0]}attachments/{form.pk}/"
    assert "无法在线查看" in look(ours.client, f"{word}view/").select_one(".viewer__note").text
    assert status(ours.client, f"{word}pages/1/") == 404


def test_a_file_stored_before_pages_were_counted_is_counted_when_it_is_looked_at(ours, outsider):
    page = notice(rules=[{"kind": "unit", "unit": ours.unit}])
    placed = attach(page)
    file = f"/portal/messages/{deliver(page)[ours.unit].pk}/attachments/{placed.pk}/"
    assert placed.attachment.pages is None
    assert len(look(ours.client, f"{file}view/").select(".viewer img")) == 1
    assert Attachment.objects.get(pk=placed.attachment_id).pages == 1
    assert status(ours.client, f"{file}pages/1/") == 200


def test_one_that_cannot_be_read_any_more_is_offered_as_a_download(ours, outsider):
    page = notice(rules=[{"kind": "unit", "unit": ours.unit}])
    placed = attach(page)
    with placed.attachment.file.storage.open(placed.attachment.file.name, "wb") as stored:
        stored.write(b"%PDF-1.7 no more")
    file = f"/portal/messages/{deliver(page)[ours.unit].pk}/attachments/{placed.pk}/"
    shown = look(ours.client, f"{file}view/")
    assert (shown.select(".viewer img"), len(shown.select(".viewer a[download]"))) == ([], 1)
    assert status(ours.client, f"{file}pages/1/") == 404


def test_one_that_the_storage_has_lost_keeps_its_page(ours, outsider):
    page = notice(rules=[{"kind": "unit", "unit": ours.unit}])
    placed = attach(page)
    placed.attachment.file.storage.delete(placed.attachment.file.name)
    file = f"/portal/messages/{deliver(page)[ours.unit].pk}/attachments/{placed.pk}/"
    assert status(ours.client, f"{file}view/") == 200
    assert status(ours.client, f"{file}pages/1/") == 404
