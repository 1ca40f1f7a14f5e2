"""到会登记: who was there, who may say so, what a colleague said meanwhile, and the sheet on which people sign."""

from datetime import timedelta
from io import BytesIO

import pytest
from django.contrib.auth.models import Permission
from django.urls import reverse
from django.utils import timezone

from cms.models import ActivityPage, NoticePage
from membership.audit.models import AuditEntry
from membership.spreadsheets import as_file
from membership.tracking import actions, sheets, tasks
from membership.tracking.models import Attendee, ReminderSettings
from tests.cms.conftest import GROUPS, in_days, staff
from tests.cms.staff.test_board import board, sent_to
from tests.factories import UnitFactory, UserFactory, clerk
from tests.files import cells, pdf_text

pytestmark = pytest.mark.django_db

RECORDS = ["编辑", "系统管理员"]
READS = [*RECORDS, "会员审核", "秘书长"]


def address(page, name="attendance", **query):
    url = reverse(f"notices:{name}", args=[page.pk])
    return url + ("?" + "&".join(f"{key}={value}" for key, value in query.items()) if query else "")


def person(name, mobile="+8613900001234", position="经理"):
    return {"name": name, "position": position, "mobile": mobile}


def announce(page, unit, *people, version=0):
    delivery = page.deliveries.get(unit=unit)
    duty = "agent" if version else "owner"
    actions.submit_receipt(delivery, by=clerk(unit, duty=duty), version=version, attendees=list(people))


@pytest.fixture
def meeting():
    """甲 sends 王五 and 赵六, 乙 sends 钱七; the outsider sends 局外人 to another meeting."""
    first, second = UnitFactory(certified=True, name="甲建设"), UnitFactory(certified=True, name="乙检测")
    page = sent_to(
        first,
        second,
        title="关于召开年会的通知",
        receipt_kind="attendance",
        deadline=in_days(3),
        model=ActivityPage,
        starts_at=timezone.localtime().replace(2030, 5, 6, 9, 0),
        ends_at=timezone.localtime().replace(2030, 5, 6, 17, 30),
        venue="会展中心一号厅",
    )
    announce(page, first, person("王五"), person("赵六", "+8613900005678"))
    announce(page, second, person("钱七"))
    outside = UnitFactory(certified=True, name="局外建设")
    other = sent_to(outside, title="别的会议", receipt_kind="attendance", deadline=in_days(3))
    announce(other, outside, person("局外人"))
    return page


def who(name):
    return Attendee.objects.get(name=name)


def entries(**marks):
    """The form of one page: {name: (what stood there, what is ticked)} as the browser sends it."""
    sent = {}
    for name, (seen, entry) in marks.items():
        pk = who(name).pk
        sent |= {f"seen-{pk}": seen, f"entry-{pk}": entry}
    return sent


def recorded():
    return dict(Attendee.objects.order_by("pk").values_list("name", "attended"))


def everything():
    return list(Attendee.objects.order_by("pk").values()), AuditEntry.objects.count()


def told(response):
    return [str(message).strip() for message in response.context["messages"]]


def test_the_page_shows_whom_the_units_send(client, editor, meeting):
    shown = client.get(address(meeting))
    assert [(row["unit"], row["person"].name, row["mobile"]) for row in shown.context["rows"]] == [
        ("乙检测", "钱七", "13900001234"),
        ("甲建设", "王五", "13900001234"),
        ("甲建设", "赵六", "13900005678"),
    ]
    assert shown.context["counts"] == {"announced": 3, "came": 0, "absent": 0, "open": 3}
    assert "局外" not in shown.content.decode()


def test_only_what_was_touched_is_saved_once_and_told(client, editor, meeting):
    data = entries(王五=("", "came"), 赵六=("", "absent"), 钱七=("", ""))
    after = client.post(address(meeting), data, follow=True)
    assert recorded() == {"王五": True, "赵六": False, "钱七": None, "局外人": None}
    assert after.context["counts"] == {"announced": 3, "came": 1, "absent": 1, "open": 1}
    assert told(after) == ["已保存 2 人的到会情况。"]
    [entry] = AuditEntry.objects.filter(verb="tracking.record_attendance")
    assert (entry.actor, entry.after) == (editor, {"changed": 2})
    assert (who("王五").attendance_by, who("钱七").attendance_by) == (editor, None)

    again = client.post(address(meeting), entries(王五=("came", "came"), 赵六=("absent", "absent")), follow=True)
    assert told(again) == ["没有改动，无需保存。"]
    assert AuditEntry.objects.filter(verb="tracking.record_attendance").count() == 1


