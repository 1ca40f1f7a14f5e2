"""The main job over HTTP: an editor publishes, a clerk reads and answers, the editor's board counts it (guide 二)."""

import hashlib

import pytest
from bs4 import BeautifulSoup
from django.contrib.auth.models import Group
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from wagtail.test.utils.form_data import inline_formset, nested_form_data, rich_text, streamfield

from cms.actions import store_attachment
from cms.models import NoticeCategory, NoticePage
from membership.jobs.models import Job
from membership.jobs.states import JobState
from membership.tracking.models import Delivery, Receipt
from tests.factories import UserFactory, members_index, notice
from tests.files import docx, pdf
from tests.portal.conftest import LI, badges, deliver, in_days, line, look, rows

pytestmark = pytest.mark.django_db


@pytest.fixture
def editor():
    user = UserFactory(staff=True, name="王晓编")
    user.groups.add(Group.objects.get(name="编辑"))
    client = Client()
    client.force_login(user)
    client.user = user
    return client


def publish(editor, title, kind, form, matters=()):
    """Fill in the editor's form and press 发布; returns the page."""
    data = {
        "title": title,
        "slug": f"notice-{kind}",
        "category": NoticeCategory.objects.get(slug="receipt").pk,
        "document_no": "示建质安协〔2026〕1号",
        "body": streamfield([("paragraph", rich_text("<p>各会员单位：</p>"))]),
        "attachments": inline_formset([{"attachment": form.pk, "is_receipt_form": "on", "ORDER": 1}]),
        "agenda_items": inline_formset([{"title": matter, "ORDER": n} for n, matter in enumerate(matters, start=1)]),
        "comments": inline_formset([]),
        "to_all": "on",
        "deliver_to_newcomers": "on",
        "receipt_kind": kind,
        "deadline": timezone.localtime(in_days(7)).strftime("%Y-%m-%d %H:%M"),
        "upload_required": "on",
        "contact": "秘书处 028-86000001",
        "action-publish": "action-publish",
    }
    url = reverse("wagtailadmin_pages:add", args=["cms", "noticepage", members_index().pk])
    response = editor.post(url, nested_form_data(data) | {"attendee_columns": ["gender", "email", "remark"]})
    assert response.status_code == 302, BeautifulSoup(response.content, "html.parser").select(".error-message")
    return NoticePage.objects.get(title=title)


def board(editor, page, tab):
    """The counters of the editor's board and the units in one of its lists."""
    shown = look(editor, f"{reverse('notices:board', args=[page.pk])}?list={tab}")
    counters = {box.dt.text: box.dd.contents[0].strip() for box in shown.select(".board__counts > div")}
    return counters, [cell.text.strip() for cell in shown.select(".board__table tbody td.title")]


def steps(detail, numbered):
    """The numbered steps of the receipt in the order of the page; the guide numbers them so (二.(二))."""
    found = detail.select("#receipt-form ol.steps > li.step")
    assert [step.select_one(".step__no").text for step in found] == [str(n) for n in range(1, len(numbered) + 1)]
    assert [step.select_one(".step__title").text for step in found] == numbered
    return found


def sends_by(detail, words):
    """The button that ends the work, with the guide's word; nothing else on the form is called so."""
    assert [button.text for button in detail.select("#receipt-form .form-actions .btn-primary")] == [words]
    return True


def is_plus(step):
    """点击“+”图标: the field for the file is a plus with words, and takes a file."""
    return (len(step.select(".upload .upload__plus svg")), len(step.select(".upload input[type=file]"))) == (1, 1)


def job_ran():
    job = Job.objects.get(name="tracking.deliver")
    return job.state == JobState.SUCCEEDED


def test_deliberation_from_the_editor_to_the_count(editor, ours, outsider):
    form = store_attachment(docx("会议审议回执表.docx"), by=editor.user, title="会议审议回执表")
    title = "关于审议章程修订案的通知"
    page = publish(editor, title, "deliberation", form, ["章程修订案", "会费标准"])
    assert job_ran()
    delivery = Delivery.objects.get(notice=page, unit=ours.unit)
    url = f"/portal/messages/{delivery.pk}/"
    assert board(editor, page, "unread") == (
        {"发送": "2", "已读": "0", "已回执": "0", "逾期": "0"},
        ["示范工程检测有限公司", "示范监理咨询有限公司"],
    )

    inbox = look(ours.client, "/portal/messages/")
    assert badges(inbox) == {"menu": 1, "全部": 1, "回执通知": 1}
    assert line(inbox, title) == (["会议审议回执"], title, ["未回执"])
    assert [link.text for link in look(ours.client, "/portal/messages/?state=unread").select(".msg a")] == [title]

    detail = look(ours.client, url)
    assert detail.h1.text == title
    shown = steps(detail, ["下载附件", "选择审议意见", "上传回执文件", "提交回执"])
    assert [words.contents[0] for words in shown[1].select(".matter legend")] == ["章程修订案", "会费标准"]
    choices = [[label.text for label in matter.select(".choice label")] for matter in shown[1].select(".matter")]
    assert choices == [["同意", "不同意", "弃权"]] * 2
    assert is_plus(shown[2])
    assert sends_by(detail, "提交回执")
    assert [link.get_text(" ", strip=True) for link in detail.select("#receipt-form .file a")] == [
        "下载附件 会议审议回执表"
    ]
    download = ours.client.get(detail.select_one("#receipt-form .file a")["href"])
    assert hashlib.sha256(b"".join(download.streaming_content)).hexdigest() == form.sha256

    inbox = look(ours.client, "/portal/messages/")
    assert badges(inbox) == {}
    assert line(inbox, title) == (["会议审议回执"], title, ["未回执"])
    assert look(ours.client, "/portal/messages/?state=unread").select(".msg") == []
    assert board(editor, page, "awaiting") == (
        {"发送": "2", "已读": "1", "已回执": "0", "逾期": "0"},
        ["示范工程检测有限公司"],
    )

    first, second = page.agenda_items.all()
    answer = {
        "version": 0,
        f"opinion_{first.pk}": "agree",
        f"opinion_{second.pk}": "disagree",
        f"comment_{second.pk}": "建议分步实施",
        "file": pdf("盖章回执.pdf"),
    }
    response = ours.client.post(f"{url}receipt/", answer)
    assert (response.status_code, response["Location"]) == (302, f"{url}receipt/done/")
    done = look(ours.client, f"{url}receipt/done/")
    delivery.refresh_from_db()
    assert done.h1.text.strip() == "回执已提交"
    assert delivery.receipt_number in done.select_one("main").text

    inbox = look(ours.client, "/portal/messages/")
    assert badges(inbox) == {}
    assert line(inbox, title) == (["会议审议回执"], title, ["已回执"])
    assert look(ours.client, "/portal/messages/?state=awaiting").select(".msg") == []
    receipt = Receipt.objects.get(delivery=delivery)
    assert [(o.item.title, o.choice, o.comment) for o in receipt.opinions.all()] == [
        ("章程修订案", "agree", ""),
        ("会费标准", "disagree", "建议分步实施"),
    ]
    assert board(editor, page, "receipted") == (
        {"发送": "2", "已读": "1", "已回执": "1", "逾期": "0"},
        ["示范工程检测有限公司"],
    )


