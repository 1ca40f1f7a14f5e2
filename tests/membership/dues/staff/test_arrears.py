"""应收清单: who owes what, for whom in how many queries; reminding; entering years paid before and undoing it."""

from datetime import date, datetime
from io import BytesIO

import pytest
from django.urls import reverse
from django.utils import timezone

from membership.audit.models import AuditEntry
from membership.dues import actions, owing
from membership.dues.actions import letters
from membership.dues.models import DuesReminder, DuesSettings, PaidYear
from membership.dues.staff import arrears
from membership.jobs.models import Job
from membership.messaging.models import OutboundMessage
from membership.units.models import Body, Level
from tests.factories import MembershipFactory, clerk
from tests.files import cells, pdf_text
from tests.membership.dues.conftest import pay, place, set_standard, snapshot, years_of
from tests.membership.dues.staff.conftest import EVERYBODY, SEES, browser, errors, member, page_of
from tests.worker import work

pytestmark = pytest.mark.django_db
LIST, REMIND = "/cms/dues/arrears/", "/cms/dues/arrears/remind/"
CHINA = timezone.get_fixed_timezone(480)


@pytest.fixture
def debtors(desk):
    """甲 owes three years, 乙 the last one, 丙 (suspended) all, 丁 nothing, 戊 joined this year, 己 has left."""
    set_standard(desk.finance, first_year=2024, ordinary=1000)
    made = {name: member(name) for name in "甲乙"}
    made["丙"] = member("丙", state="suspended")
    made["丁"] = member("丁", level="council")
    made["戊"] = member("戊", level="council", joined=date(2026, 3, 1))
    made["己"] = member("己", state="left")
    member("庚", state="pending")
    actions.enter_paid_years(made["乙"], [2024, 2025], by=desk.finance, note="旧账")
    actions.enter_paid_years(made["丁"], [2024, 2025, 2026], by=desk.finance, note="旧账")
    for name in "甲乙丁戊":
        clerk(made[name], phone=f"+8613811139{'甲乙丁戊'.index(name):03d}")
    return made


def rows(client, **query):
    page = page_of(client.get(LIST, query))
    found = [[" ".join(cell.text.split()) for cell in row("td")] for row in page.select("tbody tr")]
    return [row[1:6] for row in found]


def names(client, **query):
    return [cell.a.text for cell in page_of(client.get(LIST, query)).select("tbody td.title")]


def texts():
    return list(OutboundMessage.objects.order_by("pk").values_list("recipient", "template", "variables"))


def test_who_sees_the_list(debtors, ours, desk):
    for name in EVERYBODY:
        client = browser(getattr(desk, name))
        assert client.get(LIST).status_code == (200 if name in SEES else 302), name
        response = client.get(LIST, {"export": "csv"})
        b"".join(response)
        assert response.status_code == (200 if name in SEES else 302)
    assert browser(ours.clerk).get(LIST).status_code == 302


def test_what_each_owes_at_the_standard_of_each_year(debtors, desk):
    assert sorted(rows(browser(desk.finance))) == sorted(
        [
            ["丙 已暂停", "普通会员", "2024-2026", "4,000.00", "--"],
            ["乙", "普通会员", "2026", "2,000.00", "2025-12-31"],
            ["戊", "理事单位", "2026", "4,000.00", "--"],
            ["甲 可暂停", "普通会员", "2024-2026", "4,000.00", "--"],
        ]
    )


def test_filters(debtors, desk):
    client = browser(desk.secretary_general)
    branch = Body.objects.get(slug="quality")
    MembershipFactory(unit=debtors["甲"], body=branch, active=True)
    council = Level.objects.get(body_kind="association", slug="council")
    assert sorted(names(client, year="2024")) == sorted("甲丙")
    assert sorted(names(client, year="2026")) == sorted("甲乙丙戊")
    assert names(client, level=str(council.pk)) == ["戊"]
    assert names(client, body=str(branch.pk)) == ["甲"]
    assert names(client, q="乙") == ["乙"]
    for query in ({"year": "1"}, {"level": "x"}, {"body": "0"}, {"q": "字" * 101}, {"p": "x"}, {"p": "99"}):
        assert client.get(LIST, query).status_code == 200