def test_an_entry_can_be_taken_back(client, editor, meeting):
    client.post(address(meeting), entries(王五=("", "came")))
    client.post(address(meeting), entries(王五=("came", "")))
    assert (who("王五").attended, who("王五").attendance_by, who("王五").attendance_at) == (None, None, None)
    assert AuditEntry.objects.filter(verb="tracking.record_attendance").count() == 2


def test_what_a_colleague_recorded_meanwhile_stays(client, editor, meeting):
    colleague = staff("编辑")
    actions.record_attendance(meeting, by=colleague, attended=[who("王五").pk], absent=[who("赵六").pk])
    data = entries(王五=("", "absent"), 赵六=("", ""), 钱七=("", "came"))  # from a page made before that
    after = client.post(address(meeting), data, follow=True)
    assert recorded() == {"王五": True, "赵六": False, "钱七": True, "局外人": None}
    assert told(after) == [
        "已保存 1 人的到会情况。",
        "有 1 人未保存：其间已由同事登记，或者单位修改了回执。请核对后再登记。",
    ]
    assert who("王五").attendance_by == colleague


def test_everybody_else_on_the_page_came(client, editor, meeting):
    data = entries(王五=("", "absent"), 赵六=("", ""), 钱七=("", "")) | {"others_came": "1"}
    client.post(address(meeting), data)
    assert recorded() == {"王五": False, "赵六": True, "钱七": True, "局外人": None}


def test_filter_and_page_stay_after_saving(client, editor, meeting):
    url = address(meeting, show="open", q="甲", p=2)
    after = client.post(url, entries(王五=("", "came")))
    assert after.url == f"{address(meeting)}?show=open&q=%E7%94%B2&p=2"
    names = [row["person"].name for row in client.get(after.url).context["rows"]]
    assert names == ["赵六"]


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ({"q": "乙"}, ["钱七"]),
        ({"q": "甲 赵"}, ["赵六"]),
        ({"q": "局外"}, []),
        ({"show": "came"}, ["王五"]),
        ({"show": "absent"}, ["赵六"]),
        ({"show": "open"}, ["钱七"]),
        ({"show": "nonsense"}, ["钱七", "王五", "赵六"]),
        ({"q": "长" * 101}, []),
        ({"p": "99"}, ["钱七", "王五", "赵六"]),
        ({"p": "x"}, ["钱七", "王五", "赵六"]),
    ],
)
def test_search_and_filter(client, editor, meeting, query, names):
    actions.record_attendance(meeting, by=editor, attended=[who("王五").pk], absent=[who("赵六").pk])
    shown = client.get(address(meeting, **query))
    assert [row["person"].name for row in shown.context["rows"]] == names
    assert shown.context["counts"]["announced"] == 3


def test_a_nul_in_the_search_is_refused(client, editor, meeting):
    assert client.get(address(meeting, q="%00")).status_code == 400


BAD = {
    "nul": lambda pk: {f"seen-{pk}": "", f"entry-{pk}": "\x00"},
    "unknown word": lambda pk: {f"seen-{pk}": "", f"entry-{pk}": "yes"},
    "both ticked": lambda pk: {f"seen-{pk}": "", f"entry-{pk}": ["came", "absent"]},
    "seen twice": lambda pk: {f"seen-{pk}": ["", "came"], f"entry-{pk}": "came"},
    "huge number": lambda pk: {f"seen-{pk}": "", f"entry-{pk}": "came", f"seen-{'9' * 40}": ""},
    "no number": lambda pk: {f"seen-{pk}": "", f"entry-{pk}": "came", "seen-x\x00": ""},
    "negative": lambda pk: {f"seen-{pk}": "", f"entry-{pk}": "came", "seen--1": ""},
    "other digits": lambda pk: {f"seen-{pk}": "", f"entry-{pk}": "came", "seen-٣": ""},
    "emoji": lambda pk: {f"seen-{pk}": "", f"entry-{pk}": "👍"},
}


