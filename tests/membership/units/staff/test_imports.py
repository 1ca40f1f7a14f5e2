"""会员导入 in the office: the template, the upload, the report, the confirmation, the rejected rows."""

import pytest
from django.test import Client
from django.urls import reverse

from membership.jobs.models import Job
from membership.units import actions
from membership.units.models import Unit, UnitImport
from membership.units.states import ImportState
from tests.factories import UserFactory, clerk
from tests.files import cells, upload, workbook
from tests.membership.units.conftest import employee
from tests.membership.units.import_files import HEAD, facts, table
from tests.membership.units.test_imports import member
from tests.worker import work

pytestmark = pytest.mark.django_db

INDEX = "/cms/imports/"


@pytest.fixture
def reviewer(client):
    user = employee("会员审核", name="审核员")
    client.force_login(user)
    return user


@pytest.fixture
def worker_elsewhere(settings):
    settings.TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}


def page(unit_import, part=""):
    return f"{INDEX}{unit_import.pk}/{part}"


def sent(client, *rows, **options):
    client.post(INDEX, {"file": table(*rows, **options)})
    return UnitImport.objects.first()


def download(response):
    return upload("x.xlsx", b"".join(response.streaming_content))


# --- The way through ------------------------------------------------------------------------------------------------
def test_table_is_uploaded_checked_confirmed_and_written(client, reviewer, worker_elsewhere):
    member(2)
    rows = [facts(1), facts(2, contact_name="钱八"), facts(3, level="无")]
    response = client.post(INDEX, {"file": table(*rows)})
    unit_import = UnitImport.objects.get()
    assert (response.status_code, response["Location"]) == (302, page(unit_import))

    html = client.get(page(unit_import)).content.decode()
    assert (f'data-progress="/cms/jobs/{unit_import.job_id}/part/"' in html, 'data-then="reload"' in html) == (
        True,
        True,
    )
    work()
    report = client.get(page(unit_import))
    assert [(item["label"], item["count"]) for item in report.context["counts"]] == [
        ("未通过", 1), ("新建", 1), ("更新", 1), ("无变化", 0),
    ]  # fmt: skip
    html = report.content.decode()
    assert "确认后将新建 1 家单位、更新 1 家单位，一并写入。" in html
    assert "<strong>协会级别</strong> “无”不在可填内容中" in html
    assert Unit.objects.count() == 1

    assert client.post(page(unit_import, "confirm/"))["Location"] == page(unit_import)
    assert "正在写入" in client.get(page(unit_import)).content.decode()
    work()
    html = client.get(page(unit_import)).content.decode()
    assert ("已新建 1 家单位、更新 1 家单位。" in html, "confirm/" in html) == (True, False)
    assert set(Unit.objects.values_list("contact_name", flat=True)) == {"赵六", "钱八"}


def test_report_shows_each_verdict_in_its_list(client, reviewer):
    member(2)
    unit_import = sent(client, facts(1), facts(2, contact_name="钱八"), facts(3, level=""))
    shown = {
        name: [row.number for row in client.get(page(unit_import), {"rows": name}).context["rows"]]
        for name in ("created", "updated", "unchanged", "rejected", "nonsense")
    }
    assert shown == {"created": [2], "updated": [3], "unchanged": [], "rejected": [4], "nonsense": [4]}
    html = client.get(page(unit_import), {"rows": "updated"}).content.decode()
    assert "<strong>联系人</strong> 赵六 → 钱八" in html


def test_rejected_rows_come_back_as_a_table_that_can_be_mended(client, reviewer):
    unit_import = sent(
        client, facts(1), facts(2, level="无", name="@SUM公司"), facts(3, joined_on="去年", quality="理事")
    )
    file = download(client.get(page(unit_import, "rejected/")))
    [[head, *rows]] = cells(file).values()
    assert (head[:2], head[-1], len(rows)) == (["单位名称*", "统一社会信用代码*"], "未通过原因", 2)
    assert rows[0][0] == "'@SUM公司"
    assert rows[0][-1] == "协会级别：“无”不在可填内容中，请对照模板的“可填内容”工作表。"
    assert rows[1][head.index("质量分会")] == "理事"

    mended = [[{"无": "理事单位", "去年": "2015-06-30"}.get(cell, cell) for cell in row] for row in rows]
    client.post(INDEX, {"file": workbook([head, *mended])})
    again = UnitImport.objects.first()
    assert (again.rows.counts()["created"], again.remarks) == (2, [])


def test_template_can_be_filled_in_and_uploaded(client, reviewer):
    sheets = cells(download(client.get(f"{INDEX}template/")))
    head, example = sheets["会员"]
    assert [title for title in head if title.endswith("*")] == [
        "单位名称*", "统一社会信用代码*", "单位类型*", "所在省份*", "法人代表*", "联系人*", "联系电话*", "入会时间*",
        "协会级别*",
    ]  # fmt: skip
    assert head[-5:] == ["检测分会", "安全分会", "监理分会", "鉴定分会", "质量分会"]
    assert sheets["可填内容"][0] == ["单位类型", "所在省份", "协会级别", *head[-5:]]
    filled = [facts(1).get(key, "") for key in list(HEAD)[:14]]
    client.post(INDEX, {"file": workbook([head, example, filled])})
    unit_import = UnitImport.objects.get()
    assert list(unit_import.rows.values_list("number", "verdict")) == [(3, "created")]


