"""Files made of receipts: three sheets, a bundle, a result; who may have them, and nothing that runs as a formula."""

import zipfile
from io import BytesIO

import pytest
from django.contrib.auth.models import Group
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from membership.audit.models import AuditEntry
from membership.exceptions import Refusal
from membership.jobs.models import Job
from membership.tracking import actions
from membership.tracking.models import Delivery
from membership.tracking.naming import receipt_name
from membership.tracking.states import Export
from tests.cms.conftest import GROUPS, in_days, staff
from tests.cms.staff.test_board import answer, board, read, sent_to
from tests.factories import UnitFactory
from tests.files import cells, private_files

pytestmark = pytest.mark.django_db
EVIL = ["=HYPERLINK(1)", "+1公司", "-1公司", "@SUM(1)公司", "＝1公司"]


@pytest.fixture
def colleague():
    return staff("编辑")


@pytest.fixture
def deliberation(colleague):
    """甲 has not read, 乙 has read, 丙 answered, 丁 was sent back; 局外 got and answered something else."""
    units = [UnitFactory(certified=True, name=name) for name in ("甲建设", "乙检测", "丙监理", "丁学院")]
    page = sent_to(*units, receipt_kind="deliberation", deadline=in_days(3), items=["章程修订案", "=1+1"])
    outside = UnitFactory(certified=True, name="局外建设")
    other = sent_to(outside, receipt_kind="deliberation", deadline=in_days(3), items=["别的事项"])
    answer(other, outside)
    read(page, units[1])
    answer(page, units[2], choice="disagree", comment="=2+2")
    actions.send_back_receipt(answer(page, units[3]), by=colleague, reason="未盖章")
    return page


def made(page, what, by):
    """The job that made the file, done."""
    job = actions.request_export(page, by=by, what=what)
    job.refresh_from_db()
    assert job.state == "succeeded", job.error
    return job


def content(job):
    """The file that was made, read to its end."""
    with job.result.open("rb") as file:
        return BytesIO(file.read())


def column(sheet, title):
    place = sheet[0].index(title)
    return [row[place] for row in sheet[1:]]


def test_three_sheets_hold_exactly_the_units_of_the_notice(deliberation, colleague):
    job = made(deliberation, Export.WORKBOOK, colleague)
    sheets = cells(content(job))
    assert list(sheets) == ["回执情况", "参会人员", "未回执"]
    receipts, attendees, missing = sheets.values()
    assert column(receipts, "单位") == ["丙监理"]
    assert receipts[0][9:13] == ["章程修订案", "意见说明", "'=1+1", "意见说明"]
    assert receipts[1][9:13] == ["不同意", "'=2+2", "不同意", "'=2+2"]
    assert len(attendees) == 1
    assert dict(zip(column(missing, "单位"), column(missing, "备注"), strict=True)) == {
        "甲建设": None,
        "乙检测": None,
        "丁学院": "已退回：未盖章",
    }
    assert job.result_name == "回执情况_关于看板的通知.xlsx"


def test_attendees_stand_in_the_second_sheet(colleague, unit, outsider):
    page = sent_to(unit, outsider, receipt_kind="attendance", deadline=in_days(3))
    other = sent_to(outsider, receipt_kind="attendance", deadline=in_days(3))
    answer(page, unit)
    answer(other, outsider)
    _receipts, attendees, missing = cells(content(made(page, Export.WORKBOOK, colleague))).values()
    assert [row[1:6] for row in attendees[1:]] == [[unit.name, "王五", None, "经理", "13900000000"]]
    assert column(missing, "单位") == [outsider.name]


def test_what_looks_like_a_formula_is_a_text(colleague):
    units = [UnitFactory(certified=True, name=name, contact_name=name) for name in EVIL]
    page = sent_to(*units, title="=1+1", receipt_kind="deliberation", deadline=in_days(3), items=["@SUM"])
    answer(page, units[0])
    receipts, _attendees, missing = cells(content(made(page, Export.WORKBOOK, colleague))).values()
    assert column(receipts, "单位") == ["'=HYPERLINK(1)"]
    assert sorted(column(missing, "单位")) == sorted(f"'{name}" for name in EVIL[1:])


def test_the_bundle_holds_the_files_of_the_receipts_that_stand(deliberation, colleague):
    job = made(deliberation, Export.BUNDLE, colleague)
    with zipfile.ZipFile(content(job)) as archive:
        assert archive.namelist() == ["0001_丙监理_回执.pdf"]
        assert archive.read("0001_丙监理_回执.pdf")[:5] == b"%PDF-"
        assert archive.testzip() is None
    assert (job.result_name, job.message) == ("回执文件_关于看板的通知.zip", "")


def test_a_file_that_is_gone_is_said_and_the_others_come(deliberation, colleague):
    page = deliberation
    answer(page, page.deliveries.get(unit__name="甲建设").unit)
    lost = page.deliveries.get(unit__name="丙监理").receipts.get().document
    lost.file.storage.delete(lost.file.name)
    job = made(page, Export.BUNDLE, colleague)
    with zipfile.ZipFile(content(job)) as archive:
        assert archive.namelist() == ["0002_甲建设_回执.pdf"]
    assert job.message == "有 1 份文件在存储中缺失，涉及单位：丙监理。"