@pytest.mark.parametrize("name", list(BAD))
def test_what_cannot_be_read_changes_nothing(client, editor, meeting, name):
    before = everything()
    answer = client.post(address(meeting), BAD[name](who("王五").pk))
    assert (answer.status_code, everything()) == (422, before)
    assert "本页登记内容无法识别" in answer.content.decode()


def test_what_was_ticked_stays_when_something_cannot_be_read(client, editor, meeting):
    data = entries(王五=("", "came")) | {"seen-x": ""}
    answer = client.post(address(meeting), data)
    assert {row["person"].name: (row["seen"], row["entry"]) for row in answer.context["rows"]}["王五"] == ("", "came")


def test_persons_of_another_meeting_are_left(client, editor, meeting):
    before = everything()
    for pk in (who("局外人").pk, 999_999_999_999_999_999):
        answer = client.post(address(meeting), {f"seen-{pk}": "", f"entry-{pk}": "came"})
        assert (answer.status_code, everything()) == (302, before)
    assert client.post(address(meeting), {}).status_code == 302
    assert everything() == before


@pytest.mark.parametrize("group", [*GROUPS, "member", "visitor"])
def test_who_may_see_and_record(client, meeting, group):
    if group == "member":
        client.force_login(meeting.deliveries.get(unit__name="甲建设").unit.seats.first().user)
    elif group != "visitor":
        client.force_login(staff(group))
    persons, entries_before = everything()
    pages = [client.get(address(meeting, name)) for name in ("attendance", "sign_in_workbook")]
    bodies = [b"".join(page) for page in pages]
    assert [page.status_code for page in pages] == ([200, 200] if group in READS else [302, 302])
    before = persons, entries_before + (group in READS)  # who took the sheet is on record, and nothing else
    assert everything() == before
    assert ("王五".encode() in bodies[0], b'name="seen-' in bodies[0]) == (group in READS, group in RECORDS)
    answer = client.post(address(meeting), entries(王五=("", "came")))
    assert answer.status_code == 302
    assert who("王五").attended is (True if group in RECORDS else None)
    if group not in RECORDS:
        assert everything() == before
    link = address(meeting) in client.get(board(meeting)).content.decode()
    assert link == (group in READS)


def test_who_reads_no_receipts_has_no_such_page(client, meeting):
    colleague = UserFactory(staff=True)
    colleague.user_permissions.set(Permission.objects.filter(codename__in=["access_admin", "view_delivery"]))
    client.force_login(colleague)
    for name in ("attendance", "sign_in_sheet", "sign_in_workbook", "place_cards"):
        assert client.get(address(meeting, name)).status_code == 302
    assert address(meeting) not in client.get(board(meeting)).content.decode()


def test_other_notices_have_no_attendance(client, editor, unit):
    page = sent_to(unit, receipt_kind="deliberation", deadline=in_days(3), items=["章程"])
    for name in ("attendance", "sign_in_sheet", "sign_in_workbook", "place_cards"):
        assert client.get(address(page, name)).status_code == 404
    assert client.get(reverse("notices:attendance", args=[10**9])).status_code == 404
    assert address(page) not in client.get(board(page)).content.decode()


def test_a_receipt_sent_back_or_recalled_expects_nobody(client, editor, meeting):
    receipt = who("王五").receipt
    actions.send_back_receipt(receipt, by=editor, reason="请改")
    assert [row["person"].name for row in client.get(address(meeting)).context["rows"]] == ["钱七"]
    actions.recall(meeting)
    shown = client.get(address(meeting))
    assert (shown.status_code, shown.context["counts"]["announced"]) == (200, 0)
    assert client.post(address(meeting), entries(钱七=("", "came"))).status_code == 302
    assert recorded() == {"王五": None, "赵六": None, "钱七": None, "局外人": None}


def test_who_was_recorded_stays_so_when_the_receipt_is_revised(client, editor, meeting):
    actions.record_attendance(meeting, by=editor, attended=[who("王五").pk], absent=[who("赵六").pk])
    delivery = meeting.deliveries.get(unit__name="甲建设")
    people = [person("王五"), person("赵六", "+8613900009999"), person("孙八")]  # 赵六 with another number
    actions.enter_receipt(delivery, by=editor, version=1, attendees=people)
    rows = client.get(address(meeting, q="甲")).context["rows"]
    assert [(row["person"].name, row["person"].attended) for row in rows] == [
        ("王五", True),
        ("赵六", None),
        ("孙八", None),
    ]
    assert rows[0]["person"].attendance_by == editor


