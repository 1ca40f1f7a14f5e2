"""The board by which an editor runs after receipts, in a browser: from publishing to the frozen result."""

import re
import zipfile
from datetime import timedelta

import openpyxl  # noqa: TID251 - the office reads the file with a program of its own
import pytest
from django.contrib.auth.models import Group
from django.utils import timezone
from playwright.sync_api import expect

from cms.models import NoticePage
from membership.messaging.gateways import memory
from membership.tracking.models import Delivery, Receipt, Reminder, ReminderSettings
from membership.tracking.states import ReceiptOrigin
from tests.e2e.test_notice_journey import publish, submit
from tests.e2e.test_portal_access import grave
from tests.factories import UnitFactory, UserFactory, clerk
from tests.files import pdf_bytes
from tests.worker import work, work_off

TITLE = "关于审议章程修订案的通知"
MATTERS = ["章程修订案", "会费标准"]
NAMES = ["甲建设集团有限公司", "乙工程检测有限公司", "丙监理咨询有限公司"]


@pytest.fixture(autouse=True)
def _worker_elsewhere(settings):
    settings.TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}


@pytest.fixture(autouse=True)
def _no_quiet_hours():
    """Whatever the clock says while the test runs."""
    chosen = ReminderSettings.current()
    chosen.quiet_from = chosen.quiet_until
    chosen.save()


@pytest.fixture
def scan(tmp_path):
    path = tmp_path / "盖章回执.pdf"
    path.write_bytes(pdf_bytes())
    return path


class Office:
    """The editor's browser on the board of the one notice."""

    def __init__(self, page, notice):
        self.page, self.notice = page, notice

    def board(self, tab="unread"):
        self.page.goto(f"/cms/notices/{self.notice.pk}/board/?list={tab}")
        return self.page

    def numbers(self):
        return self.board().locator(".board__counts dd").all_inner_texts()

    def listed(self, tab):
        return self.board(tab).locator(".board__table tbody td.title").all_inner_texts()

    def lists(self):
        return {tab: self.listed(tab) for tab in ("unread", "awaiting", "receipted", "overdue")}

    def tick(self, name):
        self.page.get_by_role("checkbox", name=name).check()

    def press(self, name):
        with self.page.expect_navigation():
            self.page.get_by_role("button", name=name, exact=True).click()

    def fits(self):
        """Nothing of the page lies beside the screen."""
        return self.page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")

    def watch(self):
        """Let the worker work while the page of the job is open; it finds out by itself."""
        assert "/jobs/" in self.page.url
        work()
        expect(self.page.locator("[data-part=state]")).to_contain_text("已完成")

    def take(self, name):
        """Press this button on the board; what is downloaded from the page of the job: (name, path)."""
        self.board()
        self.press(name)
        self.watch()
        with self.page.expect_download() as download:
            self.page.get_by_role("link", name="下载结果").click()
        return download.value.suggested_filename, download.value.path()


def told():
    """To whom text messages went since the last question."""
    phones = [phone for phone, _text in memory.outbox]
    memory.outbox.clear()
    return phones


def answer(person, url, choices, scan):
    """A clerk chooses these opinions, uploads the scan and returns the receipt."""
    person.goto(url)
    for matter, choice in zip(MATTERS, choices, strict=True):
        person.get_by_role("group", name=matter).get_by_label(choice, exact=True).check()
    if person.locator("#receipt-form .files a[href^='/portal/documents/']").count() == 0:
        person.locator("input[type=file]").set_input_files(scan)
    submit(person)
    assert person.get_by_role("heading", name="回执已提交").count() == 1


@pytest.mark.parametrize("size", ["desktop", "phone"])
def test_from_publishing_to_the_frozen_result(log_in, scan, size):
    editor = UserFactory(staff=True, name="王编辑")
    editor.groups.add(Group.objects.get(name="编辑"))
    units = [UnitFactory(name=name, certified=True) for name in NAMES]
    first, second, third = people = [clerk(unit, name=f"经办{unit.name[0]}") for unit in units]
    phones = [str(person.phone) for person in people]
    clerk(UnitFactory(name="未认证单位有限公司"))

    publish(log_in(editor, next_url="/cms/"), TITLE, None, "deliberation", MATTERS)
    work_off()
    notice = NoticePage.objects.get(title=TITLE)
    urls = {d.unit.name: f"/portal/messages/{d.pk}/" for d in notice.deliveries.select_related("unit")}
    assert sorted(urls) == sorted(NAMES)
    assert sorted(told()) == sorted(phones)
    Reminder.objects.update(sent_at=timezone.now() - timedelta(days=3))  # days have passed since

    # One reads, one answers, one does nothing.
    log_in(first, size=size).goto(urls[NAMES[0]])
    answer(log_in(second, size=size), urls[NAMES[1]], ["同意", "弃权"], scan)
    office = Office(log_in(editor, size=size, next_url="/cms/"), notice)
    assert office.numbers() == ["3", "2 66%", "1 33%", "0"]
    assert office.lists() == {"unread": NAMES[2:], "awaiting": NAMES[:1], "receipted": NAMES[1:2], "overdue": []}
    assert (office.fits(), grave(office.board())) == (True, [])

    remind(office, phones)
    extend(office)
    send_back(office, log_in(second, size=size), urls[NAMES[1]], scan, phones[1])
    enter_from_paper(office, scan)
    assert office.numbers() == ["3", "2 66%", "2 66%", "0"]
    take_away(office)
    freeze(office)


