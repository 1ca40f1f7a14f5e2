"""The form of 单位信息 over HTTP: drafts, two at once, files, bad input; nothing is lost."""

import pytest
from django.utils import timezone

from membership.units.models import Document, ProfileDraft
from tests.factories import document
from tests.files import pdf, upload
from tests.membership.units.profiles import TEXTS, VECTORS, as_posted, certificate, entries, is_chinese
from tests.portal.conftest import look
from tests.portal.profile import DRAFT, EDIT, UNIT, Applicant, parsed, summary, written

pytestmark = pytest.mark.django_db


@pytest.fixture
def us(db):
    return Applicant()


# --- The form and its drafts ----------------------------------------------------------------------------------------


def test_a_draft_unit_meets_the_form_with_what_it_has_said(us):
    page = look(us.client, UNIT)
    assert [card.text for card in page.select("form .card__head h2")] == ["基本信息", "联系人", "入会信息", "证书材料"]
    assert page.select_one("#id_name")["value"] == "示范路桥有限公司"
    assert page.select_one("#id_joined_on")["value"] == f"{timezone.localdate():%Y-%m-%d}"
    assert page.select("#id_was_member_before_0[checked], #id_was_member_before_1[checked]") == []
    states = [tag.text for tag in page.select(".toc .tag")]
    assert states == ["还差 1 项", "已完成", "还差 1 项", "还差 4 项"]


def test_blank_things_are_not_complained_about_when_saving(us):
    answer = us.client.post(EDIT, {"action": "save", "version": 0, "name": ""})
    assert (answer.status_code, answer["Location"]) == (302, UNIT)
    page = look(us.client, UNIT)
    assert page.select("#error-summary") == []
    assert (page.select_one("#id_name").get("value"), us.fresh.name) == (None, "示范路桥有限公司")
    assert page.select_one("[data-draft-status]").text.strip().startswith("已保存 ")


def test_a_draft_shows_again_everything_that_was_typed_right_or_wrong(us):
    values = entries(us.unit, uscc="123", website="没有网址", joined_on="去年")
    us.client.post(EDIT, as_posted(values, action="save"))
    page = look(us.client, UNIT)
    assert [page.select_one(f"#id_{name}")["value"] for name in ("uscc", "website", "joined_on")] == [
        "123",
        "没有网址",
        "去年",
    ]
    assert [name.contents[0] for name in page.select(".file__name")] == [
        "business_license.pdf",
        "qualification.pdf",
        "application_form.pdf",
        "commitment_letter.pdf",
    ]
    assert page.select_one("[name=qualifications-0-certificate_no]")["value"] == "D5000001"


def test_autosave_says_when_and_what_the_entries_make_necessary(us):
    before = written()
    answer = us.client.post(DRAFT, as_posted(entries(us.unit, papers=[], province="50", unit_type="school")))
    page = parsed(answer)
    draft = ProfileDraft.objects.get()

    assert answer.status_code == 200
    assert (draft.version, draft.saved_by, written()) == (1, us.user, before)
    told = page.select_one("[data-draft-told]")
    assert (told["data-version"], told.text.strip()) == ("1", f"已保存 {timezone.localtime(draft.saved_at):%H:%M}")
    needs = {need["id"]: (need.get_text(strip=True), need["data-offered"]) for need in page.select("[data-offered]")}
    assert needs == {
        "id_business_license_need": ("*（必填）", "yes"),
        "id_entry_permit_need": ("*（必填）", "yes"),
        "id_application_form_need": ("*（必填）", "yes"),
        "id_commitment_letter_need": ("*（必填）", "yes"),
        "qualifications_need": ("（选填）", "yes"),
    }
    assert page.select_one("#state-papers").text.strip() == "还差 4 项"


@pytest.mark.parametrize(
    ("joined_on", "was_member", "mark"),
    [("2023-12-31", "True", "（选填）"), ("2024-01-01", "True", "*（必填）"), ("2023-12-31", "False", "*（必填）")],
)
def test_the_day_of_joining_decides_on_two_papers(us, joined_on, was_member, mark):
    posted = as_posted(entries(us.unit, papers=[], joined_on=joined_on, was_member_before=was_member))
    page = parsed(us.client.post(DRAFT, posted))
    marks = [
        page.select_one(f"#id_{kind}_need").get_text(strip=True) for kind in ("application_form", "commitment_letter")
    ]
    assert marks == [mark, mark]


@pytest.mark.parametrize("text", ["甲\0乙", "<script>alert(1)</script>", "长" * 10_000, "甲\u202e乙", "\ud83d\ude00"])
def test_autosave_takes_any_text(us, text):
    text = text.encode("utf-16", "surrogatepass").decode("utf-16")
    assert us.client.post(DRAFT, {"version": 0, "introduction": text, "name": text}).status_code == 200
    assert "<script>alert" not in us.client.get(UNIT).content.decode()


@pytest.mark.parametrize("number", ["", "x", "-1", "1.5", "9" * 30])
def test_a_version_that_is_none_overwrites_nothing(us, number):
    us.save()
    before = ProfileDraft.objects.values().get()
    assert us.client.post(DRAFT, {"version": number, "name": "改"}).status_code == 409
    assert ProfileDraft.objects.values().get() == before


