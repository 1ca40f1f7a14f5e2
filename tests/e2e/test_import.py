"""A list of old members: uploaded, watched, mended, confirmed; its contact takes the unit over."""

import openpyxl  # noqa: TID251 - the office fills the template in with a program of its own
import pytest
from playwright.sync_api import expect

from membership.units.models import Unit
from tests.factories import UserFactory
from tests.membership.units.conftest import employee
from tests.membership.units.import_files import HEAD, facts
from tests.worker import work

PHONE = "+8613800000001"


@pytest.fixture(autouse=True)
def _worker_elsewhere(settings):
    settings.TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}


def opened(download):
    """The downloaded workbook; a browser keeps it under a name without an ending."""
    with open(download.value.path(), "rb") as file:
        return openpyxl.load_workbook(file)


def filled(book, path, *rows):
    """The template with these rows instead of its example."""
    sheet = book.worksheets[0]
    titles = {cell.value: cell.column for cell in sheet[1]}
    for line, row in enumerate(rows, start=2):
        for key, title in HEAD.items():
            sheet.cell(line, titles[title]).value = row.get(key)
    book.save(path)
    return path


def upload(page, path):
    page.goto("/cms/imports/")
    page.locator("input[type=file]").set_input_files(path)
    with page.expect_navigation():
        page.get_by_role("button", name="上传并核对").click()


def test_from_the_template_to_the_unit_in_the_hands_of_its_contact(log_in, tmp_path):
    office = log_in(employee("会员审核"), next_url="/cms/imports/")
    with office.expect_download() as template:
        office.get_by_role("link", name="下载模板").click()
    rows = facts(1), facts(2, level="荣誉会员")
    upload(office, filled(opened(template), tmp_path / "名单.xlsx", *rows))

    expect(office.get_by_role("progressbar")).to_be_visible()
    expect(office.locator("[data-part=state]")).to_contain_text("等待中")
    work()
    # The page finds out by itself.
    confirm = office.get_by_role("button", name="确认写入名录")
    expect(confirm).to_be_visible()
    expect(office.locator(".import-rows")).to_contain_text("“荣誉会员”不在可填内容中")
    with office.expect_download() as rejected:
        office.get_by_role("link", name="下载未通过的行").click()
    with office.expect_navigation():
        confirm.click()
    work()
    expect(office.get_by_text("已新建 1 家单位、更新 0 家单位。")).to_be_visible()

    mended = opened(rejected)
    column = [cell.value for cell in mended.active[1]].index("协会级别*") + 1
    mended.active.cell(2, column).value = "普通会员"
    mended.save(tmp_path / "改正.xlsx")
    upload(office, tmp_path / "改正.xlsx")
    work()
    office.get_by_role("button", name="确认写入名录").click()
    work()
    expect(office.get_by_text("已新建 1 家单位、更新 0 家单位。")).to_be_visible()
    assert Unit.objects.certified().count() == 2

    person = log_in(UserFactory(phone=PHONE, name="赵六"), size="phone")
    person.goto("/portal/")
    expect(person.locator("#invitations")).to_contain_text("老会员1有限公司")
    with person.expect_navigation():
        person.get_by_role("button", name="接受").click()
    expect(person.locator("body")).to_contain_text("大协会理事单位")