@pytest.mark.parametrize(
    ("unit", "name"),
    [
        ("示范公司", "0007_示范公司_回执.pdf"),
        ("../../etc/passwd", "0007_etcpasswd_回执.pdf"),
        ('a\\b:c*d?e"f<g>h|i', "0007_abcdefghi_回执.pdf"),
        ("一\u202e二\x00三\n四", "0007_一 二 三 四_回执.pdf"),
        ("...", "0007___回执.pdf"),
        ("长" * 200, f"0007_{'长' * 72}_回执.pdf"),
        ("a" + "长" * 200, f"0007_a{'长' * 71}_回执.pdf"),
    ],
)
def test_names_in_the_bundle_suit_every_system(unit, name):
    assert receipt_name(7, unit, ".pdf") == name


def test_the_result_has_every_unit_and_every_matter(deliberation, colleague):
    Delivery.objects.filter(notice=deliberation).update(deadline_override=None)
    type(deliberation).objects.filter(pk=deliberation.pk).update(deadline=in_days(-1))
    deliberation.refresh_from_db()
    actions.freeze_result(deliberation, by=colleague)
    summary, matters, opinions = cells(content(made(deliberation, Export.RESULT, colleague))).values()
    facts = dict(summary[1:])
    assert (facts["应答单位"], facts["按时回执单位"], facts["法定人数"]) == (4, 1, "未达到")
    assert [row[1:4] for row in matters[1:4]] == [
        ["章程修订案", "同意", 0],
        ["章程修订案", "不同意", 1],
        ["章程修订案", "弃权", 0],
    ]
    assert {row[5] for row in matters[1:]} == {"未通过"}
    assert dict(zip(column(opinions, "单位"), column(opinions, "备注"), strict=True)) == {
        "甲建设": "未回执",
        "乙检测": "未回执",
        "丙监理": None,
        "丁学院": "未回执",
    }


def test_a_result_that_is_not_frozen_is_refused(deliberation, colleague):
    before = Job.objects.count(), AuditEntry.objects.count()
    with pytest.raises(Refusal) as refused:
        actions.request_export(deliberation, by=colleague, what=Export.RESULT)
    assert (refused.value.code, (Job.objects.count(), AuditEntry.objects.count())) == ("no_result", before)


def test_a_notice_that_asks_nothing_has_no_table(colleague, unit):
    page = sent_to(unit)
    before = Job.objects.count()
    with pytest.raises(Refusal) as refused:
        actions.request_export(page, by=colleague, what=Export.WORKBOOK)
    assert (refused.value.code, Job.objects.count()) == ("no_receipt", before)


@pytest.mark.parametrize("group", [*GROUPS, "member"])
@pytest.mark.parametrize("what", [Export.WORKBOOK, Export.BUNDLE])
def test_who_may_take_files_away(client, deliberation, group, what):
    person = (
        staff(group) if group != "member" else deliberation.deliveries.get(unit__name="丙监理").unit.seats.get().user
    )
    client.force_login(person)
    url = reverse("notices:export", args=[deliberation.pk])
    before = Job.objects.count(), AuditEntry.objects.count(), len(private_files())
    answered = client.post(url, {"what": what})
    if group in {"编辑", "会员审核", "秘书长", "系统管理员"}:
        job = Job.objects.get(name="tracking.export")
        assert answered.url == reverse("job_progress", args=[job.pk])
        assert (job.created_by, job.arguments) == (person, {"notice_id": deliberation.pk, "what": what})
        entry = AuditEntry.objects.get(verb="tracking.export")
        assert (entry.actor, entry.after) == (person, {"what": what})
        shown = client.get(board(deliberation)).content.decode()
        assert reverse("job_result", args=[job.pk]) in shown
        assert b"".join(client.get(reverse("job_result", args=[job.pk])).streaming_content)[:2] == b"PK"
    else:
        assert answered.status_code == 302
        assert "/jobs/" not in answered.url
        assert (Job.objects.count(), AuditEntry.objects.count(), len(private_files())) == before


@pytest.mark.parametrize("what", [Export.WORKBOOK, Export.BUNDLE])
def test_who_has_lost_the_right_gets_no_file_made_before(client, deliberation, colleague, what):
    job = made(deliberation, what, colleague)
    address = reverse("job_result", args=[job.pk])
    client.force_login(colleague)
    assert client.get(address).getvalue()[:2] == b"PK"
    colleague.groups.clear()
    colleague.groups.add(Group.objects.get(name="财务"))
    assert client.get(address).status_code == 404


def test_files_of_others_stand_on_nobody_elses_board(client, deliberation, colleague):
    job = made(deliberation, Export.WORKBOOK, colleague)
    client.force_login(staff("编辑"))
    assert reverse("job_result", args=[job.pk]) not in client.get(board(deliberation)).content.decode()
    assert client.get(reverse("job_result", args=[job.pk])).status_code == 404


def test_who_may_not_open_the_files_gets_no_bundle(deliberation, colleague):
    group = colleague.groups.get()
    group.permissions.remove(group.permissions.get(codename="view_receipt_file"))
    person = type(colleague).objects.get(pk=colleague.pk)
    with pytest.raises(PermissionDenied):
        actions.request_export(deliberation, by=person, what=Export.BUNDLE)
    assert Job.objects.filter(name="tracking.export").count() == 0
    assert made(deliberation, Export.WORKBOOK, person).result_name.endswith(".xlsx")
