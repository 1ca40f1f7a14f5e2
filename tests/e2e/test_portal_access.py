"""The portal for everybody: by keyboard alone, on a phone without scripts, for screen readers, with tabs and back."""

from datetime import timedelta

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.contrib.auth.models import Group
from django.utils import timezone

from cms.models import AssociationSettings
from membership.tracking import actions
from membership.tracking.models import Delivery, Receipt
from membership.tracking.states import ReceiptKind
from tests.factories import PASSWORD, UnitFactory, UserFactory, clerk, notice
from tests.files import pdf_bytes

DELIBERATION = "关于审议章程修订案的通知"
MEETING = "关于召开会员大会的通知"


@pytest.fixture
def unit():
    settings = AssociationSettings.load()
    settings.name, settings.phone = "示范省建设工程质量安全协会", "028-86000000"
    settings.save()
    return UnitFactory(name="示范建设集团有限公司", certified=True)


@pytest.fixture
def person(unit):
    return clerk(unit, name="李四")


@pytest.fixture
def sent(unit):
    """{title: delivery} of a deliberation, a meeting and a notice that asks for nothing."""
    deadline = timezone.now() + timedelta(days=7)
    asks = {"deadline": deadline, "upload_required": False}
    table = {"first_row_is_table_header": True, "data": [["时间", "议程"], ["9:00", "工作报告"]]}
    pages = [
        notice(title=DELIBERATION, receipt_kind=ReceiptKind.DELIBERATION, items=["章程修订案"], **asks),
        notice(title=MEETING, receipt_kind=ReceiptKind.ATTENDANCE, body=[("table", table)], **asks),
        notice(title="关于开展自查的通知", body=[("heading", "一、范围"), ("paragraph", "<p>各会员单位：</p>")]),
    ]
    for page in pages:
        actions.deliver(page)
    return {delivery.notice.title: delivery for delivery in Delivery.objects.filter(unit=unit)}


def focus(page):
    """What holds the focus: its words, and whether a mark around it can be seen."""
    return page.evaluate(
        """() => {
            const e = document.activeElement, boxes = [e, e.nextElementSibling, e.closest(".upload")];
            const seen = (box) => {
                const style = box && getComputedStyle(box);
                return style && ((style.outlineStyle !== "none" && style.outlineWidth !== "0px")
                    || style.boxShadow !== "none");
            };
            return { words: (e.labels && e.labels.length ? e.labels[0].innerText : e.innerText || "").trim(),
                     id: e.id, name: e.name || "", visible: boxes.some(seen) };
        }"""
    )


def tab_to(page, matches, limit=80):
    """Press Tab until the focus is where `matches` says; each stop on the way must be seen."""
    for _press in range(limit):
        page.keyboard.press("Tab")
        here = focus(page)
        assert here["visible"], here
        if matches(here):
            return
    raise AssertionError(f"not reached by Tab; last was {here}")


def test_by_keyboard_alone_from_login_to_receipt(visit, person, sent):
    page = visit()
    page.goto("/accounts/login/?next=/portal/messages/")
    tab_to(page, lambda here: here["id"] == "id_login")
    page.keyboard.type(str(person.phone).removeprefix("+86"))
    tab_to(page, lambda here: here["id"] == "id_password")
    page.keyboard.type(PASSWORD)
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert page.title().startswith("消息管理")

    tab_to(page, lambda here: here["words"] == "跳到主要内容")
    page.keyboard.press("Enter")
    tab_to(page, lambda here: here["words"] == DELIBERATION)
    page.keyboard.press("Enter")
    page.wait_for_url("**/portal/messages/*/")

    tab_to(page, lambda here: here["words"] == "同意")
    page.keyboard.press("Space")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    tab_to(page, lambda here: here["words"].startswith("意见说明"))
    page.keyboard.type("已征求各部门意见")
    tab_to(page, lambda here: here["words"] == "提交回执")
    page.keyboard.press("Enter")
    dialog = page.locator("dialog[open]")
    dialog.wait_for()
    tab_to(page, lambda here: here["words"] == "提交回执", limit=4)
    page.keyboard.press("Enter")
    page.wait_for_url("**/receipt/done/")
    opinion = Receipt.objects.get().opinions.get()
    assert (opinion.choice, opinion.comment) == ("abstain", "已征求各部门意见")


def test_escape_leaves_the_question_and_sends_nothing(log_in, person, sent):
    page = log_in(person, next_url=f"/portal/messages/{sent[DELIBERATION].pk}/")
    page.get_by_label("同意", exact=True).check()
    page.get_by_role("button", name="提交回执").locator("visible=true").last.click()
    page.locator("dialog[open]").wait_for()
    page.keyboard.press("Escape")
    page.locator("dialog").wait_for(state="detached")
    assert page.get_by_label("同意", exact=True).is_checked()
    assert Receipt.objects.count() == 0


def follow(page, link):
    """Click what leads to another page, and be there."""
    with page.expect_navigation():
        link.click()


