"""The way of the dues in a browser: years, invoice data, where to pay; at a desk and on a phone."""

import pytest

from cms.models import AssociationSettings
from membership.dues.models import DuesOrder
from tests.e2e.test_portal_access import grave
from tests.factories import UnitFactory, clerk
from tests.membership.dues.conftest import open_books

READ = "() => navigator.clipboard.readText()"


@pytest.fixture
def unit():
    settings = AssociationSettings.load()
    settings.name = "示范省建设工程质量安全协会"
    settings.save()
    open_books()
    return UnitFactory(name="示范建设集团有限公司", certified=True)


@pytest.mark.parametrize("size", ["desktop", "phone"])
def test_a_unit_pays_for_three_years(unit, log_in, size):
    page = log_in(clerk(unit, name="李四"), size=size, next_url="/portal/dues/")
    faults = {"years": grave(page)}
    page.get_by_label("3 年").check()
    page.get_by_role("button", name="下一步：填写发票信息").click()
    page.wait_for_url("**/portal/dues/order/?years=3")
    faults["billing"] = grave(page)

    page.locator("#id_contact_name").fill("")
    page.get_by_role("button", name="提交", exact=True).click()
    page.locator(".error-summary").wait_for()
    faults["refused"] = grave(page)
    page.locator("#id_contact_name").fill("钱会计")
    page.get_by_text("更多开票信息（选填）").click()
    page.locator("#id_reg_address").fill("示范市建设路 88 号")
    page.get_by_role("button", name="提交", exact=True).dblclick()
    page.wait_for_url("**/transfer/")
    faults["transfer"] = grave(page)

    order = DuesOrder.objects.get()
    assert (order.years, order.contact_name, order.reg_address) == (3, "钱会计", "示范市建设路 88 号")
    assert page.locator(".pay-code__code").inner_text() == order.printed_code
    assert page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"]
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.locator(".pay-code [data-copy]").click()
    page.get_by_text("已复制").first.wait_for()
    assert page.evaluate(READ) == order.printed_code
    with page.expect_download() as slip:
        page.get_by_role("link", name="打印缴费通知单（PDF）").click()
    assert slip.value.suggested_filename == f"缴费通知单_{order.number}.pdf"

    page.goto(page.locator("#shared-link").input_value().replace("http://127.0.0.1:8000", ""))
    faults["shared"] = grave(page)
    page.goto(f"/portal/orders/{order.number}/")
    faults["details"] = grave(page)
    page.goto("/portal/orders/")
    faults["orders"] = grave(page)
    assert {name: found for name, found in faults.items() if found} == {}


def test_going_back_after_ordering_leads_to_the_one_order(unit, log_in):
    page = log_in(clerk(unit, name="李四"), next_url="/portal/dues/order/?years=1")
    page.get_by_role("button", name="提交", exact=True).click()
    page.wait_for_url("**/transfer/")
    page.go_back()
    page.get_by_text("未重复下单").wait_for()
    assert page.url.endswith(f"/portal/orders/{DuesOrder.objects.get().number}/transfer/")


def test_an_order_is_cancelled_after_a_question(unit, log_in):
    page = log_in(clerk(unit, name="李四"), next_url="/portal/dues/order/?years=1")
    page.get_by_role("button", name="提交", exact=True).click()
    page.wait_for_url("**/transfer/")
    page.get_by_role("button", name="取消订单").click()
    page.locator("dialog[open]").get_by_role("button", name="取消订单").click()
    page.wait_for_url("**/portal/dues/")
    assert DuesOrder.objects.get().state == "cancelled"