def test_import_without_anything_to_write_offers_no_confirmation(client, reviewer):
    member(1)
    html = client.get(page(sent(client, facts(1)))).content.decode()
    assert ("没有需要写入的内容：通过的行均已在名录中。" in html, "confirm/" in html) == (True, False)


def test_outdated_import_says_why_and_what_to_do(client, reviewer):
    unit_import = sent(client, facts(1))
    member(1)
    client.post(page(unit_import, "confirm/"))
    html = client.get(page(unit_import)).content.decode()
    assert ("涉及文件第 2 行，未写入任何内容。" in html, "重新上传文件" in html) == (True, True)


def test_second_confirmation_is_answered_in_words(client, reviewer):
    unit_import = sent(client, facts(1))
    client.post(page(unit_import, "confirm/"))
    response = client.post(page(unit_import, "confirm/"), follow=True)
    assert [str(message).strip() for message in response.context["messages"]] == [
        "此次导入已确认过，或已失效，请刷新页面查看。"
    ]
    assert Unit.objects.count() == 1


# --- Refused --------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("file", "sentence"),
    [
        (None, "请选择填好的表格。"),
        (lambda: upload("名单.xlsx", b"\0\1\2"), "无法识别为表格，请上传 Excel 文件（.xlsx）或 CSV 文件。"),
        (lambda: upload("名单.csv", "名称,电话\n甲,1".encode()), "缺少列：统一社会信用代码"),
        (lambda: table(), "文件中只有表头，没有数据行。"),
    ],
    ids=["none", "binary", "columns", "rows"],
)
def test_unusable_file_is_refused_beside_the_field(client, reviewer, file, sentence):
    response = client.post(INDEX, {"file": file()} if file else {})
    assert response.status_code == 422
    [said] = response.context["form"].errors["file"]
    assert said.startswith(sentence)
    assert (UnitImport.objects.count(), Job.objects.count()) == (0, 0)


@pytest.mark.parametrize("role", ["编辑", "分会秘书", "财务", "秘书长"])
def test_other_roles_are_kept_out(client, reviewer, role):
    unit_import = sent(client, facts(1), facts(2, level=""))
    client.force_login(employee(role))
    paths = [INDEX, f"{INDEX}template/", page(unit_import), page(unit_import, "rejected/")]
    assert [client.get(path).status_code for path in paths] == [302] * 4  # Wagtail's way of saying no
    client.post(page(unit_import, "confirm/"))
    client.post(INDEX, {"file": table(facts(3))})
    assert (Unit.objects.count(), UnitImport.objects.count(), UnitImport.objects.get().state) == (0, 1, "checked")


def test_strangers_and_members_are_kept_out(reviewer, client):
    unit_import = sent(client, facts(1))
    inside = Client()
    inside.force_login(clerk(member(8)))
    for path in (INDEX, page(unit_import), page(unit_import, "rejected/")):
        assert Client().get(path).status_code == 302
        assert inside.get(path, follow=True).status_code == 403


def test_colleague_sees_the_import_but_not_the_progress_of_another(client, reviewer, worker_elsewhere):
    unit_import = sent(client, facts(1))
    client.force_login(employee("系统管理员"))
    html = client.get(page(unit_import)).content.decode()
    assert ("由其他同事发起" in html, "data-progress=" in html) == (True, False)
    work()
    assert client.get(page(unit_import)).context["state"] == ImportState.CHECKED


def test_rejected_rows_of_a_clean_import_are_a_404(client, reviewer):
    assert client.get(page(sent(client, facts(1)), "rejected/")).status_code == 404


def test_confirmation_is_no_link(client, reviewer):
    assert client.get(page(sent(client, facts(1)), "confirm/")).status_code == 405


# --- Lists ----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("count", [1, 50])
def test_report_asks_the_same_number_of_questions(client, reviewer, count, django_assert_num_queries):
    unit_import = sent(client, *(facts(n) for n in range(1, count + 1)))
    client.get(page(unit_import))
    with django_assert_num_queries(14):
        assert len(client.get(page(unit_import)).context["rows"]) == count


@pytest.mark.parametrize("count", [1, 50])
def test_list_asks_the_same_number_of_questions(client, reviewer, count, django_assert_num_queries):
    for number in range(count):
        UnitImport.objects.create(original_name=f"{number}.xlsx", sha256="0", created_by=reviewer, state="checked")
    client.get(INDEX)
    with django_assert_num_queries(10):
        assert len(client.get(INDEX).context["imports"]) == min(count, 20)


def test_payloads_of_a_file_are_shown_as_text(client, reviewer):
    unit_import = sent(client, facts(1, name="<script>alert(1)</script>公司", level="<b>"))
    html = client.get(page(unit_import)).content.decode()
    assert ("<script>alert(1)" in html, "“<b>”" in html, "&lt;script&gt;" in html) == (False, False, True)


def test_person_with_the_contact_number_finds_the_unit_on_the_start_page(client):
    unit_import = actions.start_import(table(facts(1)), by=employee("会员审核"))
    actions.confirm_import(unit_import, by=unit_import.created_by)
    person = UserFactory(phone="+8613800000001")
    client.force_login(person)
    html = client.get(reverse("portal:home")).content.decode()
    assert ("老会员1有限公司" in html, "接受后，您将成为该单位的管理员。" in html) == (True, True)
    [invitation] = Unit.objects.get().invitations.all()
    client.post(reverse("portal:accept-invitation", args=[invitation.pk]))
    assert person.seat.duty == "owner"
    assert "待审核" not in client.get(reverse("portal:home")).content.decode()
