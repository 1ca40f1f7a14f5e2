"""会员证书: what a certified unit gets, and what any other is told."""

import pytest
import segno
from django.utils import timezone
from django.utils.formats import date_format

from membership.units.models import Body, Level, Membership
from membership.units.states import BodyKind, MembershipState
from tests.factories import MembershipFactory
from tests.files import pdf_sizes, pdf_text
from tests.portal.conftest import look
from tests.portal.test_papers import CERTIFICATE, content_of, disposition

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def site(settings):
    settings.WAGTAILADMIN_BASE_URL = "https://huiyuan.example.org/"


def certification(unit):
    return Membership.objects.filter(unit=unit, body__kind=BodyKind.ASSOCIATION)


def test_the_certificate_of_a_certified_unit(press, ours, outsider):
    certification(ours.unit).update(member_no="HY00042", since="2012-03-06")
    safety, quality, testing = (Body.objects.get(slug=slug) for slug in ("safety", "quality", "testing"))
    council = Level.objects.get(name="理事", body_kind="branch")
    MembershipFactory(unit=ours.unit, body=quality, active=True, level=council)
    MembershipFactory(unit=ours.unit, body=testing, active=True, state=MembershipState.SUSPENDED)
    MembershipFactory(unit=ours.unit, body=safety)
    response = ours.client.get(CERTIFICATE)
    assert (response.status_code, response["Content-Type"]) == (200, "application/pdf")
    assert response["Content-Disposition"] == disposition("会员证书_示范工程检测有限公司.pdf")
    content = content_of(response)
    assert pdf_sizes(content) == [(297, 210)]
    code = ours.unit.certificate_code
    printed = f"{code[:4]}{code[4:8]}{code[8:12]}{code[12:]}"
    assert pdf_text(content) == [
        "会员证书MEMBERSHIPCERTIFICATE示范工程检测有限公司"
        "为示范省建设工程质量安全协会会员单位，会员级别如下："
        "示范省建设工程质量安全协会普通会员质量分会理事"
        "会员编号：HY00042入会时间：2012年3月6日"
        f"扫码查验，或在下列网址输入查验码{printed}https://huiyuan.example.org/verify/"
        "会员级别和状态以查验页面显示的为准。"
        f"示范省建设工程质量安全协会（盖章）{date_format(timezone.localdate(), 'Y年n月j日')}"
    ]


def test_the_qr_code_leads_to_the_public_page(ours, client):
    address = f"https://huiyuan.example.org/verify/{ours.unit.certificate_code}/"
    context = ours.client.get(CERTIFICATE).context
    assert context["qr"] == segno.make(address, error="m", micro=False).svg_data_uri(border=0, dark="#1a1d21")
    assert context["code"].replace(" ", "") == ours.unit.certificate_code
    assert look(client, address.removeprefix("https://huiyuan.example.org")).h1.text == ours.unit.name


def test_a_long_name_and_every_branch_stay_on_one_page(press, ours):
    ours.unit.name = "示范省建设工程质量安全检测鉴定" * 6
    ours.unit.save()
    for body in Body.objects.filter(kind=BodyKind.BRANCH):
        MembershipFactory(unit=ours.unit, body=body, active=True)
    content = content_of(ours.client.get(CERTIFICATE))
    (text,) = pdf_text(content)
    assert ours.unit.name in text
    assert text.count("普通会员") == 6


@pytest.mark.parametrize("state", sorted(set(MembershipState) - {MembershipState.ACTIVE}))
def test_a_unit_that_is_not_certified_is_told_why(ours, state):
    certification(ours.unit).update(state=state, remark="材料不全")
    page = look(ours.client, CERTIFICATE, status=403)
    assert page.h1.text == "认证通过后可下载会员证书"
    assert page.select_one(".locked .tag").text == state.label
    told = "材料不全" in page.select_one(".locked").text
    assert told == (state not in {MembershipState.DRAFT, MembershipState.PENDING})
