"""A unit on its way to certification, in a browser: filling in, uploading, handing in, mending."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from cms.models import AssociationSettings
from membership.units import actions
from membership.units.models import Document, Membership, ProfileDraft, Qualification, QualificationCategory, Review
from membership.units.states import ReviewState
from tests.e2e.test_portal_access import grave
from tests.factories import PASSWORD, UnitFactory, UserFactory, clerk
from tests.files import pdf_bytes
from tests.membership.units.profiles import entries


@pytest.fixture(autouse=True)
def _association():
    settings = AssociationSettings.load()
    settings.name, settings.phone = "示范省建设工程质量安全协会", "028-86000000"
    settings.save()


@pytest.fixture
def scan(tmp_path):
    """A scan under a name of one's choice."""

    def named(name="扫描件.pdf", content=None):
        path = tmp_path / name
        path.write_bytes(content or pdf_bytes())
        return path

    return named


def applicant(**facts):
    """The clerk of a unit in draft that has entered its first facts."""
    return clerk(UnitFactory(submitted_at=None, **{"name": "示范路桥有限公司", **facts}), name="李四")


def state(user):
    return Membership.objects.get(unit=user.seat.unit).state


def box(page, name):
    """The place for one file."""
    return page.locator(f"[data-keep][data-name='{name}']")


def upload(page, name, path):
    """Choose a file; it is there as soon as its row is."""
    box(page, name).locator("input[type=file]").set_input_files(path)
    box(page, name).locator(".file__name").wait_for()


def saved(page):
    """Wait until the draft says that everything has been saved."""
    page.wait_for_function(
        "() => /^已保存/.test(document.querySelector('[data-draft-status]').innerText.trim())"
        " && !document.querySelector('#profile-form').dataset.dirty"
    )


def add_certificate(page, path, number=0):
    page.get_by_role("button", name="添加资质").click()
    row = page.locator("[data-certificate]:visible").nth(number)
    row.locator(".certificate__group").select_option(label="施工总承包")
    row.get_by_label("资质类别", exact=False).last.select_option(label="建筑工程")
    row.get_by_label("等级").select_option(label="一级")
    row.get_by_label("证书编号").fill("D5000001")
    upload(page, f"qualifications-{number}-document", path)


def fill_in(page, was_member="否，新申请入会"):
    page.get_by_label("单位地址").fill("示范市建设路 1 号")
    page.get_by_text(was_member).click()


def press(page, name):
    with page.expect_navigation():
        page.get_by_role("button", name=name, exact=True).locator("visible=true").last.click()


def need(page, name):
    return page.locator(f"#{name}_need").inner_text().strip()


@pytest.mark.parametrize("size", ["desktop", "phone"])
def test_a_contractor_goes_the_whole_way(log_in, scan, size):
    user = applicant()
    page = log_in(user, size=size, next_url="/portal/unit/")
    assert page.get_by_label("单位名称").input_value() == "示范路桥有限公司"
    faults = {"form": grave(page)}
    press(page, "提交")
    assert page.title().startswith("错误：")
    faults["refused"] = grave(page)

    fill_in(page)
    for name in ("business_license", "application_form", "commitment_letter"):
        upload(page, name, scan(f"{name}.pdf"))
    add_certificate(page, scan("资质.pdf"))
    saved(page)
    assert ProfileDraft.objects.get().values["facts"]["address"] == "示范市建设路 1 号"
    faults["filled"] = grave(page)
    box(page, "business_license").get_by_role("link", name="预览").click()
    page.locator("dialog[open] [data-viewer-sheet] img").first.wait_for()
    page.keyboard.press("Escape")
    press(page, "提交")
    assert page.locator("h1").inner_text() == "提交前核对"
    faults["check"] = grave(page)
    press(page, "提交")
    dialog = page.locator("dialog[open]")
    assert dialog.locator("h2").inner_text().strip() == "提交成功"
    assert dialog.get_by_text("是否前往加入分会？").is_visible()
    faults["dialog"] = grave(page)
    with page.expect_navigation():
        dialog.get_by_role("link", name="取消").click()
    assert page.url.endswith("/portal/unit/")
    faults["pending"] = grave(page)
    assert page.locator(".identity .tag").inner_text() == "待审核"
    assert page.get_by_text(Review.objects.get().reference).first.is_visible()
    page.goto("/portal/unit/?submitted")
    page.get_by_role("link", name="前往").click()
    page.wait_for_url("**/portal/unit/branches/")
    assert {place: found for place, found in faults.items() if found} == {}
    row = Qualification.objects.get()
    assert (str(row.category), row.grade, row.document.original_name, state(user)) == (
        "施工总承包 · 建筑工程",
        "一级",
        "资质.pdf",
        "pending",
    )