@pytest.mark.parametrize("count", [1, 50])
def test_the_list_costs_the_same_for_one_and_fifty(desk, django_assert_num_queries, count):
    for number in range(count):
        unit = member(f"单位{number:02d}")
        DuesReminder.objects.create(unit=unit, year=2026)
    client = browser(desk.finance)
    client.get(LIST)
    with django_assert_num_queries(20):
        page = page_of(client.get(LIST))
    assert len(page.select("tbody tr")) == count


def test_without_a_standard_nobody_owes(debtors, desk):
    for standard in (desk.standard, *type(desk.standard).objects.exclude(pk=desk.standard.pk)):
        actions.withdraw_standard(standard, by=desk.finance)
    assert rows(browser(desk.finance)) == []


def test_the_workbook(debtors, desk, monkeypatch):
    member("@甲危险")
    response = browser(desk.finance).get(LIST, {"export": "xlsx", "year": "2025"})
    [sheet] = cells(BytesIO(b"".join(response))).values()
    assert sorted(row[0] for row in sheet[1:]) == sorted(["'@甲危险", "甲", "丙"])
    assert {row[0]: row[3:6] for row in sheet[1:]}["甲"] == ["2024-2026", 4000, None]
    assert sheet[0][9:] == ["2024年度欠缴", "2025年度欠缴", "2026年度欠缴"]
    assert {row[0]: row[9:] for row in sheet[1:]}["甲"] == [1000, 1000, 2000]
    assert AuditEntry.objects.get(verb="dues.export_arrears").after == {"rows": 3}
    monkeypatch.setattr(arrears, "WHILE_WAITING", 2)
    response = browser(desk.finance).get(LIST, {"export": "xlsx", "year": "2025"})
    job = Job.objects.get(name="dues.export_arrears")
    assert response["Location"] == reverse("job_progress", args=[job.pk])
    work()
    job.refresh_from_db()
    [sheet] = cells(job.result.open("rb")).values()
    assert (job.state, len(sheet)) == ("succeeded", 4)
    job.result.close()


def test_the_list_as_csv(debtors, desk, monkeypatch):
    member("@甲危险")
    response = browser(desk.finance).get(LIST, {"export": "csv", "year": "2025"})
    text = b"".join(response).decode("utf-8-sig")
    lines = {line.split(",")[0]: line.split(",") for line in text.splitlines()}
    assert sorted(lines) == sorted(["单位", "'@甲危险", "甲", "丙"])
    assert lines["甲"][3:5] == ["2024-2026", "4000.00"]
    assert [line[9:] for line in (lines["单位"], lines["甲"])] == [
        ["2024年度欠缴", "2025年度欠缴", "2026年度欠缴"],
        ["1000.00", "1000.00", "2000.00"],
    ]
    assert AuditEntry.objects.get(verb="dues.export_arrears").after == {"rows": 3}
    monkeypatch.setattr(arrears, "WHILE_WAITING", 2)
    browser(desk.finance).get(LIST, {"export": "csv", "year": "2025"})
    work()
    job = Job.objects.get(name="dues.export_arrears")
    assert (job.state, job.result_name.endswith(".csv")) == ("succeeded", True)


def test_years_that_are_paid_stay_empty_in_the_workbook(debtors, desk):
    with actions.export_arrears(owing.narrowed(desk.finance, timezone.now()), by=desk.finance) as workbook:
        [sheet] = cells(workbook).values()
    assert {row[0]: row[9:] for row in sheet[1:]}["乙"] == [None, None, 2000]


@pytest.mark.parametrize(("allowed", "suspendable"), [(1, "乙戊甲"), (2, "甲"), (3, "甲"), (4, "")])
def test_who_may_be_suspended(debtors, desk, allowed, suspendable):
    """丙 owes three years and is suspended already; 甲 owes as many and is not."""
    rules = DuesSettings.load()
    rules.suspend_years = allowed
    rules.save()
    client = browser(desk.finance)
    assert sorted(names(client, only="suspendable")) == sorted(suspendable)
    marked = [row[0].split()[0] for row in rows(client) if "可暂停" in row[0]]
    assert sorted(marked) == sorted(suspendable)
    assert names(client, only="suspendable", year="2025") == [name for name in "甲" if name in suspendable]


