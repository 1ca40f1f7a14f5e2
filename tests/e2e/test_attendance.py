"""At the door of a meeting: the staff opens the board, ticks who came, and takes the sheet on which people sign."""

from datetime import timedelta

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.contrib.auth.models import Group
from django.utils import timezone

from membership.tracking import actions
from membership.tracking.models import Attendee
from membership.tracking.states import ReceiptKind
from tests.factories import UnitFactory, UserFactory, clerk, notice

NAMES = ["王五", "赵六", "钱七"]


@pytest.fixture
def meeting():
    page = notice(
        title="关于召开会员大会的通知", receipt_kind=ReceiptKind.ATTENDANCE, deadline=timezone.now() + timedelta(days=7)
    )
    unit = UnitFactory(name="示范建设集团有限公司", certified=True)
    actions.deliver(page)
    people = [{"name": name, "position": "经理", "mobile": "+8613900001234"} for name in NAMES]
    actions.submit_receipt(page.deliveries.get(unit=unit), by=clerk(unit), version=0, attendees=people)
    return page


@pytest.fixture
def editor():
    editor = UserFactory(staff=True, name="王编辑")
    editor.groups.add(Group.objects.get(name="编辑"))
    return editor


def serious(page):
    """What axe finds grave in the part of the page that is ours; Wagtail's shell is its own."""
    found = Axe().run(page, context=".board", options={"resultTypes": ["violations"]}).response["violations"]
    return [(issue["id"], issue["nodes"][0]["html"]) for issue in found if issue["impact"] in {"serious", "critical"}]


def numbers(page):
    return [text.split()[0] for text in page.locator(".board__counts dd").all_inner_texts()]


@pytest.mark.parametrize("size", ["desktop", "phone"])
def test_from_the_board_to_the_sheet(meeting, editor, log_in, press, size):
    page = log_in(editor, size=size, next_url=f"/cms/notices/{meeting.pk}/board/")
    page.get_by_role("link", name="到会登记").click()
    page.wait_for_url("**/attendance/")
    assert numbers(page) == ["3", "0", "0", "3"]
    assert serious(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"]

    page.get_by_role("radiogroup", name="赵六").get_by_label("未到会", exact=True).check()
    page.get_by_role("button", name="保存", exact=True).click()
    page.get_by_text("已保存 1 人的到会情况").wait_for()
    page.get_by_role("button", name="本页其余全部已到").click()
    page.get_by_text("已保存 2 人的到会情况").wait_for()
    assert numbers(page) == ["3", "2", "1", "0"]
    assert dict(Attendee.objects.values_list("name", "attended")) == {"王五": True, "赵六": False, "钱七": True}

    page.get_by_role("link", name="未到会").click()
    page.wait_for_url("**/attendance/?show=absent#lists")
    assert page.locator(".attendance__table tbody th").all_inner_texts() == ["赵六"]
    with page.expect_download() as sheet:
        page.get_by_role("link", name="打印签到表（PDF）").click()
    assert sheet.value.suggested_filename == "签到表_关于召开会员大会的通知.pdf"