def test_a_university_needs_no_certificate(log_in, scan):
    user = applicant(name="示范建筑大学")
    page = log_in(user, next_url="/portal/unit/")
    assert need(page, "qualifications").startswith("*")
    page.get_by_label("单位类型").select_option(label="院校")
    saved(page)
    assert need(page, "qualifications") == "（选填）"
    fill_in(page)
    for name in ("business_license", "application_form", "commitment_letter"):
        upload(page, name, scan())
    press(page, "提交")
    press(page, "提交")
    assert (state(user), Qualification.objects.count()) == ("pending", 0)


def test_a_unit_from_outside_needs_the_permit(log_in, scan):
    user = applicant()
    page = log_in(user, next_url="/portal/unit/")
    permit = box(page, "entry_permit")
    assert not permit.is_visible()
    page.get_by_label("所在地").select_option(label="重庆市")
    permit.wait_for()
    saved(page)
    assert need(page, "id_entry_permit").startswith("*")
    press(page, "提交")
    assert page.locator(".error-summary").get_by_text("请上传入川备案许可证").is_visible()
    upload(page, "entry_permit", scan("入川.pdf"))
    saved(page)
    assert Document.objects.get().kind == "entry_permit"
    assert page.get_by_label("入川备案许可证有效期至").is_visible()


def test_the_day_of_joining_decides_on_two_papers(log_in):
    page = log_in(applicant(), next_url="/portal/unit/")
    page.get_by_text("是，已是正式会员").click()
    for day, mark in [("2023-12-31", "（选填）"), ("2024-01-01", "*"), ("2023-12-31", "（选填）")]:
        page.get_by_label("入会时间").fill(day)
        page.get_by_label("单位名称").focus()
        page.locator("#id_application_form_need", has_text=mark.strip("*") or "必填").wait_for(state="attached")
        assert need(page, "id_commitment_letter").startswith(mark)


def test_two_marked_items_are_mended(log_in, scan):
    user = applicant()
    unit = user.seat.unit
    actions.save_draft(unit, by=user, version=0, values=entries(unit, name="示范路桥有限公司", uscc=unit.uscc))
    page = log_in(user, next_url="/portal/unit/check/")
    press(page, "提交")
    row = Qualification.objects.get()
    verdicts = {
        "legal_representative": {"ok": False, "reason": "other", "words": "与执照不一致"},
        f"qualification:{row.pk}": {"ok": False, "reason": "blurred", "words": ""},
    }
    review = Review.objects.select_related("membership__body", "membership__unit").get()
    actions.send_back(review, by=UserFactory(root=True), remark="请修改两处", verdicts=verdicts)

    page.goto("/portal/unit/")
    assert page.locator(".marked .returned").all_inner_texts() == ["审核意见： 与执照不一致", "审核意见： 模糊不清"]
    assert not page.get_by_label("单位地址").is_visible()
    assert grave(page) == []
    page.locator(".inset-warn").get_by_role("link", name="资质证书 1").click()
    page.get_by_label("法人代表").fill("新代表")
    box(page, "qualifications-0-document").get_by_role("button", name="替换").click()
    upload(page, "qualifications-0-document", scan("清晰.pdf"))
    box(page, "qualifications-0-document").get_by_text("清晰.pdf").first.wait_for()
    saved(page)
    press(page, "提交")
    press(page, "提交")
    row.refresh_from_db()
    assert (row.document.original_name, row.unit.legal_representative) == ("清晰.pdf", "新代表")
    assert list(Review.objects.order_by("round").values_list("round", "state")) == [
        (1, ReviewState.RETURNED),
        (2, ReviewState.OPEN),
    ]


# --- Uploads --------------------------------------------------------------------------------------------------------