def test_reminding_the_whole_list_as_it_is_narrowed(debtors, desk):
    client, address = browser(desk.finance), f"{REMIND}all/?year=2025"
    page = page_of(client.get(address))
    assert sorted(item.text.split()[0] for item in page.select(".dues-names li")) == sorted("甲丙")
    response = client.post(address)
    job = Job.objects.get(name="dues.remind_all")
    assert response["Location"] == reverse("job_progress", args=[job.pk])
    work()
    job.refresh_from_db()
    assert (job.state, job.message) == ("succeeded", "已提醒1家单位，跳过1家。")
    assert texts() == [("+8613811139000", "dues_arrears", {"unit": "甲", "year": "2024-2026"})]
    client.post(address)
    work()
    assert len(texts()) == 1


def test_the_whole_list_is_not_reminded_at_night_nor_by_readers(debtors, desk, clock):
    assert browser(desk.secretary_general).post(f"{REMIND}all/").status_code == 302
    clock.move_to(datetime(2026, 6, 1, 20, tzinfo=CHINA))
    assert "9:00至18:00" in page_of(browser(desk.finance).post(f"{REMIND}all/"), 422).text
    assert not Job.objects.filter(name="dues.remind_all").exists()


def test_a_letter_to_one_unit(debtors, desk, press):
    client, address = browser(desk.secretary_general), f"{LIST}letters/?unit={debtors['甲'].pk}"
    assert [item.text.split()[0] for item in page_of(client.get(address)).select(".dues-names li")] == ["甲"]
    [text] = pdf_text(b"".join(client.post(address)))
    for words in ("会费催缴函", "甲", "2024-2026年度会费尚未缴纳", "¥4,000.00", "肆仟元整", "6222000011112222333"):
        assert words in text, words
    assert "乙" not in text
    assert AuditEntry.objects.get(verb="dues.print_letters").after == {"letters": 1}


def test_letters_to_several_units_are_one_paper(debtors, desk, press, monkeypatch):
    monkeypatch.setattr(letters, "AT_ONCE", 2)
    client = browser(desk.finance)
    for address, names_in in ((f"{LIST}letters/", "丙乙戊甲"), (f"{LIST}letters/?year=2025", "丙甲")):
        client.post(address)
        work()
        job = Job.objects.filter(name="dues.print_letters").latest("pk")
        assert (job.state, job.error) == ("succeeded", "")
        with job.result.open() as file:
            pages = pdf_text(file.read())
        assert sorted(name for page in pages for name in names_in if f"{name}：" in page) == sorted(names_in)
        assert len(pages) == len(names_in)


def test_letters_need_somebody_to_write_to(debtors, desk):
    client = browser(desk.finance)
    assert "请勾选需要发函的单位" in client.get(f"{LIST}letters/?ticked=1", follow=True).content.decode()
    assert client.post(f"{LIST}letters/?unit={debtors['丁'].pk}").status_code == 422
    assert browser(desk.editor).post(f"{LIST}letters/").status_code == 302
    assert not Job.objects.filter(name="dues.print_letters").exists()


def test_reminding_those_that_are_ticked(debtors, desk):
    client = browser(desk.finance)
    ticked = {"unit": [debtors[name].pk for name in "甲丙丁"] + ["x", "9" * 30]}
    page = page_of(client.get(REMIND, ticked))
    assert [row.td.text for row in page.select("tbody tr")] == ["甲", "丙"]
    assert "2024-2026年度会费尚未缴纳" in page.select_one("tbody tr").text
    response = client.post(REMIND, ticked, follow=True)
    assert "已向1家单位发送提醒。" in response.content.decode()
    assert texts() == [("+8613811139000", "dues_arrears", {"unit": "甲", "year": "2024-2026"})]
    assert DuesReminder.objects.values_list("unit", "year", "rule").get() == (debtors["甲"].pk, 2026, None)
    entry = AuditEntry.objects.get(verb="dues.remind")
    assert (entry.actor, entry.unit_id) == (desk.finance, debtors["甲"].pk)


def test_a_unit_is_reminded_once_a_day(debtors, desk, clock):
    client = browser(desk.finance)
    ticked = {"unit": [debtors["甲"].pk]}
    client.post(REMIND, ticked)
    before = snapshot()
    assert "都不需要提醒" in client.post(REMIND, ticked, follow=True).content.decode()
    assert snapshot() == before
    clock.move_to(datetime(2026, 6, 2, 9, tzinfo=CHINA))
    browser(desk.finance).post(REMIND, ticked)
    assert len(texts()) == 2


