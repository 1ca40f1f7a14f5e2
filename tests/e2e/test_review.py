"""The reviewer's way in a browser: judge beside the files, send back, see what is new, approve with a level."""

import pytest
from django.contrib.auth.models import Group
from playwright.sync_api import expect

from membership.units import actions
from membership.units.models import Membership, Review
from membership.units.profile import profile_of
from membership.units.states import PAPERS, MembershipState
from tests.factories import UnitFactory, UserFactory, clerk, qualification
from tests.files import pdf


@pytest.fixture
def applicant():
    """A unit that has applied with real files: a licence of three pages."""
    unit = UnitFactory(name="示范检测有限公司", submitted_at=None)
    unit.owner = clerk(unit, name="李四")
    for kind in PAPERS:
        file = pdf(f"{kind.label}.pdf", pages=3 if kind == "business_license" else 1)
        setattr(unit, str(kind), actions.store_document(file, unit=unit, kind=kind, by=unit.owner))
    unit.save()
    scan = actions.store_document(pdf("资质.pdf"), unit=unit, kind="qualification", by=unit.owner)
    qualification(unit, document=scan)
    actions.submit(unit.certification, by=unit.owner)
    return unit


@pytest.fixture
def reviewer():
    user = UserFactory(staff=True, name="陈审核")
    user.groups.add(Group.objects.get(name="会员审核"))
    return user


def mark(page, key, verdict="marked"):
    page.locator(f"[name='verdict:{key}'][value={verdict}] + label").click()


@pytest.mark.parametrize("size", ["desktop", "phone"])
def test_application_is_sent_back_and_then_approved(applicant, reviewer, log_in, size):
    desk = log_in(reviewer, size=size, next_url="/cms/reviews/units/")
    desk.get_by_role("link", name="示范检测有限公司").click()
    expect(desk.locator(".notice").first).to_contain_text("您正在审核")

    mark(desk, "business_license")
    desk.locator("#paper-1 .verdict__why label", has_text="模糊不清").click()
    mark(desk, "legal_representative")
    desk.locator("[name='words:legal_representative']").fill("与执照不一致")
    desk.keyboard.press("Tab")
    remark = desk.locator("[name=send_back-remark]")
    expect(remark).to_have_value("法人代表：与执照不一致；营业执照：模糊不清。")
    expect(desk.locator("[data-saved]")).to_contain_text("已保存")

    desk.reload()
    expect(desk.locator("[data-tab=paper-1]").first).to_contain_text("✗")
    desk.locator("[data-open=send_back]").click()
    expect(desk.locator("[data-sms]")).to_contain_text("示范检测有限公司的申请需修改：法人代表")
    desk.get_by_role("button", name="退回，审核下一个").click()
    desk.wait_for_url("**/cms/reviews/units/")
    expect(desk.locator("main")).to_contain_text("“示范检测有限公司”已退回修改")

    profile = profile_of(applicant)
    profile["facts"]["legal_representative"] = "王五"
    actions.revise(applicant.certification, by=applicant.owner, profile=profile)

    desk.goto("/cms/reviews/units/")
    desk.get_by_role("link", name="示范检测有限公司").click()
    expect(desk.locator(".review__head")).to_contain_text("第 2 次提交")
    expect(desk.locator(".sheet__line--new")).to_contain_text("王五")
    expect(desk.locator(".rounds__words")).to_have_text("法人代表：与执照不一致；营业执照：模糊不清。")
    mark(desk, "business_license", "ok")
    desk.locator("[data-open=approve]").click()
    desk.locator("[name=approve-level]").select_option(label="理事单位")
    expect(desk.locator(".outcome:not([hidden])").first).to_contain_text("大协会理事单位")
    desk.get_by_role("button", name="通过，审核下一个").click()
    desk.wait_for_url("**/cms/reviews/units/")

    membership = Membership.objects.get(unit=applicant)
    assert (membership.state, membership.level.name) == (MembershipState.ACTIVE, "理事单位")
    assert Review.objects.open().count() == 0


def test_files_are_turned_and_enlarged_with_the_keyboard(applicant, reviewer, log_in):
    desk = log_in(reviewer, next_url="/cms/")
    desk.goto(f"/cms/reviews/{Review.objects.get().pk}/")
    panel = desk.locator("#paper-1")
    image = panel.locator("[data-viewer-sheet]:not([hidden]) img")
    expect(image).to_have_js_property("complete", True)
    panel.locator("[data-viewer-stage]").focus()
    for key in ("ArrowRight", "+", "+", "r"):
        desk.keyboard.press(key)
    expect(panel.locator(".viewer__count")).to_contain_text("2 / 3")
    expect(panel.locator("[data-viewer-percent]")).to_have_text("150%")
    expect(image).to_have_attribute("alt", "第 2 页，共 3 页")
    assert "rotate(90deg)" in image.evaluate("image => image.style.transform")
    desk.keyboard.press("ArrowRight")
    expect(panel.locator("[data-viewer-percent]")).to_have_text("100%")

    desk.locator("[data-tab=paper-1]").first.focus()
    desk.keyboard.press("ArrowRight")
    expect(desk.locator("#paper-2 .viewer__name")).to_contain_text("入川备案许可证.pdf")
    expect(panel).to_be_hidden()


@pytest.mark.parametrize("size", ["desktop", "phone"])
def test_a_member_looks_at_a_file_in_a_dialog(applicant, log_in, size):
    page = log_in(applicant.owner, size=size)
    page.goto("/portal/unit/")
    link = page.locator("a[data-viewer]", has_text="营业执照").first
    link.click()
    dialog = page.locator("dialog.viewer-dialog")
    expect(dialog.locator(".viewer__count")).to_contain_text("1 / 3")
    dialog.get_by_role("button", name="下一页").click()
    expect(dialog.locator(".viewer__count")).to_contain_text("2 / 3")
    box = dialog.bounding_box()
    if size == "phone":
        assert (box["width"], box["height"]) == (390, 844)
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    expect(link).to_be_focused()