def test_a_broken_connection_is_tried_again_and_nothing_is_lost(log_in, scan):
    page = log_in(applicant(), next_url="/portal/unit/")
    page.get_by_label("单位地址").fill("新地址")
    place = box(page, "business_license")
    page.route("**/unit/documents/**", lambda route: route.abort())
    place.locator("input[type=file]").set_input_files(scan("执照.pdf"))
    place.get_by_text("上传失败，请重试").wait_for()
    page.unroute("**/unit/documents/**")
    place.get_by_role("button", name="重试").click()
    place.get_by_role("button", name="替换").wait_for()
    assert place.locator("[data-keep-error]").inner_text() == ""
    assert place.locator("[data-keep-status]").inner_text() == "“执照.pdf”已上传"
    assert page.get_by_label("单位地址").input_value() == "新地址"
    assert page.evaluate("document.activeElement.hasAttribute('data-keep-replace')") is False
    saved(page)
    assert ProfileDraft.objects.get().values["documents"]["business_license"] == str(Document.objects.get().pk)


def test_an_upload_under_way_shows_its_progress_and_is_cancelled(log_in, scan):
    page = log_in(applicant(), next_url="/portal/unit/")
    held = []
    page.route("**/unit/documents/**", lambda route: held.append(route))
    place = box(page, "business_license")
    place.locator("input[type=file]").set_input_files(scan("执照.pdf"))
    bar = place.get_by_role("progressbar")
    bar.wait_for()
    assert bar.get_attribute("aria-label") == "上传进度"
    assert place.locator("[data-keep-status]").inner_text() == "正在上传“执照.pdf”"
    page.get_by_role("button", name="提交", exact=True).locator("visible=true").click()
    place.get_by_text("文件还在上传，请等上传完成后再提交").wait_for()
    assert page.url.endswith("/portal/unit/")
    place.get_by_role("button", name="取消").click()
    assert place.locator(".upload").is_visible()
    assert (bar.is_visible(), Document.objects.count()) == (False, 0)


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("执照.exe", b"MZ", "“执照.exe”不能上传：文件必须是 PDF、JPG 或 PNG"),
        ("空.pdf", None, "文件“空.pdf”是空的"),
        ("页.pdf", b"<html>", "“页.pdf”不符合要求：文件必须是真正的 PDF / JPG / PNG 文件，不能只更改扩展名"),
    ],
)
def test_what_cannot_be_taken_is_said_beside_its_field(log_in, scan, name, content, words):
    page = log_in(applicant(), next_url="/portal/unit/")
    place = box(page, "business_license")
    path = scan(name, content or b"x")
    if content is None:
        path.write_bytes(b"")
    place.locator("input[type=file]").set_input_files(path)
    place.locator("[data-keep-error]", has_text=words).wait_for()
    assert place.get_by_text("PDF、JPG 或 PNG，不超过 20 MB").is_visible()
    upload(page, "business_license", scan("好.pdf"))
    assert place.locator("[data-keep-error]").inner_text() == ""


def give(page, name, event):
    """Drop or paste a PDF on the place for one file."""
    page.evaluate(
        """([name, event, bytes]) => {
            const transfer = new DataTransfer();
            transfer.items.add(new File([new Uint8Array(bytes)], "拖入.pdf", { type: "application/pdf" }));
            const place = document.querySelector(`[data-keep][data-name="${name}"] .upload`);
            const made = event === "paste"
                ? new ClipboardEvent("paste", { clipboardData: transfer, bubbles: true, cancelable: true })
                : new DragEvent("drop", { dataTransfer: transfer, bubbles: true, cancelable: true });
            place.dispatchEvent(made);
        }""",
        [name, event, list(pdf_bytes())],
    )


@pytest.mark.parametrize("event", ["drop", "paste"])
def test_files_are_dropped_and_pasted(log_in, event):
    page = log_in(applicant(), next_url="/portal/unit/")
    give(page, "application_form", event)
    box(page, "application_form").locator(".file__name", has_text="拖入.pdf").wait_for()
    saved(page)
    assert list(Document.objects.values_list("kind", "original_name")) == [("application_form", "拖入.pdf")]


