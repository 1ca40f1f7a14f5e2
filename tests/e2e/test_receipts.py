"""Comforts of the receipt in a browser: drafts that save themselves, rows from a spreadsheet, WeChat's downloads."""

import pytest

from membership.tracking.models import ReceiptDraft
from tests.factories import UnitFactory, clerk
from tests.portal.conftest import attach, deliberation, deliver, meeting

PASTE = """(cell, text) => {
  const data = new DataTransfer();
  data.setData("text", text);
  cell.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }));
}"""


@pytest.fixture
def unit():
    return UnitFactory(name="示范建设集团有限公司", certified=True)


def test_what_is_left_is_saved_and_found_again(unit, log_in):
    delivery = deliver(deliberation())[unit]
    page = log_in(clerk(unit, name="李四"), next_url=f"/portal/messages/{delivery.pk}/")
    page.get_by_role("group", name="修订章程").get_by_label("弃权", exact=True).check()
    page.locator("[data-draft-told]").wait_for()
    assert page.locator("[data-draft-status]").inner_text().startswith("草稿已保存 ")
    assert ReceiptDraft.objects.get().version == 1

    page.reload()
    assert page.get_by_role("group", name="修订章程").get_by_label("弃权", exact=True).is_checked()
    page.locator("textarea").first.fill("待议")
    page.locator("textarea").first.blur()
    page.locator("[data-draft-told]").wait_for()
    assert ReceiptDraft.objects.get().version == 2


def test_rows_pasted_fill_the_table_and_what_does_not_fit_is_said(unit, log_in):
    delivery = deliver(meeting(max_attendees=2))[unit]
    page = log_in(clerk(unit, name="李四"), next_url=f"/portal/messages/{delivery.pk}/")
    text = "王五\t女\t工程师\t13811138112\r\n赵六\t男\t经理\t13811138113\r\n钱七\t男\t职员\t13811138114\r\n"
    page.locator("#id_attendees-0-name").evaluate(PASTE, text)

    assert page.locator("[data-pasted]").inner_text() == "参会人员最多 2 人：已填入 2 行，另有 1 行未填入"
    row = page.locator("tbody [data-rows-row]")
    assert row.count() == 2
    for number, facts in enumerate(
        [("王五", "female", "工程师", "13811138112"), ("赵六", "male", "经理", "13811138113")]
    ):
        names = ("name", "gender", "position", "mobile")
        assert tuple(page.locator(f"#id_attendees-{number}-{name}").input_value() for name in names) == facts
    page.locator("[data-draft-told]").wait_for()
    assert ReceiptDraft.objects.get().values["attendees-1-name"] == "赵六"


@pytest.mark.parametrize("is_wechat", [True, False])
def test_a_download_in_wechat_explains_itself(unit, log_in, is_wechat):
    notice = deliberation()
    attach(notice)
    delivery = deliver(notice)[unit]
    page = log_in(clerk(unit, name="李四"), next_url=f"/portal/messages/{delivery.pk}/", size="phone")
    if is_wechat:
        agent = "Mozilla/5.0 (Linux; Android 13) AppleWebKit/537.36 MicroMessenger/8.0.50"
        page.add_init_script(f"Object.defineProperty(navigator, 'userAgent', {{ get: () => '{agent}' }})")
        page.reload()
    link = page.locator("a[download]").first
    if not is_wechat:
        with page.expect_download():
            link.click()
        assert page.locator(".wechat").count() == 0
        return
    link.click()
    assert "在浏览器打开" in page.locator(".wechat p").inner_text()
    page.get_by_role("button", name="知道了").click()
    assert page.locator(".wechat").count() == 0
