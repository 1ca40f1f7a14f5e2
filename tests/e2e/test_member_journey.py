"""Chapter 一 of the guide from end to end, by two people in two browsers: the unit's clerk and the reviewer."""

from django.contrib.auth.models import Group
from playwright.sync_api import expect

from tests.e2e.test_branches import LINES, apply_to
from tests.e2e.test_review import mark
from tests.e2e.test_unit_profile import (
    _association,  # noqa: F401
    add_certificate,
    applicant,
    box,
    fill_in,
    press,
    saved,
    scan,  # noqa: F401
    upload,
)
from tests.factories import UserFactory

UNIT = "示范路桥有限公司"


def open_in_queue(desk, queue):
    desk.goto(f"/cms/reviews/{queue}/")
    desk.get_by_role("link", name=UNIT).first.click()
    expect(desk.locator(".notice").first).to_contain_text("您正在审核")


def approve(desk, queue, level):
    """Approve what waits in the queue at this level."""
    open_in_queue(desk, queue)
    desk.locator("[data-open=approve]").click()
    desk.locator("[name=approve-level]").select_option(label=level)
    desk.get_by_role("button", name="通过，审核下一个").click()
    expect(desk.locator("main")).to_contain_text(f"“{UNIT}”")


def test_from_the_first_fact_to_the_three_lines_of_the_guide(log_in, scan):  # noqa: F811
    page = log_in(applicant(), next_url="/portal/unit/")
    fill_in(page)
    for name in ("business_license", "application_form", "commitment_letter"):
        upload(page, name, scan(f"{name}.pdf"))
    add_certificate(page, scan("资质.pdf"))
    saved(page)
    press(page, "提交")
    press(page, "提交")
    page.locator("dialog[open]").get_by_role("link", name="前往").click()
    page.wait_for_url("**/portal/unit/branches/")
    apply_to(page, "安全分会")

    reviewer = UserFactory(staff=True, name="陈审核")
    reviewer.groups.add(Group.objects.get(name="会员审核"))
    desk = log_in(reviewer, next_url="/cms/")
    open_in_queue(desk, "units")
    mark(desk, "business_license")
    desk.locator("#paper-1 .verdict__why label", has_text="模糊不清").click()
    mark(desk, "legal_representative")
    desk.locator("[name='words:legal_representative']").fill("与执照不一致")
    desk.locator("[data-open=send_back]").click()
    desk.get_by_role("button", name="退回，审核下一个").click()
    expect(desk.locator("main")).to_contain_text(f"“{UNIT}”已退回修改")

    page.goto("/portal/")
    assert page.locator(".identity .tag").inner_text() == "已退回"
    page.goto("/portal/unit/")
    page.get_by_label("法人代表").fill("新代表")
    box(page, "business_license").get_by_role("button", name="替换").click()
    upload(page, "business_license", scan("清晰的执照.pdf"))
    box(page, "business_license").get_by_text("清晰的执照.pdf").first.wait_for()
    saved(page)
    press(page, "提交")
    press(page, "提交")

    approve(desk, "units", "普通会员")
    apply_to_another(page)
    approve_branch(desk, "安全分会", "普通会员")
    approve_branch(desk, "质量分会", "理事")

    page.goto("/portal/")
    assert page.locator(".identity__standing li").all_inner_texts() == LINES
    menu = [" ".join(item.split()) for item in page.locator(".rail__link").all_inner_texts()]
    assert menu == ["首页", "单位信息", "消息管理", "会费缴纳", "账号管理"]


def apply_to_another(page):
    page.goto("/portal/unit/branches/")
    apply_to(page, "质量分会")


def approve_branch(desk, branch, level):
    desk.goto("/cms/reviews/branches/")
    desk.locator("tr", has_text=branch).get_by_role("link", name=UNIT).click()
    expect(desk.locator(".notice").first).to_contain_text("您正在审核")
    desk.locator("[data-open=approve]").click()
    desk.locator("[name=approve-level]").select_option(label=level)
    desk.get_by_role("button", name="通过，审核下一个").click()
    expect(desk.locator("main")).to_contain_text("已通过")
