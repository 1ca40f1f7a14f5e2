"""Templates to sign and the registration form: with the facts of the own unit, blank for who has none."""

from datetime import date
from urllib.parse import quote

import pytest
from django.core.files.storage import storages
from django.test import Client
from django.utils import timezone

from membership.units.actions import store_document
from membership.units.models import MembershipSettings, ProfileDraft, Qualification, QualificationCategory, Unit
from membership.units.states import DocumentKind
from tests.factories import UnitFactory, UserFactory, clerk
from tests.files import docx, pdf, pdf_sizes, pdf_text, upload
from tests.portal.conftest import look

pytestmark = pytest.mark.django_db

FORM, LETTER = "/portal/unit/templates/application_form/", "/portal/unit/templates/commitment_letter/"
PRINT, CERTIFICATE = "/portal/unit/print/", "/portal/certificate/"
PAPERS = [FORM, LETTER, PRINT, CERTIFICATE]
FACTS = {
    "uscc": "91510100MA0000001L",
    "legal_representative": "张三丰",
    "address": "示范市建设路 88 号",
    "contact_department": "质量部",
    "contact_name": "李四光",
    "contact_phone": "13811138111",
    "email": "lisi@example.com",
    "founded_on": date(2003, 5, 18),
    "staff_count": 860,
    "introduction": "房屋建筑工程施工总承包企业",
}


def content_of(response):
    return b"".join(response.streaming_content)  # reads the file to its end, which closes it


def disposition(name):
    return f"attachment; filename*=utf-8''{quote(name)}"


@pytest.fixture
def applicant(outsider):
    """Who is filling in the profile of a unit that has not applied yet."""
    unit = UnitFactory(name="示范建设集团有限公司", **FACTS, submitted_at=None)
    client = Client()
    client.force_login(clerk(unit))
    return client


@pytest.fixture
def newcomer():
    """Who has signed up and has no unit yet."""
    client = Client()
    client.force_login(UserFactory())
    return client


def test_the_application_form_holds_the_facts_of_the_own_unit(press, applicant):
    response = applicant.get(FORM)
    assert (response.status_code, response["Content-Type"]) == (200, "application/pdf")
    assert response["Content-Disposition"] == disposition("入会申请书_示范建设集团有限公司.pdf")
    assert response["Cache-Control"] == "private, no-store, max-age=0, no-cache, must-revalidate"
    content = content_of(response)
    assert pdf_sizes(content) == [(210, 297)]
    (text,) = pdf_text(content)
    told = [
        "示范省建设工程质量安全协会：",
        "示范建设集团有限公司",
        "四川省",
        "2003-05-18",
        "法人代表（签字）：",
        "单位（盖章）",
    ]
    told += [value.replace(" ", "") for value in FACTS.values() if isinstance(value, str)]
    assert [words for words in told if words not in text] == []
    assert "示范监理咨询有限公司" not in text


def test_the_letter_names_the_unit(press, applicant):
    response = applicant.get(LETTER)
    assert response["Content-Disposition"] == disposition("申请材料真实性承诺书_示范建设集团有限公司.pdf")
    (text,) = pdf_text(content_of(response))
    assert "我单位示范建设集团有限公司（统一社会信用代码：91510100MA0000001L）申请加入贵协会" in text
    assert text.endswith("示范省建设工程质量安全协会1/1")


def test_what_is_typed_and_not_yet_handed_in_stands_in_the_form(press, applicant):
    unit = Unit.objects.get(name="示范建设集团有限公司")
    typed = {"name": "示范新名集团有限公司", "founded_on": "2004-02-30", "staff_count": "", "address": "", "uscc": "坏"}
    ProfileDraft.objects.create(
        unit=unit, values={"facts": typed}, saved_by=unit.seats.get().user, saved_at=timezone.now()
    )
    (text,) = pdf_text(content_of(applicant.get(FORM)))
    assert "单位名称示范新名集团有限公司统一社会信用代码91510100MA0000001L" in text
    assert "成立日期2003-05-18" in text
    assert [gone for gone in ("示范建设集团有限公司", "860", "建设路") if gone in text] == []
    unit.refresh_from_db()
    assert (unit.name, unit.staff_count) == ("示范建设集团有限公司", 860)


def test_whoever_has_no_unit_yet_gets_blank_papers(press, newcomer):
    response = newcomer.get(FORM)
    assert response["Content-Disposition"] == disposition("入会申请书.pdf")
    (text,) = pdf_text(content_of(response))
    assert "单位名称统一社会信用代码单位类型法人代表" in text
    (letter,) = pdf_text(content_of(newcomer.get(LETTER)))
    assert "我单位＿＿＿＿" in letter