def test_a_stale_draft_is_told_who_and_when_and_both_are_shown(us):
    us.save(us.colleague())
    draft = ProfileDraft.objects.get()
    words = f"王五 已于 {timezone.localtime(draft.saved_at):%H:%M} 修改了本页。"
    values = as_posted(entries(us.unit, address="我的地址", unit_type="school"), action="save")

    soft = us.client.post(DRAFT, values)
    assert (soft.status_code, parsed(soft).select_one("[data-draft-told]").contents[0].strip()) == (409, words)
    answer = us.client.post(EDIT, values)
    page = parsed(answer)
    assert answer.status_code == 409
    assert page.select_one("#conflict-title").text == words
    rows = {row.th.text: [cell.text for cell in row.select("td")] for row in page.select("#error-summary tbody tr")}
    assert {label: rows[label] for label in ("单位类型", "地址")} == {
        "单位类型": ["院校", "施工"],
        "地址": ["我的地址", "示范市建设路 1 号"],
    }
    assert page.select_one("#id_address")["value"] == "我的地址"
    assert ProfileDraft.objects.get().values == draft.values

    again = us.client.post(EDIT, values | {"version": page.select_one("[name=version]")["value"]})
    assert again.status_code == 302
    assert ProfileDraft.objects.get().values["facts"]["address"] == "我的地址"


def test_rows_are_added_without_a_script(us):
    answer = us.client.post(EDIT, as_posted(entries(us.unit), add_row="1"))
    page = parsed(answer)
    assert answer.status_code == 200
    assert len(page.select("[data-rows-body] [data-certificate]")) == 2
    assert page.select_one("[name=version]")["value"] == "1"
    assert page.select("#error-summary") == []


# --- Files with the form --------------------------------------------------------------------------------------------


def test_a_file_that_comes_with_the_form_survives_the_refusal(us):
    values = entries(us.unit, papers=[], rows=[dict.fromkeys(certificate(us.unit), "")], uscc="123")
    files = {"business_license-file": pdf("执照.pdf"), "qualifications-0-document-file": pdf("资质.pdf")}
    answer = us.client.post(EDIT, as_posted(values, action="submit", **files))
    page = parsed(answer)

    assert answer.status_code == 422
    stored = {
        doc.original_name: str(doc.pk) for doc in Document.objects.filter(original_name__in=["执照.pdf", "资质.pdf"])
    }
    assert page.select_one("input[name=business_license]")["value"] == stored["执照.pdf"]
    assert page.select_one("input[name=qualifications-0-document]")["value"] == stored["资质.pdf"]
    assert page.title.text.startswith("错误：")
    assert ("#id_uscc", "统一社会信用代码应为 18 位，您输入了 3 位") in summary(page)
    assert ("#id_application_form", "请上传入会申请书") in summary(page)


def test_a_bad_file_is_said_even_when_only_saving_and_the_rest_is_kept(us):
    values = as_posted(entries(us.unit, papers=[], address="新地址"), action="save")
    answer = us.client.post(EDIT, values | {"business_license-file": upload("执照.pdf", b"<html>")})
    page = parsed(answer)
    words = "“执照.pdf”不符合要求：文件必须是真正的 PDF / JPG / PNG 文件，不能只更改扩展名"
    assert (answer.status_code, summary(page)) == (422, [("#id_business_license", words)])
    assert ProfileDraft.objects.get().values["facts"]["address"] == "新地址"


def test_a_file_is_removed_without_a_script(us):
    us.client.post(EDIT, as_posted(entries(us.unit), action="save", **{"business_license-remove": "on"}))
    assert ProfileDraft.objects.get().values["documents"]["business_license"] == ""


def test_files_of_another_unit_cannot_be_taken_over(us, outsider):
    theirs = document(outsider.unit, by=outsider.user, original_name="别家执照.pdf")
    values = entries(us.unit)
    values["documents"]["business_license"] = str(theirs.pk)
    answer = us.client.post(EDIT, as_posted(values, action="submit"))
    assert (answer.status_code, summary(parsed(answer))) == (
        422,
        [("#id_business_license", "有文件已不存在，须重新上传。")],
    )
    assert "别家执照.pdf" not in answer.content.decode()
    assert "别家执照.pdf" not in us.client.get(UNIT).content.decode()


# --- Bad input ---


@pytest.mark.parametrize("vector", [name for name in VECTORS if name != "surrogate"])
def test_vectors_are_refused_with_words_and_everything_stays(us, vector):
    text = VECTORS[vector]
    before = written()
    values = entries(us.unit, rows=[dict.fromkeys(certificate(us.unit), text)], **dict.fromkeys(TEXTS, text))
    answer = us.client.post(EDIT, as_posted(values, action="submit"))
    page = parsed(answer)
    assert (answer.status_code, written()) == (422, before)
    assert [words for _link, words in summary(page) if not is_chinese(words)] == []
    assert [error for error in page.select(".field__error[id]") if not is_chinese(error.text)] == []
    form = answer.context["form"]
    assert {name: form[name].value() for name in TEXTS} == dict.fromkeys(TEXTS, text)
    assert us.client.post(DRAFT, as_posted(values)).status_code == 409  # the form has saved it already
    assert us.client.get(UNIT).status_code == 200


def test_a_lone_half_of_a_character_is_taken_for_what_it_is(us):
    body = b"action=submit&version=0&name=%ED%A0%80&address=%FF"
    answer = us.client.post(EDIT, body, content_type="application/x-www-form-urlencoded")
    assert answer.status_code == 422


def test_values_that_come_twice_or_not_at_all(us):
    twice = us.client.post(EDIT, {"version": 0, "action": "submit", "name": ["甲", "乙乙"], "uscc": ["1", "2"]})
    assert (twice.status_code, parsed(twice).select_one("#id_name")["value"]) == (422, "乙乙")
    assert us.client.post(EDIT, {"version": 1, "action": "submit"}).status_code == 422