def test_attendance_from_the_editor_to_the_count(editor, ours, outsider):
    form = store_attachment(docx("参会回执表.docx"), by=editor.user, title="参会回执表")
    title = "关于召开会员大会的通知"
    page = publish(editor, title, "attendance", form)
    assert job_ran()
    delivery = Delivery.objects.get(notice=page, unit=ours.unit)
    url = f"/portal/messages/{delivery.pk}/"

    inbox = look(ours.client, "/portal/messages/")
    assert badges(inbox) == {"menu": 1, "全部": 1, "回执通知": 1}
    assert line(inbox, title) == (["参加会议回执"], title, ["未回执"])

    detail = look(ours.client, url)
    assert detail.h1.text == title
    shown = steps(detail, ["下载附件", "填写参会人员", "新增参会人员", "上传回执文件", "提交回执"])
    [link] = shown[0].select(".file a")
    assert link.get_text(" ", strip=True) == "下载附件 参会回执表"
    download = ours.client.get(link["href"])
    assert hashlib.sha256(b"".join(download.streaming_content)).hexdigest() == form.sha256
    head = [cell.contents[0] for cell in shown[1].select("thead th") if not cell.select(".visually-hidden")]
    assert head == ["姓名", "性别", "职务", "手机号", "邮箱", "备注"]
    assert [button.text.strip() for button in shown[2].select("button")] == ["新增参会人员"]
    assert is_plus(shown[3])
    assert sends_by(detail, "提交回执")
    inbox = look(ours.client, "/portal/messages/")
    assert badges(inbox) == {}
    assert line(inbox, title) == (["参加会议回执"], title, ["未回执"])

    wang = {"name": "王五", "gender": "male", "position": "工程师", "mobile": "13900000000", "email": "w@example.com"}
    response = ours.client.post(f"{url}receipt/", {"version": 0, **rows(LI, wang), "file": docx("参会回执表.docx")})
    assert (response.status_code, response["Location"]) == (302, f"{url}receipt/done/")
    assert look(ours.client, f"{url}receipt/done/").h1.text.strip() == "回执已提交"

    inbox = look(ours.client, "/portal/messages/")
    assert line(inbox, title) == (["参加会议回执"], title, ["已回执"])
    receipt = Receipt.objects.get(delivery=delivery)
    assert [(a.name, a.position, a.mobile) for a in receipt.attendees.all()] == [
        ("李四", "总工程师", "+8613811138111"),
        ("王五", "工程师", "+8613900000000"),
    ]
    assert board(editor, page, "receipted") == (
        {"发送": "2", "已读": "1", "已回执": "1", "逾期": "0"},
        ["示范工程检测有限公司"],
    )
    assert board(editor, page, "unread")[1] == ["示范监理咨询有限公司"]


def test_what_is_only_to_be_read_from_the_number_to_nothing(ours, outsider):
    """Guide 二.(一): a red number at 消息管理 and at the category, 未读 behind the title; gone once it is read."""
    title = "关于举办检测技术培训的通知"
    delivery = deliver(notice(title=title, category="training"))[ours.unit]
    deliver(notice(title="发给别人的通知", rules=[{"kind": "unit", "unit": outsider.unit}]))

    inbox = look(ours.client, "/portal/messages/")
    menu = inbox.select_one('.rail__link[href="/portal/messages/"]')
    assert menu.get_text(" ", strip=True).startswith("消息管理")
    assert badges(inbox) == {"menu": 1, "全部": 1, "培训": 1}
    assert line(inbox, title) == ([], title, ["未读"])

    detail = look(ours.client, f"/portal/messages/{delivery.pk}/")
    assert (detail.h1.text, detail.select("#receipt-form")) == (title, [])

    inbox = look(ours.client, "/portal/messages/")
    assert badges(inbox) == {}
    assert line(inbox, title) == ([], title, [])
    assert badges(look(outsider.client, "/portal/messages/"))["menu"] == 2
