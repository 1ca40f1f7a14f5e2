"""The dry run of an import: what each row is taken for, in which words it is rejected, and that nothing is written."""

import csv
import io
from datetime import date, timedelta

import pytest
import time_machine
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from membership.audit.models import AuditEntry
from membership.exceptions import Refusal
from membership.jobs import actions as jobs
from membership.jobs.models import Job
from membership.units import actions, import_sheets
from membership.units.actions import imports
from membership.units.models import Body, ImportRow, Membership, Unit, UnitImport
from membership.units.states import ImportState
from membership.units.tasks import check_import
from tests.factories import MembershipFactory, UnitFactory, UserFactory, clerk, uscc
from tests.files import cells, private_files, upload, workbook
from tests.membership.units.conftest import branch, employee, in_state, level
from tests.membership.units.import_files import CODE, HEAD, facts, table

pytestmark = pytest.mark.django_db


@pytest.fixture
def reviewer():
    return employee("会员审核")


def checked(by, *rows, **options):
    return actions.start_import(table(*rows, **options), by=by)


def verdicts(unit_import):
    return dict(unit_import.rows.values_list("number", "verdict"))


def problems(unit_import, number=2):
    return dict(unit_import.rows.get(number=number).problems)


def member(n=1, **fields):
    """A certified unit as the row `facts(n)` says."""
    values = {
        "name": f"老会员{n}有限公司", "uscc": uscc(CODE + n), "unit_type": "contractor", "province": "51",
        "legal_representative": "王五", "contact_name": "赵六", "contact_phone": f"138{n:08d}",
        "joined_on": date(2015, 6, 30),
    }  # fmt: skip
    return UnitFactory(certified=True, certified__level="council", **values | fields)


def registered():
    return Unit.objects.count(), Membership.objects.count()


# --- Verdicts -------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("typed", ["9.135E+17", 9.135e17])
def test_digits_that_are_lost_are_shown_as_they_stand_in_the_file(reviewer, typed):
    """Else the workbook of rejected rows would have an empty cell where the person typed something."""
    unit_import = checked(reviewer, facts(1, uscc=typed))
    row = unit_import.rows.get()
    assert (row.verdict, row.texts["uscc"].upper()) == ("rejected", "9.135E+17")


def test_every_row_gets_a_verdict_and_nothing_is_written(reviewer):
    member(2)
    member(3)
    before = registered()

    unit_import = checked(
        reviewer, facts(1), facts(2, contact_phone="028-86000000"), facts(3), facts(4, level="无此级别")
    )

    assert unit_import.state == ImportState.CHECKED
    assert verdicts(unit_import) == {2: "created", 3: "updated", 4: "unchanged", 5: "rejected"}
    assert unit_import.rows.counts() == {"created": 1, "updated": 1, "unchanged": 1, "rejected": 1}
    assert registered() == before
    job = Job.objects.get(name="units.check_import")
    assert (job.done, job.total, job.created_by, unit_import.job) == (4, 4, reviewer, job)
    entry = AuditEntry.objects.about(unit_import).get()
    assert (entry.verb, entry.actor, entry.after["rows"]) == ("units.start_import", reviewer, 4)


def test_what_a_row_says_is_understood_in_any_spelling(reviewer):
    typed = facts(
        1,
        uscc=f" {uscc(CODE + 1).lower()[:9]} {uscc(CODE + 1).lower()[9:]}",
        province="四川",
        unit_type="建设",
        level=" 理事 ",
        contact_phone=13_800_000_001,
        joined_on=date(2015, 6, 30),
        quality="副会长",
    )
    row = checked(reviewer, typed).rows.get()
    understood = {
        key: row.facts[key] for key in ("uscc", "province", "unit_type", "level", "contact_phone", "joined_on")
    }
    assert understood == {
        "uscc": uscc(CODE + 1),
        "province": "51",
        "unit_type": "owner",
        "level": level(slug="council").pk,
        "contact_phone": "13800000001",
        "joined_on": "2015-06-30",
    }
    assert row.plan["branches"] == {str(branch().pk): level("branch", "vice_president").pk}