@pytest.mark.parametrize("hour", [8, 18, 23])
def test_outside_of_office_hours_nobody_is_reminded(debtors, desk, clock, hour):
    clock.move_to(datetime(2026, 6, 1, hour, tzinfo=CHINA))
    client = browser(desk.finance)
    before = snapshot()
    assert "9:00至18:00" in client.get(REMIND, {"unit": debtors["甲"].pk}).content.decode()
    assert "9:00至18:00" in client.post(REMIND, {"unit": debtors["甲"].pk}, follow=True).content.decode()
    assert snapshot() == before


def test_who_may_not_remind(debtors, ours, desk):
    before = snapshot()
    for person in (desk.secretary_general, desk.reviewer, desk.editor, ours.clerk):
        assert browser(person).post(REMIND, {"unit": debtors["甲"].pk}).status_code == 302
    assert snapshot() == before


def test_nothing_ticked(desk):
    assert "请先勾选" in browser(desk.finance).get(REMIND, follow=True).content.decode()


def tab(unit):
    return f"{reverse('units_modeladmin_inspect', args=[unit.pk])}?tab=dues"


def years_url(unit):
    return reverse("dues_enter_years", args=[unit.pk])


def test_the_tab_of_a_unit_tells_reviewers_the_standing_alone(ours, outsider, desk):
    order = place(ours.unit, ours.clerk)
    pay(order, desk.finance)
    other = place(outsider.unit, outsider.clerk)
    full = browser(desk.secretary_general).get(tab(ours.unit)).content.decode()
    assert [number in full for number in (order.number, other.number)] == [True, False]
    assert years_url(ours.unit) not in full
    for_reviewer = page_of(browser(desk.reviewer).get(tab(ours.unit))).select_one(".unit-register").text
    assert ("正常" in for_reviewer, order.number in for_reviewer, "2,000.00" in for_reviewer) == (True, False, False)
    assert years_url(ours.unit) in browser(desk.finance).get(tab(ours.unit)).content.decode()
    assert browser(desk.editor).get(tab(ours.unit)).status_code == 302


def test_entering_years_and_taking_one_back(ours, desk):
    client = browser(desk.finance)
    page = page_of(client.get(years_url(ours.unit)))
    offered = [int(box["value"]) for box in page.select("input[name=years]")]
    assert offered == [*range(2020, 2029)]
    assert errors(page_of(client.post(years_url(ours.unit), {"years": ["2026"]}), 422)) != []
    assert errors(page_of(client.post(years_url(ours.unit), {"note": "现金"}), 422)) == ["请至少勾选一个年度。"]
    for bad in ("2019", "x", "99999999999"):
        assert client.post(years_url(ours.unit), {"years": [bad], "note": "现金"}).status_code == 422
    client.post(years_url(ours.unit), {"years": ["2025", "2026"], "note": "现金"})
    assert years_of(ours.unit) == [2025, 2026]
    assert client.post(years_url(ours.unit), {"years": ["2026"], "note": "现金"}).status_code == 422
    row = PaidYear.objects.get(year=2026)
    address = reverse("dues_take_back", args=[row.pk])
    assert client.post(address, {"reason": ""}).status_code == 422
    assert client.post(address, {"reason": "登记有误"}).status_code == 302
    assert years_of(ours.unit) == [2025]
    assert client.post(address, {"reason": "再次"}).status_code == 422


def test_years_of_an_order_and_strangers(ours, desk):
    pay(place(ours.unit, ours.clerk), desk.finance)
    paid = PaidYear.objects.get()
    address = reverse("dues_take_back", args=[paid.pk])
    assert browser(desk.finance).get(address).status_code == 404
    before = snapshot()
    for person in (desk.secretary_general, desk.reviewer, desk.editor, ours.clerk):
        answers = [
            browser(person).post(years_url(ours.unit), {"years": ["2027"], "note": "x"}).status_code,
            browser(person).post(address, {"reason": "x"}).status_code,
        ]
        assert answers == [302, 302]
    assert snapshot() == before


@pytest.mark.parametrize(
    ("years", "words"),
    [([], ""), ([2026], "2026"), ([2026, 2024], "2024、2026"), ([2024, 2025, 2026, 2028], "2024-2026、2028")],
)
def test_years_in_short(years, words):
    assert owing.in_short(years) == words