def remind(office, phones):
    """Only who has not: first one that was chosen, then everybody that is left."""
    office.board("unread")
    office.tick(NAMES[2])
    expect(office.page.locator("[data-count]")).to_have_text("已选单位： 1")
    office.press("提醒未读")
    assert office.page.locator(".board__counts dd").all_inner_texts() == ["1", "1", "0", "0"]
    assert TITLE in office.page.locator(".board__sample").inner_text()
    assert (office.fits(), grave(office.page)) == (True, [])
    office.press("提醒 1 家单位")
    office.watch()
    work_off()
    assert told() == [phones[2]]

    office.board("awaiting")
    office.press("提醒未回执")
    assert office.page.locator(".board__counts dd").all_inner_texts() == ["2", "1", "1", "0"]
    assert office.page.locator(".board__table td.title").all_inner_texts() == [NAMES[2]]
    office.press("提醒 1 家单位")
    office.watch()
    work_off()
    assert told() == [phones[0]]
    assert office.page.get_by_role("link", name="查看结果").count() == 1


def extend(office):
    """One unit gets more time; the others keep theirs."""
    office.board("unread")
    office.tick(NAMES[2])
    office.press("延长截止时间")
    assert NAMES[2] in office.page.locator(".board").inner_text()
    until = (timezone.localtime() + timedelta(days=9)).replace(second=0, microsecond=0)
    office.page.locator("#id_until").fill(until.strftime("%Y-%m-%dT%H:%M"))
    office.press("延长截止时间")
    given = Delivery.objects.filter(notice=office.notice).order_by("unit__name")
    more = dict(given.values_list("unit__name", "deadline_override"))
    assert more == {NAMES[0]: None, NAMES[1]: None, NAMES[2]: until}


def send_back(office, person, url, scan, phone):
    """The member is told, sees the reason, and returns its receipt again."""
    office.board("receipted")
    office.page.get_by_role("row", name=NAMES[1]).get_by_role("link").first.click()
    office.page.locator("#id_reason").fill("扫描件未盖章，请盖章后重新提交")
    office.press("退回重填")
    work_off()
    assert told() == [phone]
    assert sorted(office.listed("awaiting")) == sorted(NAMES[:2])

    person.goto("/portal/messages/")
    assert person.locator(".msg__mark").all_inner_texts() == ["未回执"]
    person.goto(url)
    assert "扫描件未盖章，请盖章后重新提交" in person.locator("main").inner_text()
    answer(person, url, ["同意", "同意"], scan)
    versions = Receipt.objects.filter(delivery__unit__name=NAMES[1]).order_by("version")
    assert [(each.version, bool(each.sent_back_at)) for each in versions] == [(1, True), (2, False)]
    assert office.listed("receipted") == [NAMES[1]]


def enter_from_paper(office, scan):
    """代录 for the unit that sent a letter."""
    office.board("awaiting")
    with office.page.expect_navigation():
        office.page.get_by_role("row", name=NAMES[0]).get_by_role("link", name="代录").click()
    for matter in MATTERS:
        office.page.get_by_role("group", name=re.compile(matter)).first.get_by_label("不同意", exact=True).check()
    for comment in office.page.locator("textarea").all():
        comment.fill("来函意见")
    office.page.locator("input[type=file]").set_input_files(scan)
    office.press("代录回执")
    assert Receipt.objects.get(delivery__unit__name=NAMES[0]).origin == ReceiptOrigin.PAPER
    assert sorted(office.listed("receipted")) == sorted(NAMES[:2])


def take_away(office):
    """The table and the files, from the page on which the editor watches the job."""
    name, path = office.take("导出 XLSX")
    assert name == f"回执情况_{TITLE}.xlsx"
    with open(path, "rb") as file:
        book = openpyxl.load_workbook(file)
    assert book.sheetnames == ["回执情况", "参会人员", "未回执"]
    titles = [cell.value for cell in book["回执情况"][1]]
    rows = [dict(zip(titles, row, strict=True)) for row in book["回执情况"].iter_rows(min_row=2, values_only=True)]
    assert {row["单位"]: (row["章程修订案"], row["会费标准"]) for row in rows} == {
        NAMES[0]: ("不同意", "不同意"),
        NAMES[1]: ("同意", "同意"),
    }
    name, path = office.take("打包下载 ZIP")
    assert name == f"回执文件_{TITLE}.zip"
    with zipfile.ZipFile(path) as archive:
        assert sorted(each.partition("_")[2] for each in archive.namelist()) == sorted(
            f"{unit}_回执.pdf" for unit in NAMES[:2]
        )
        assert all(archive.read(each).startswith(b"%PDF-") for each in archive.namelist())


def freeze(office):
    """After the last deadline the result stands: who was asked, what counts, what came of it."""
    office.page.goto(f"/cms/notices/{office.notice.pk}/result/")
    assert office.page.get_by_role("button", name="立即统计").count() == 0
    yesterday = timezone.now() - timedelta(days=1)
    NoticePage.objects.filter(pk=office.notice.pk).update(deadline=yesterday)
    Delivery.objects.filter(notice=office.notice).exclude(deadline_override=None).update(deadline_override=yesterday)
    office.page.reload()
    office.press("立即统计")
    assert office.page.locator(".board__counts dd").first.inner_text() == "3"
    opinions = {
        row.locator("td.title").inner_text(): row.locator("td").all_inner_texts()[3:5]
        for row in office.page.locator(".board__table tbody tr").all()
    }
    assert {name: [said.split("\n")[0] for said in both] for name, both in opinions.items()} == {
        NAMES[0]: ["不同意", "不同意"],
        NAMES[1]: ["同意", "同意"],
        NAMES[2]: ["--", "--"],
    }
    assert office.page.locator(".board__matter .w-status").all_inner_texts() == ["未通过", "未通过"]
    assert (office.fits(), grave(office.page)) == (True, [])