def test_a_notice_that_has_run_out_is_still_recorded(client, editor, meeting):
    NoticePage.objects.filter(pk=meeting.pk).update(live=False, expired=True)
    client.post(address(meeting), entries(王五=("", "came")))
    assert who("王五").attended is True


def test_persons_whose_data_are_erased_are_counted_and_cannot_be_changed(client, editor, meeting):
    actions.record_attendance(meeting, by=editor, attended=[who("王五").pk], absent=[who("赵六").pk])
    NoticePage.objects.filter(pk=meeting.pk).update(deadline=timezone.now() - timedelta(days=400))
    ActivityPage.objects.filter(pk=meeting.pk).update(ends_at=timezone.now() - timedelta(days=200))
    assert ReminderSettings.current().attendee_days == 180
    tasks.erase_attendees()
    shown = client.get(address(meeting))
    assert shown.context["counts"] == {"announced": 3, "came": 1, "absent": 1, "open": 1}
    assert {(row["person"].name, row["mobile"]) for row in shown.context["rows"]} == {("—", "")}
    html = shown.content.decode()
    assert [html.count(words) for words in ("个人信息已清除", 'name="seen-', "王五")] == [3, 0, 0]
    assert sorted(Attendee.objects.filter(erased_at=None).values_list("name", flat=True)) == ["局外人"]

    before = everything()
    pk = Attendee.objects.filter(attended=True).get().pk
    client.post(address(meeting), {f"seen-{pk}": "came", f"entry-{pk}": "absent"})
    assert everything() == before
    sheet = cells(download(client, address(meeting, "sign_in_workbook")))["签到表"]
    assert [row[1] for row in sheet[1:]] == [None] * 10


def download(client, url):
    answer = client.get(url)
    assert answer.status_code == 200
    assert answer["Content-Disposition"].startswith("attachment")
    return BytesIO(b"".join(answer.streaming_content))


@pytest.mark.parametrize("name", ["sign_in_sheet", "sign_in_workbook", "place_cards"])
def test_who_took_the_sheet_stays_on_record(client, editor, meeting, press, name):
    download(client, address(meeting, name))
    [entry] = AuditEntry.objects.filter(verb="tracking.export")
    assert (entry.actor, entry.object_id, entry.after) == (editor, str(meeting.pk), {"what": name})
    client.force_login(staff("财务"))
    client.get(address(meeting, name))
    assert AuditEntry.objects.filter(verb="tracking.export").count() == 1


def test_the_sheet_as_a_workbook(client, editor, meeting):
    announce(meeting, meeting.deliveries.get(unit__name="乙检测").unit, person("=1+1"), version=1)
    sheets = cells(download(client, address(meeting, "sign_in_workbook")))
    assert list(sheets) == ["签到表", "会议"]
    assert sheets["签到表"][:4] == [
        ["#", "单位", "姓名", "职务", "手机号", "签名"],
        [1, "乙检测", "'=1+1", "经理", "139****1234", None],
        [2, "甲建设", "王五", "经理", "139****1234", None],
        [3, "甲建设", "赵六", "经理", "139****5678", None],
    ]
    assert [row[:2] for row in sheets["签到表"][4:]] == [[number, None] for number in range(4, 14)]
    facts = dict(sheets["会议"][1:])
    assert (facts["地点"], facts["报名"]) == ("会展中心一号厅", 3)
    assert f"{facts['开始时间']:%Y-%m-%d %H:%M}" == "2030-05-06 09:00"


def test_the_sheet_as_a_paper(client, editor, meeting, press):
    [words] = pdf_text(download(client, address(meeting, "sign_in_sheet")).read())
    assert words.startswith("签到表关于召开年会的通知时间2030-05-0609:00–17:30报名3地点会展中心一号厅")
    assert "2甲建设王五经理139****12343甲建设赵六经理139****5678" in words
    assert "局外" not in words
    assert "13900005678" not in words