def test_a_paper_is_chinese_for_a_reader_of_english_too(press, applicant):
    applicant.get("/language/en/")
    (text,) = pdf_text(content_of(applicant.get(FORM)))
    assert text.startswith("入会申请书")


def test_what_a_unit_typed_is_shown_as_typed(press, applicant):
    unit = UnitFactory(name="<b>甲&乙</b>有限公司", introduction='<img src="file:///etc/hostname">')
    client = Client()
    client.force_login(clerk(unit))
    (text,) = pdf_text(content_of(client.get(FORM)))
    assert "<b>甲&乙</b>有限公司" in text
    assert '<imgsrc="file:///etc/hostname">' in text


def test_the_office_s_own_template_comes_first(applicant, newcomer):
    rules = MembershipSettings.load()
    rules.application_form_template.save("协会入会申请书.docx", docx())
    for client in (applicant, newcomer):
        response = client.get(FORM)
        assert response["Content-Disposition"] == disposition("入会申请书.docx")
        assert content_of(response) == docx().read()
    rules.commitment_letter_template.save("x.wps", upload("x.wps", b"?"))
    response = applicant.get(LETTER)
    assert (response["Content-Type"], content_of(response)) == ("application/octet-stream", b"?")


def test_a_template_that_the_storage_has_lost_is_told_in_words(applicant):
    rules = MembershipSettings.load()
    rules.application_form_template.save("x.pdf", pdf())
    storages["private"].delete(rules.application_form_template.name)
    page = look(applicant, FORM, status=404)
    assert [p.text for p in page.select(".locked p")][0] == "入会申请书"


@pytest.mark.parametrize("kind", ["business_license", "qualification", "receipt", "x"])
def test_there_is_no_template_of_anything_else(applicant, kind):
    assert applicant.get(f"/portal/unit/templates/{kind}/").status_code == 404


def test_the_registration_form_holds_what_is_on_file(press, ours, outsider):
    licence = store_document(pdf("营业执照.pdf"), unit=ours.unit, kind=DocumentKind.BUSINESS_LICENSE, by=ours.user)
    proof = store_document(pdf("资质.pdf"), unit=ours.unit, kind=DocumentKind.QUALIFICATION, by=ours.user)
    ours.unit.business_license = licence
    ours.unit.save()
    category = QualificationCategory.objects.create(group="试验", name="见证取样检测")
    facts = {"category": category, "grade": "甲级", "certificate_no": "JC-0001", "valid_until": date(2030, 1, 31)}
    Qualification.objects.create(unit=ours.unit, document=proof, **facts)
    response = ours.client.get(PRINT)
    assert response["Content-Disposition"] == disposition("单位信息登记表_示范工程检测有限公司.pdf")
    text = "".join(pdf_text(content_of(response)))
    told = ["认证状态：已认证", "大协会普通会员已认证", "营业执照营业执照.pdf", "入会申请书未提交"]
    told += ["试验·见证取样检测甲级JC-00012030-01-31"]
    assert [words for words in told if words not in text] == []
    assert outsider.unit.name not in text


@pytest.mark.parametrize(("qualifications", "queries"), [(1, 5), (50, 5)])
def test_the_registration_form_asks_the_same_number_of_times(
    press, ours, django_assert_num_queries, qualifications, queries
):
    category = QualificationCategory.objects.create(group="试验", name="见证取样检测")
    proof = store_document(pdf("资质.pdf"), unit=ours.unit, kind=DocumentKind.QUALIFICATION, by=ours.user)
    for _number in range(qualifications):
        Qualification.objects.create(unit=ours.unit, document=proof, category=category)
    with django_assert_num_queries(queries):
        ours.client.get(PRINT)


@pytest.mark.parametrize("url", PAPERS)
def test_papers_are_behind_the_login(client, url):
    response = client.get(url)
    assert (response.status_code, response["Location"]) == (302, f"/accounts/login/?next={url}")


@pytest.mark.parametrize("url", PAPERS)
def test_staff_are_told_where_they_belong(client, url):
    client.force_login(UserFactory(staff=True))
    assert client.get(url).status_code == 403


@pytest.mark.parametrize("url", [PRINT, CERTIFICATE])
def test_without_a_unit_there_is_nothing_to_print(newcomer, url):
    assert look(newcomer, url, status=403).h1.text == "您的账号尚未关联单位"


@pytest.mark.parametrize("url", PAPERS)
def test_a_server_without_the_library_says_so(ours, tmp_path, monkeypatch, url):
    (tmp_path / "weasyprint.py").write_text("raise OSError")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    page = look(ours.client, url, status=503)
    assert page.h1.text == "文件暂时无法提供"
    assert [p.get_text(" ", strip=True) for p in page.select(".locked p")] == [
        "文件暂时无法生成：服务器缺少系统组件 libpangoft2-1.0-0",
        "协会电话 028-86000000",
    ]