@pytest.mark.parametrize(
    ("key", "typed", "sentence"),
    [
        ("name", "", "此项必填。"),
        ("name", "甲", "请填写单位全称"),
        ("uscc", "9.135E+17", "表格软件已把这串数字变成数值"),
        ("uscc", 913510100000000000, "表格软件已把这串数字变成数值"),
        ("uscc", uscc(CODE + 1)[:17], "统一社会信用代码"),
        ("uscc", "=1+1", "单元格是没有计算结果的公式"),
        ("unit_type", "航天", "“航天”不在可填内容中"),
        ("province", "巴黎", "“巴黎”不在可填内容中"),
        ("contact_phone", "12345", "请填写手机号码，或带区号的固定电话"),
        ("contact_phone", 1.38e9, "请填写手机号码，或带区号的固定电话"),
        ("email", "不是邮箱", "请输入合法的邮件地址"),
        ("joined_on", "2015", "“2015”不是有效日期"),
        ("joined_on", "2015-02-30", "“2015-02-30”不是有效日期"),
        ("joined_on", "2999-01-01", "日期应在 1949 年至今天之间"),
        ("joined_on", "", "此项必填。"),
        ("level", "", "此项必填。"),
        ("quality", "会长单位们", "“会长单位们”不在可填内容中"),
        ("address", "字" * 201, "内容过长，最多 200 个字符。"),
        ("legal_representative", "王\u202e五", "含有无法识别的字符"),
    ],
)
def test_what_is_wrong_is_said_beside_its_column(reviewer, key, typed, sentence):
    unit_import = checked(reviewer, facts(1, **{key: typed}))
    column = f"branch:{branch().pk}" if key == "quality" else key
    found = problems(unit_import)
    assert (list(found), verdicts(unit_import)) == ([column], {2: "rejected"})
    assert sentence in found[column]


def test_merged_cells_count_once_and_unknown_columns_are_told(reviewer):
    def merge(book, sheet):
        sheet.merge_cells("A2:A3")

    unit_import = checked(reviewer, facts(1), facts(2), head=HEAD | {"qq": "微信"}, before=merge)
    assert (problems(unit_import, 3), verdicts(unit_import)[2]) == ({"name": "此项必填。"}, "created")
    assert unit_import.remarks == [
        "未识别的列已忽略：微信。",
        "合并单元格（A2:A3）只按第一行取值。",
    ]


def test_example_of_the_template_is_passed_over(reviewer):
    with import_sheets.template() as template:
        content = template.read()
    unit_import = actions.start_import(upload("模板.xlsx", content), by=reviewer)
    assert (unit_import.rows.count(), unit_import.row_count) == (0, 0)


# --- Twice ----------------------------------------------------------------------------------------------------------
def test_what_stands_twice_in_the_file_is_rejected_the_second_time(reviewer):
    unit_import = checked(
        reviewer,
        facts(1, member_no="HY00009"),
        facts(1, name="另一名称有限公司", uscc=uscc(CODE + 1).lower()),
        facts(2, name="老会员1有限公司"),
        facts(3, member_no="HY00009"),
    )
    assert verdicts(unit_import) == {2: "created", 3: "rejected", 4: "rejected", 5: "rejected"}
    said = [problems(unit_import, number) for number in (3, 4, 5)]
    assert said == [
        {"uscc": "与文件第 2 行重复。"},
        {"name": "与文件第 2 行重复。"},
        {"member_no": "与文件第 2 行重复。"},
    ]


def test_name_and_number_of_another_unit_are_rejected(reviewer):
    other = member(9)
    other.memberships.update(member_no="HY00009")
    unit_import = checked(reviewer, facts(1, name=other.name), facts(2, member_no="HY00009"))
    assert [problems(unit_import, number) for number in (2, 3)] == [
        {"name": f"同名单位已登记，统一社会信用代码为 {other.uscc}。"},
        {"member_no": "此会员编号已属于其他单位。"},
    ]


def test_draft_that_somebody_typed_claims_nothing(reviewer):
    UnitFactory(uscc=uscc(CODE + 1), name="老会员1有限公司", submitted_at=None)
    assert verdicts(checked(reviewer, facts(1))) == {2: "created"}