def test_on_a_phone_without_scripts(visit, person, sent, tmp_path):
    scan = tmp_path / "回执.pdf"
    scan.write_bytes(pdf_bytes())
    page = visit("phone", java_script_enabled=False)
    page.goto("/accounts/login/?next=/portal/")
    page.locator("#id_login").fill(str(person.phone).removeprefix("+86"))
    page.locator("#id_password").fill(PASSWORD)
    follow(page, page.locator("form .btn-submit"))
    follow(page, page.locator(".tabbar__item", has_text="消息"))
    follow(page, page.locator(".tabs__link", has_text="回执通知"))
    assert page.locator(".msg").count() == 2
    follow(page, page.get_by_role("link", name=MEETING))

    follow(page, page.get_by_role("button", name="新增参会人员"))
    for number, name in enumerate(["李四", "王五"]):
        page.locator(f"#id_attendees-{number}-name").fill(name)
        page.locator(f"#id_attendees-{number}-position").fill("工程师")
    page.locator("#id_attendees-0-mobile").fill("13811138111")
    page.locator("#id_attendees-1-mobile").fill("12345")
    page.locator("input[type=file]").set_input_files(scan)
    follow(page, page.get_by_role("button", name="提交回执").locator("visible=true").last)

    assert page.locator("#error-summary li").all_inner_texts() == ["第 2 行：请填写 11 位手机号码"]
    assert page.locator("#id_attendees-1-name").input_value() == "王五"
    page.locator("#id_attendees-1-mobile").fill("13900000000")
    follow(page, page.get_by_role("button", name="提交回执").locator("visible=true").last)
    assert page.get_by_role("heading", name="回执已提交").count() == 1
    receipt = Receipt.objects.get()
    assert [a.name for a in receipt.attendees.all()] == ["李四", "王五"]
    assert receipt.document.original_name == "回执.pdf"


# Nothing fades in or out: half-way a colour is none that anybody reads. Messages of the office begin out of sight.
AT_REST = """() => document.getAnimations().every((each) => !each.transitionProperty || each.playState !== "running")
    && Array.from(document.querySelectorAll(".messages > ul")).every((ul) => getComputedStyle(ul).opacity === "1")"""


def grave(page):
    """Violations that axe calls serious or critical, with where they stand."""
    page.wait_for_function(AT_REST)
    found = Axe().run(page).response["violations"]
    return [
        (each["id"], [node["html"][:120] for node in each["nodes"]])
        for each in found
        if each["impact"] in {"serious", "critical"}
    ]


@pytest.mark.parametrize("size", ["desktop", "phone"])
def test_screen_readers_find_no_serious_fault(visit, log_in, person, sent, size):
    entrance = visit(size)
    entrance.goto("/accounts/login/")
    faults = {"login": grave(entrance)}
    page = log_in(person, size=size)
    addresses = ["/portal/", "/portal/messages/", "/portal/unit/", "/portal/unit/branches/", "/portal/dues/"]
    addresses += [f"/portal/me/{page}" for page in ("", "people/", "logins/", "data/")]
    addresses += ["/accounts/password/change/"]
    for address in [*addresses, *(f"/portal/messages/{delivery.pk}/" for delivery in sent.values())]:
        page.goto(address)
        faults[address] = grave(page)
    page.goto(f"/portal/messages/{sent[DELIBERATION].pk}/")
    press_submit(page)
    faults["refused"] = grave(page)
    page.get_by_label("同意", exact=True).check()
    press_submit(page)
    page.wait_for_url("**/receipt/done/")
    faults["done"] = grave(page)
    assert {address: found for address, found in faults.items() if found} == {}


def press_submit(page):
    page.get_by_role("button", name="提交回执").locator("visible=true").last.click()
    with page.expect_navigation():
        page.locator("dialog[open]").get_by_role("button", name="提交回执").click()


def test_staff_and_uncertified_units_find_no_serious_fault(log_in, unit):
    editor = UserFactory(staff=True)
    editor.groups.add(Group.objects.get(name="编辑"))
    draft = clerk(UnitFactory(name="未认证单位有限公司"))
    faults = []
    for user, address in [(editor, "/portal/"), (draft, "/portal/"), (draft, "/portal/messages/")]:
        page = log_in(user, next_url=address)
        faults += grave(page)
    assert faults == []


def test_tabs_change_without_loading_the_page_and_back_works(log_in, person, sent):
    page = log_in(person, next_url="/portal/messages/")
    page.evaluate("document.body.dataset.same = 'yes'")
    page.locator("#tab-receipt").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/portal/messages/?category=receipt")
    page.locator("#tab-receipt[aria-current=page]").wait_for()
    assert page.locator("body").get_attribute("data-same") == "yes"
    assert page.locator(".msg").count() == 2
    assert focus(page)["id"] == "tab-receipt"
    assert page.title().startswith("回执通知 - 消息管理 - 会员之家")

    page.locator("#state-unread").click()
    page.wait_for_url("**/portal/messages/?category=receipt&state=unread")
    page.locator("#state-unread[aria-current]").wait_for()
    page.go_back()
    page.wait_for_url("**/portal/messages/?category=receipt")
    page.locator("#state-any[aria-current]").wait_for()
    page.go_back()
    page.wait_for_url("**/portal/messages/")
    page.locator("#tab-all[aria-current=page]").wait_for()
    assert page.locator(".msg").count() == 3
    assert page.title().startswith("消息管理 - 会员之家")


def test_a_session_that_has_ended_leads_from_the_tab_to_the_login_page(log_in, person, sent):
    page = log_in(person, next_url="/portal/messages/")
    page.context.clear_cookies()
    page.locator("#tab-receipt").click()
    page.wait_for_url("**/accounts/login/?next=/portal/messages/**")
    assert page.locator("#id_login").count() == 1


def test_leaving_a_form_with_entries_asks_first(log_in, person, sent):
    page = log_in(person, next_url=f"/portal/messages/{sent[DELIBERATION].pk}/")
    page.get_by_label("同意", exact=True).check()
    asked = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.dismiss()))
    page.locator(".rail__link").first.click(no_wait_after=True)
    page.wait_for_function("document.querySelector('[data-dirty]') !== null")
    assert page.get_by_label("同意", exact=True).is_checked()
    assert asked == ["beforeunload"]
