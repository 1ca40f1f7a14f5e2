"""The main job in a browser: an editor publishes, a clerk reads and answers, the editor sees it counted."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.contrib.auth.models import Group
from django.utils import timezone

from cms.models import NoticeCategory, NoticePage
from membership.tracking.models import Delivery, Receipt
from tests.factories import UnitFactory, UserFactory, clerk, members_index
from tests.files import docx_bytes, pdf_bytes
from tests.portal.conftest import attach


@pytest.fixture
def people():
    """An editor, the clerk of a certified unit, and the clerk of an outsider unit."""
    editor = UserFactory(staff=True, name="王编辑")
    editor.groups.add(Group.objects.get(name="编辑"))
    member = UnitFactory(name="示范建设集团有限公司", certified=True)
    outsider = UnitFactory(name="外部单位有限公司", certified=True)
    return editor, clerk(member, name="李四"), clerk(outsider, name="赵六"), member


def publish(page, title, unit, kind, matters=()):
    """Write a notice in the editor and publish it to one unit."""
    page.goto(f"/cms/pages/add/cms/noticepage/{members_index().pk}/")
    page.locator("#id_title").fill(title)
    page.locator("#id_category").select_option(str(NoticeCategory.objects.get(slug="receipt").pk))
    page.get_by_role("tab", name="发送对象").click()
    page.locator("#id_to_all").check()
    page.get_by_role("tab", name="回执").click()
    page.locator("#id_receipt_kind").select_option(kind)
    deadline = timezone.localtime() + timedelta(days=7)
    page.locator("#id_deadline").fill(deadline.strftime("%Y-%m-%d %H:%M"))
    page.keyboard.press("Escape")
    for number, matter in enumerate(matters):
        page.locator("#id_agenda_items-ADD").click()
        page.locator(f"#id_agenda_items-{number}-title").fill(matter)
    page.locator("footer .w-dropdown__toggle").click()
    page.get_by_role("button", name="发布", exact=True).click()
    with page.expect_navigation():
        page.get_by_role("dialog").get_by_role("button", name="发布并通知").click()
    page.wait_for_url("**/cms/pages/*/")


@pytest.mark.parametrize("size", ["desktop", "phone"])
def test_deliberation_from_the_editor_to_the_count(people, log_in, tmp_path, size):
    editor, clerk_user, outsider, unit = people
    scan = tmp_path / "盖章回执.pdf"
    scan.write_bytes(pdf_bytes())

    desk = log_in(editor, next_url="/cms/")
    publish(desk, "关于审议章程修订案的通知", unit, "deliberation", ["章程修订案", "会费标准"])
    notice = NoticePage.objects.get(title="关于审议章程修订案的通知")
    delivery = Delivery.objects.get(notice=notice, unit=unit)
    form = attach(notice, "会议审议回执表.pdf", is_receipt_form=True)

    portal = log_in(clerk_user, size=size)
    portal.goto("/portal/messages/")
    row = portal.locator(".msg", has_text="关于审议章程修订案的通知")
    assert row.locator(".msg__mark").inner_text() == "未回执"
    assert row.get_by_text("会议审议回执").count() == 1
    assert portal.locator(".tabs__link", has_text="回执通知").locator(".count").inner_text().strip().startswith("1")

    open_notice(portal, "关于审议章程修订案的通知")
    portal.goto("/portal/messages/")
    assert portal.locator(".tabs__link", has_text="回执通知").locator(".count").count() == 0
    assert portal.locator(".msg__mark").all_inner_texts() == ["未回执"]

    open_notice(portal, "关于审议章程修订案的通知")
    assert steps(portal) == ["1 下载附件", "2 选择审议意见", "3 上传回执文件", "4 提交回执"]
    download(portal, form)
    for matter, choice in [("章程修订案", "同意"), ("会费标准", "弃权")]:
        portal.get_by_role("group", name=matter).get_by_label(choice, exact=True).check()
    portal.locator("input[type=file]").set_input_files(scan)
    submit(portal)
    assert portal.get_by_role("heading", name="回执已提交").count() == 1

    portal.goto("/portal/messages/")
    assert portal.locator(".msg__mark").all_inner_texts() == ["已回执"]
    receipt = Receipt.objects.get(delivery=delivery)
    assert {o.item.title: o.choice for o in receipt.opinions.all()} == {"章程修订案": "agree", "会费标准": "abstain"}

    other = log_in(outsider, size=size)
    foreign = Delivery.objects.get(notice=notice, unit=outsider.seat.unit)
    assert other.goto(f"/portal/messages/{foreign.pk}/").status == 200
    assert other.goto(f"/portal/messages/{delivery.pk}/").status == 404
    assert other.goto(f"/portal/documents/{receipt.document_id}/").status == 404

    desk.goto(f"/cms/notices/{notice.pk}/board/?list=receipted")
    assert desk.locator(".board__counts dd").all_inner_texts() == ["2", "2 100%", "1 50%", "0"]
    assert desk.locator(".board__table tbody td.title").all_inner_texts() == ["示范建设集团有限公司"]


def open_notice(portal, title):
    """Click on the title in the list, and see the notice."""
    with portal.expect_navigation():
        portal.get_by_role("link", name=title).click()
    assert portal.locator("h1").inner_text() == title


def steps(portal):
    """The numbered steps as a person sees them, in the order in which they stand on the screen."""
    shown = portal.locator("#receipt-form ol.steps > li.step")
    tops = [each.bounding_box()["y"] for each in shown.all()]
    assert tops == sorted(tops)
    numbers, titles = shown.locator(".step__no").all_inner_texts(), shown.locator(".step__title").all_inner_texts()
    return [f"{number} {title.strip()}" for number, title in zip(numbers, titles, strict=True)]


def download(portal, placement):
    """(1) 点击“下载附件”: the file that the association has attached."""
    with portal.expect_download() as taken:
        portal.locator("#receipt-form .file a", has_text="下载附件").click()
    with placement.attachment.file.open("rb") as stored:
        assert Path(taken.value.path()).read_bytes() == stored.read()


def submit(portal):
    """提交回执 and its confirmation."""
    portal.get_by_role("button", name="提交回执").locator("visible=true").last.click()
    with portal.expect_navigation():
        portal.locator("dialog[open]").get_by_role("button", name="提交回执").click()


@pytest.mark.parametrize("size", ["desktop", "phone"])
def test_attendance_with_two_people(people, log_in, tmp_path, size):
    editor, clerk_user, _outsider, unit = people
    form = tmp_path / "参会回执表.docx"
    form.write_bytes(docx_bytes())
    desk = log_in(editor, next_url="/cms/")
    publish(desk, "关于召开会员大会的通知", unit, "attendance")
    notice = NoticePage.objects.get(title="关于召开会员大会的通知")
    placement = attach(notice, "参会回执表.pdf", is_receipt_form=True)

    portal = log_in(clerk_user, size=size)
    portal.goto("/portal/messages/")
    row = portal.locator(".msg", has_text="关于召开会员大会的通知")
    assert (row.locator(".msg__mark").inner_text(), row.get_by_text("参加会议回执").count()) == ("未回执", 1)
    open_notice(portal, "关于召开会员大会的通知")
    assert steps(portal) == [
        "1 下载附件",
        "2 填写参会人员",
        "3 新增参会人员",
        "4 上传回执文件",
        "5 提交回执",
    ]
    download(portal, placement)
    portal.get_by_role("button", name="新增参会人员").click()
    for number, (name, position, mobile) in enumerate(
        [("李四", "经理", "138 1113 8111"), ("王五", "工程师", "13900000000")]
    ):
        portal.locator(f"#id_attendees-{number}-name").fill(name)
        portal.locator(f"#id_attendees-{number}-position").fill(position)
        portal.locator(f"#id_attendees-{number}-mobile").fill(mobile)
    portal.locator("input[type=file]").set_input_files(form)
    submit(portal)

    assert portal.get_by_role("heading", name="回执已提交").count() == 1
    receipt = Receipt.objects.get()
    assert [(a.name, a.mobile) for a in receipt.attendees.all()] == [
        ("李四", "+8613811138111"),
        ("王五", "+8613900000000"),
    ]
    portal.goto("/portal/messages/")
    assert portal.locator(".msg__mark").all_inner_texts() == ["已回执"]
    desk.goto(f"/cms/notices/{notice.pk}/board/?list=receipted")
    assert desk.locator(".board__counts dd").all_inner_texts() == ["2", "1 50%", "1 50%", "0"]
    assert "参会 2 人" in desk.locator(".board__table tbody").inner_text()