def test_an_expired_login_loses_nothing(log_in, scan, live_server):
    user = applicant()
    page = log_in(user, next_url="/portal/unit/")
    cookies = page.context.cookies()
    page.context.clear_cookies(name="sessionid")
    page.get_by_label("单位地址").fill("没有丢失的地址")
    place = box(page, "business_license")
    place.locator("input[type=file]").set_input_files(scan("执照.pdf"))
    link = place.get_by_role("link", name="在新窗口重新登录")
    link.wait_for()
    page.get_by_text("未保存：登录已过期").wait_for()
    assert link.get_attribute("href").endswith("?next=%2Fportal%2Funit%2F")
    with page.context.expect_page() as opened:
        link.click()
    login = opened.value
    login.locator("#id_login").fill(str(user.phone).removeprefix("+86"))
    login.locator("#id_password").fill(PASSWORD)
    login.locator("form .btn-submit").click()
    login.wait_for_url("**/portal/unit/")
    login.close()
    assert cookies != page.context.cookies()

    place.get_by_role("button", name="重试").click()
    place.get_by_role("button", name="替换").wait_for()
    saved(page)
    assert ProfileDraft.objects.get().values["facts"]["address"] == "没有丢失的地址"
    press(page, "保存草稿")
    assert page.get_by_label("单位地址").input_value() == "没有丢失的地址"


# --- Two at once, and without scripts -------------------------------------------------------------------------------


def test_two_colleagues_see_both_versions_and_nothing_is_overwritten(log_in):
    user = applicant()
    mine = log_in(user, next_url="/portal/unit/")
    theirs = log_in(clerk(user.seat.unit, duty="agent", name="王五"), next_url="/portal/unit/")
    theirs.get_by_label("单位地址").fill("王五的地址")
    theirs.get_by_label("邮编").focus()
    saved(theirs)
    mine.get_by_label("单位地址").fill("李四的地址")
    mine.get_by_label("邮编").focus()
    mine.locator("[data-draft-status]", has_text="王五").wait_for()
    assert re.search(r"王五 已于 \d\d:\d\d 修改了本页。", mine.locator("[data-draft-status]").inner_text())
    with mine.expect_navigation():
        mine.get_by_role("button", name="查看差异").click()
    row = mine.locator("#error-summary tr", has_text="地址").locator("td")
    assert row.all_inner_texts() == ["李四的地址", "王五的地址"]
    assert grave(mine) == []
    assert ProfileDraft.objects.get().values["facts"]["address"] == "王五的地址"
    with mine.expect_navigation():
        mine.get_by_role("link", name="放弃我的内容，载入对方版本").click()
    assert mine.get_by_label("单位地址").input_value() == "王五的地址"


def test_on_a_phone_without_scripts(visit, scan):
    user = applicant()
    page = visit("phone", java_script_enabled=False)
    page.goto("/accounts/login/?next=/portal/unit/")
    page.locator("#id_login").fill(str(user.phone).removeprefix("+86"))
    page.locator("#id_password").fill(PASSWORD)
    with page.expect_navigation():
        page.locator("form .btn-submit").click()
    fill_in(page)
    press(page, "添加资质")
    category = QualificationCategory.objects.get(group="施工总承包", name="建筑工程")
    page.locator("#id_qualifications-0-category").select_option(str(category.pk))
    page.locator("#id_qualifications-0-grade").select_option("一级")
    page.locator("#id_qualifications-0-document").set_input_files(scan("资质.pdf"))
    for name in ("business_license", "application_form"):
        page.locator(f"#id_{name}").set_input_files(scan(f"{name}.pdf"))
    press(page, "提交")
    assert page.locator(".error-summary li").all_inner_texts() == ["请上传申请材料真实性承诺书"]
    page.locator("#id_commitment_letter").set_input_files(scan("承诺书.pdf"))
    press(page, "提交")
    assert page.locator("h1").inner_text() == "提交前核对"
    press(page, "提交")
    assert page.locator("dialog h2").inner_text().strip() == "提交成功"
    with page.expect_navigation():
        page.locator("dialog").get_by_role("link", name="取消").click()
    assert page.locator("dialog").count() == 0
    assert (state(user), Document.objects.count()) == ("pending", 4)


def test_an_expired_certificate_is_noticed_and_not_refused(log_in):
    user = applicant()
    unit = user.seat.unit
    values = entries(unit, name="示范路桥有限公司", uscc=unit.uscc)
    values["qualifications"][0]["valid_until"] = str(timezone.localdate() - timedelta(days=1))
    actions.save_draft(unit, by=user, version=0, values=values)
    page = log_in(user, next_url="/portal/unit/check/")
    assert page.locator(".tag", has_text="已过期").is_visible()
    press(page, "提交")
    assert state(user) == "pending"