def test_a_card_for_each_person_is_read_from_both_sides(client, editor, meeting, press):
    pages = pdf_text(download(client, address(meeting, "place_cards")).read())
    assert [page.count(name) for page, name in zip(pages, ["钱七", "王五", "赵六"], strict=True)] == [2, 2, 2]
    assert [page.count(unit) for page, unit in zip(pages, ["乙检测", "甲建设", "甲建设"], strict=True)] == [2, 2, 2]
    assert not any(private in page for page in pages for private in ("局外", "1390", "139*"))


def test_where_nobody_is_expected_no_cards_are_offered(client, editor, meeting):
    assert address(meeting, "place_cards") in client.get(address(meeting)).content.decode()
    actions.recall(meeting)
    assert address(meeting, "place_cards") not in client.get(address(meeting)).content.decode()


def test_a_meeting_of_another_notice_has_room_for_time_and_venue(client, editor, unit, press):
    page = sent_to(unit, receipt_kind="attendance", deadline=in_days(3))
    [words] = pdf_text(download(client, address(page, "sign_in_sheet")).read())
    assert words.startswith("签到表关于看板的通知时间报名0地点序号")


def test_of_very_many_there_is_the_workbook_alone_and_cards_in_parts(client, editor, meeting, press):
    receipt = who("王五").receipt
    Attendee.objects.bulk_create(Attendee(receipt=receipt, **person(f"第{n}人")) for n in range(598))
    refused = client.get(address(meeting, "sign_in_sheet"), follow=True)
    assert told(refused) == ["人数超过 600 人，无法生成 PDF，请下载 XLSX 签到表。"]
    assert f'href="{address(meeting, "sign_in_sheet")}"' not in refused.content.decode()
    cards = [address(meeting, "place_cards") + part for part in ("", "?p=2", "?p=3", "?p=4")]
    assert all(f'href="{url}"' in refused.content.decode() for url in cards)
    assert len(pdf_text(download(client, cards[-1]).read())) == 1
    assert len(cells(download(client, address(meeting, "sign_in_workbook")))["签到表"]) == 1 + 601 + 10


@pytest.mark.parametrize("number", [1, 50])
def test_page_and_saving_run_a_constant_number_of_queries(client, editor, django_assert_num_queries, number):
    units = [UnitFactory(certified=True) for _ in range(number)]
    page = sent_to(*units, receipt_kind="attendance", deadline=in_days(3))
    for unit in units:
        announce(page, unit, person("王五"))
    client.get(address(page))
    with django_assert_num_queries(15):
        assert len(client.get(address(page)).context["rows"]) == number
    data = {}
    for pk in Attendee.objects.values_list("pk", flat=True):
        data |= {f"seen-{pk}": "", f"entry-{pk}": "came"}
    with django_assert_num_queries(15):
        client.post(address(page), data)
    assert Attendee.objects.filter(attended=True).count() == number


def test_a_long_list_has_pages(client, editor, meeting):
    receipt = who("王五").receipt
    Attendee.objects.bulk_create(Attendee(receipt=receipt, **person(f"第{n:02d}人")) for n in range(50))
    first, second = client.get(address(meeting)), client.get(address(meeting, p=2))
    assert (len(first.context["rows"]), len(second.context["rows"])) == (50, 3)


def test_the_workbook_of_receipts_says_who_came(client, editor, meeting):

    actions.record_attendance(meeting, by=editor, attended=[who("王五").pk], absent=[who("赵六").pk])
    with as_file(sheets.of_receipts(meeting), "x.xlsx") as file:
        table = cells(file)["参会人员"]
    came = {row[2]: row[9] for row in table[1:]}
    assert (table[0][9], came) == ("到会情况", {"钱七": None, "王五": "到会", "赵六": "未到会"})


def test_the_unit_is_shown_nothing_of_it(client, editor, meeting):
    actions.record_attendance(meeting, by=editor, attended=[who("王五").pk], absent=[who("赵六").pk])
    delivery = meeting.deliveries.get(unit__name="甲建设")
    client.force_login(delivery.unit.seats.first().user)
    html = client.get(f"/portal/messages/{delivery.pk}/").content.decode()
    assert "王五" in html
    assert not any(words in html for words in ("已到", "未到会", "到会情况", "未登记"))