# --- Against the register -------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("key", "typed", "registered_as"),
    [
        ("name", "改名有限公司", "老会员1有限公司"),
        ("unit_type", "监理", "施工"),
        ("province", "北京市", "四川省"),
        ("city", "绵阳市", "成都市"),
        ("legal_representative", "孙七", "王五"),
        ("joined_on", "2016-01-01", "2015-06-30"),
        ("level", "会长单位", "理事单位"),
        ("member_no", "HY00002", "HY00001"),
    ],
)
def test_certified_facts_are_never_overwritten(reviewer, key, typed, registered_as):
    unit = member(1, city="成都市")
    unit.memberships.update(member_no="HY00001")
    unit_import = checked(reviewer, facts(1, **{key: typed}))
    assert problems(unit_import) == {
        key: f"与名录不一致，名录中为“{registered_as}”。请在名录中变更，或改正文件。",
    }


def test_empty_facts_are_completed_and_contact_data_replaced(reviewer):
    member(1, city="", email="old@example.com", address="旧址")
    row = checked(
        reviewer, facts(1, city="成都市", email="new@example.com", address="", contact_name="钱八", member_no="HY00007")
    ).rows.get()
    assert row.plan["unit"] == {"city": "成都市", "email": "new@example.com", "contact_name": "钱八"}
    assert row.plan["member_no"] == "HY00007"
    assert row.changes == [
        ["所在城市", "", "成都市"],
        ["联系人", "赵六", "钱八"],
        ["邮箱", "old@example.com", "new@example.com"],
        ["会员编号", "", "HY00007"],
    ]


def test_branches_are_added_and_never_changed(reviewer):
    unit = member(1)
    MembershipFactory(unit=unit, body=branch(), active=True)
    in_state(unit, "pending", body=branch("testing"))
    same = checked(reviewer, facts(1, quality="普通会员"))
    other = checked(reviewer, facts(1, quality="理事", testing="理事"))
    assert verdicts(same) == {2: "unchanged"}
    assert problems(other) == {
        f"branch:{branch().pk}": "与名录不一致，名录中为“普通会员”。请在名录中变更，或改正文件。",
        f"branch:{branch('testing').pk}": "该单位在此分会的状态为“待审核”，请先在名录中处理。",
    }


@pytest.mark.parametrize("state", ["pending", "returned", "rejected", "suspended", "left"])
def test_units_that_are_no_members_in_standing_are_decided_in_the_register(reviewer, state):
    unit = member(1)
    in_state(unit, state)
    found = problems(checked(reviewer, facts(1)))
    assert (list(found), "请先在名录中处理" in found["uscc"]) == (["uscc"], True)


# --- The file -------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("encoding", ["utf-8-sig", "gbk", "gb18030", "utf-16"])
def test_text_files_are_checked_as_well(reviewer, encoding):
    text = io.StringIO()
    csv.writer(text).writerows([HEAD.values(), [facts(1).get(key, "") for key in HEAD]])
    unit_import = actions.start_import(upload("名单.csv", text.getvalue().encode(encoding)), by=reviewer)
    assert verdicts(unit_import) == {2: "created"}


