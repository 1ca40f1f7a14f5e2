"""From the application to two branches to the three lines of the guide (guide 一.(三), 一.(四)), in a real browser."""

import pytest

from membership.units import actions
from membership.units.models import Level, Review
from tests.factories import UnitFactory, UserFactory, clerk

LINES = ["大协会普通会员", "安全分会普通会员", "质量分会理事"]


@pytest.fixture
def unit():
    return UnitFactory(name="示范建设集团有限公司", certified=True)


def apply_to(page, branch, **entries):
    """Press 申请加入 in the row of the branch, fill the form in and hand it in."""
    row = page.locator("tbody tr", has_text=branch)
    with page.expect_navigation():
        row.get_by_role("link", name="申请加入").click()
    assert page.locator("h1").inner_text() == f"{branch}入会资料填报"
    for name, value in entries.items():
        page.locator(f"#id_{name}").fill(value)
    with page.expect_navigation():
        page.get_by_role("button", name="提交").locator("visible=true").first.click()
    assert page.url.endswith("/portal/unit/branches/")
    assert page.locator(".toast-note, .banner").first.inner_text().startswith("已提交，等待审核")


def state_of(page, branch):
    row = page.locator("tbody tr", has_text=branch)
    return [" ".join(cell.split()) for cell in row.locator("td").all_inner_texts()]


def approve(branch, level):
    review = Review.objects.open().get(membership__body__short_name=branch)
    level = Level.objects.get(body_kind="branch", name=level)
    actions.approve(review, by=UserFactory(root=True), level=level)


def fits(page):
    """Nothing reaches over the edge of the window."""
    return page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


@pytest.mark.parametrize("size", ["desktop", "phone"])
def test_two_branches_and_the_three_lines_of_the_guide(log_in, unit, size):
    page = log_in(clerk(unit, name="李四"), size=size, next_url="/portal/unit/branches/")
    apply_to(page, "安全分会")
    apply_to(page, "质量分会", contact_department="质量部", contact_phone="138 1113 8111")
    for branch in ("安全分会", "质量分会"):
        assert state_of(page, branch) == ["非会员", "待审核", f"修改资料 {branch}"]
    assert fits(page)

    approve("安全分会", "普通会员")
    approve("质量分会", "理事")

    page.goto("/portal/")
    assert page.locator(".identity__standing li").all_inner_texts() == LINES
    assert page.locator(".identity__standing").is_visible()
    page.goto("/portal/unit/branches/")
    assert state_of(page, "安全分会")[:2] == ["普通会员", "已通过"]
    assert state_of(page, "质量分会")[:2] == ["理事", "已通过"]
    assert fits(page)


@pytest.mark.parametrize("size", ["desktop", "phone"])
def test_leaving_is_asked_for_and_taken_back(log_in, unit, size):
    owner = clerk(unit, name="李四")
    page = log_in(owner, size=size, next_url="/portal/unit/branches/")
    apply_to(page, "质量分会")
    approve("质量分会", "普通会员")
    page.goto("/portal/unit/branches/quality/leave/")
    assert fits(page)
    page.get_by_role("button", name="申请退出").locator("visible=true").first.click()
    with page.expect_navigation():
        page.locator("dialog[open] [data-answer=yes]").click()
    assert page.locator(".error-summary").inner_text().count("填写退出原因。") == 1
    page.locator("#id_remark").fill("业务调整")
    page.get_by_role("button", name="申请退出").locator("visible=true").first.click()
    with page.expect_navigation():
        page.locator("dialog[open] [data-answer=yes]").click()
    assert "退出审核中" in state_of(page, "质量分会")[1]
    with page.expect_navigation():
        page.get_by_role("button", name="撤回退出申请").click()
    assert "退出审核中" not in state_of(page, "质量分会")[1]
