"""A colleague comes to the unit: invited, signed up, accepted, at work, removed again."""

import re

import pytest

from membership.audit.models import AuditEntry
from membership.messaging import actions as messaging
from membership.messaging.gateways import memory
from membership.messaging.models import OutboundMessage
from membership.tracking import actions as tracking
from membership.tracking.models import Delivery
from membership.units.models import Seat
from tests.captcha import ANSWER
from tests.factories import UnitFactory, clerk, notice, uscc

NUMBER, PASSWORD = "13811139999", "hui-yuan-zhi-jia-26"
TITLE = "关于开展自查的通知"


@pytest.fixture
def unit():
    return UnitFactory(name="示范建设集团有限公司", certified=True)


def received(number):
    """What the worker carries to this number: the last text message."""
    for message in OutboundMessage.objects.filter(state="queued"):
        messaging.send(message)
    return [text for to, text in memory.outbox if to == f"+86{number}"][-1]


def confirm(page, button):
    """Answer the question of the dialog with yes."""
    button.click()
    with page.expect_navigation():
        page.locator("dialog[open] [data-answer=yes]").click()


def sign_up(page):
    page.goto("/accounts/signup/")
    page.locator("#id_phone").fill(NUMBER)
    page.locator("#id_captcha_1").fill(ANSWER)
    page.locator("#id_password1").fill(PASSWORD)
    page.locator("#id_password2").fill(PASSWORD)
    page.locator("#id_agree").check()
    with page.expect_navigation():
        page.locator("main form button[type=submit], main form .btn-submit, form .btn-submit").first.click()
    page.locator("#id_code").fill(re.search(r"\d{6}", received(NUMBER))[0])
    page.locator("#id_code").press("Enter")
    page.wait_for_url("**/portal/")


def test_from_invitation_to_removal(visit, log_in, unit):
    owner = clerk(unit, name="李四")
    tracking.deliver(notice(title=TITLE))
    office = log_in(owner, next_url="/portal/me/people/")
    office.locator("#id_phone").fill("138 1113 9999")
    with office.expect_navigation():
        office.get_by_role("button", name="发送邀请").locator("visible=true").click()
    assert office.locator(".people__row strong").all_inner_texts() == ["李四", "138****9999"]
    assert received(NUMBER).startswith("【会员之家】示范建设集团有限公司邀请您成为经办人")

    colleague = visit("phone")
    sign_up(colleague)
    assert colleague.locator(".tasks__row a").all_inner_texts() == ["填写单位信息"]
    with colleague.expect_navigation():
        colleague.get_by_role("button", name="接受").click()
    assert colleague.locator(".identity__name").inner_text() == "示范建设集团有限公司"
    colleague.goto("/portal/messages/")
    colleague.get_by_role("link", name=TITLE).click()
    colleague.get_by_role("heading", name=TITLE).wait_for()
    seat = Seat.objects.get(user__phone=f"+86{NUMBER}")
    assert Delivery.objects.get(unit=unit).read_by == seat.user

    office.goto("/portal/me/people/")
    confirm(office, office.get_by_role("button", name="移除"))
    assert office.locator(".people__row strong").all_inner_texts() == ["李四"]
    assert colleague.goto("/portal/messages/").status == 403
    assert AuditEntry.objects.get(verb="units.remove_seat").actor == owner


def test_a_new_person_registers_the_unit(visit, unit):
    page = visit()
    sign_up(page)
    page.get_by_role("link", name="填写单位信息").click()
    page.locator("#id_name").fill("示范新建有限公司")
    page.locator("#id_uscc").fill(unit.uscc)
    page.locator("#id_unit_type").select_option("contractor")
    page.locator("#id_province").select_option("51")
    page.locator("#id_legal_representative").fill("张三")
    page.locator("#id_contact_name").fill("钱芳")
    save = page.get_by_role("button", name="保存并继续").locator("visible=true")
    with page.expect_navigation():
        save.click()
    assert "该统一社会信用代码的单位已登记。" in page.locator("#id_uscc_error").inner_text()
    page.locator("#id_uscc").fill(uscc(77_777))
    with page.expect_navigation():
        save.click()
    assert page.locator(".identity__name").inner_text() == "示范新建有限公司"
    assert page.url.endswith("/portal/unit/")
    assert page.get_by_label("单位名称").input_value() == "示范新建有限公司"
    page.goto("/portal/")
    assert page.locator(".tasks__row").count() == 6