@pytest.mark.parametrize(
    ("file", "code"),
    [
        (lambda: workbook([["甲", "乙"], ["1", "2"]]), "no_head"),
        (lambda: table(head={key: HEAD[key] for key in HEAD if key != "uscc"}), "missing"),
        (lambda: table(head=HEAD | {"again": "单位全称"}), "twice"),
        (lambda: table(), "no_rows"),
        (lambda: table({}, {}), "no_rows"),
        (lambda: upload("名单.xlsx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600), "old"),
        (lambda: upload("名单.xlsx", b"not a table \0"), "no_table"),
    ],
    ids=["wrong", "missing", "twice", "empty", "blank", "xls", "binary"],
)
def test_unusable_files_are_refused_and_leave_nothing(reviewer, file, code):
    with pytest.raises(ValidationError) as refusal:
        actions.start_import(file(), by=reviewer)
    assert refusal.value.code == code
    assert (UnitImport.objects.count(), Job.objects.count(), AuditEntry.objects.count(), private_files()) == (
        0,
        0,
        0,
        [],
    )


def test_more_rows_than_allowed_are_refused_before_any_is_judged(reviewer, monkeypatch):
    monkeypatch.setattr(imports, "MAX_ROWS", 2)
    with pytest.raises(ValidationError) as refusal:
        checked(reviewer, facts(1), facts(2), facts(3))
    assert refusal.value.code == "too_many_rows"
    assert (UnitImport.objects.count(), ImportRow.objects.count()) == (0, 0)


def test_file_that_cannot_be_read_any_more_ends_in_words(reviewer, settings):
    settings.TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}
    unit_import = checked(reviewer, facts(1))
    [stored] = private_files()
    stored.write_bytes(b"PK\x03\x04 damaged")
    jobs.run_job.call(unit_import.job_id)
    unit_import.refresh_from_db()
    assert (unit_import.state, unit_import.refusal) == (
        ImportState.FAILED,
        "无法识别为表格，请上传 Excel 文件（.xlsx）或 CSV 文件。",
    )
    job = Job.objects.get(pk=unit_import.job_id)
    assert (job.state, job.message) == ("failed", unit_import.refusal)


def test_second_attempt_of_the_check_starts_anew(reviewer):
    unit_import = checked(reviewer, facts(1), facts(2))
    job = Job.objects.get(pk=unit_import.job_id)
    UnitImport.objects.update(state=ImportState.CHECKING)
    check_import(str(unit_import.pk), job)
    assert verdicts(unit_import) == {2: "created", 3: "created"}


def test_failure_of_the_machine_ends_the_check_in_words(reviewer, monkeypatch):
    monkeypatch.setattr(imports, "columns", lambda: 1 / 0)
    unit_import = UnitImport.objects.create(original_name="名单.xlsx", sha256="0", created_by=reviewer)
    jobs.enqueue("units.check_import", import_id=str(unit_import.pk))
    unit_import.refresh_from_db()
    assert (unit_import.state, unit_import.refusal) == (ImportState.FAILED, "文件未能核对，请重新上传。")


# --- Who, and for how long ------------------------------------------------------------------------------------------
@pytest.mark.parametrize("role", ["编辑", "分会秘书", "财务", "秘书长"])
def test_other_roles_import_nothing_and_see_nothing(reviewer, role):
    unit_import = checked(reviewer, facts(1))
    other = employee(role)
    with pytest.raises(PermissionDenied):
        checked(other, facts(2))
    with pytest.raises(PermissionDenied):
        actions.confirm_import(unit_import, by=other)
    assert list(UnitImport.objects.for_user(other)) + list(ImportRow.objects.for_user(other)) == []
    assert (UnitImport.objects.count(), unit_import.state) == (1, ImportState.CHECKED)


def test_members_see_no_import(reviewer):
    unit_import = checked(reviewer, facts(1))
    for person in (clerk(member(8)), UserFactory()):
        assert list(UnitImport.objects.for_user(person)) + list(ImportRow.objects.for_user(person)) == []
    assert list(UnitImport.objects.for_user(employee("系统管理员"))) == [unit_import]


def test_files_and_rows_are_forgotten_after_a_month(reviewer):
    unit_import = checked(reviewer, facts(1))
    with time_machine.travel(timezone.now() + timedelta(days=29)):
        imports.forget_imports()
    assert (len(private_files()), unit_import.rows.count()) == (1, 1)
    with time_machine.travel(timezone.now() + timedelta(days=31)):
        imports.forget_imports()
        imports.forget_imports()
    unit_import.refresh_from_db()
    assert (private_files(), unit_import.rows.count(), unit_import.row_count) == ([], 0, 1)


def test_rows_with_problems_alone_cannot_be_confirmed(reviewer):
    unit_import = checked(reviewer, facts(1, level=""))
    with pytest.raises(Refusal) as refusal:
        actions.confirm_import(unit_import, by=reviewer)
    assert refusal.value.code == "nothing_to_write"


def test_judging_costs_the_same_number_of_queries_for_any_rows(reviewer, django_assert_num_queries):
    unit_import = checked(reviewer, *(facts(n) for n in range(1, 51)))
    UnitImport.objects.update(state=ImportState.CHECKING)
    with django_assert_num_queries(12):
        check_import(str(unit_import.pk), Job.objects.get(pk=unit_import.job_id))
    assert Body.objects.count() == 6


def test_template_and_rejected_rows_hold_no_formula(reviewer):
    with import_sheets.template() as file:
        sheets = cells(file)
    assert list(sheets) == ["会员", "可填内容", "填写说明"]
    assert sheets["会员"][0][:4] == ["单位名称*", "统一社会信用代码*", "单位类型*", "所在省份*"]
