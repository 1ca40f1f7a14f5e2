"""证书查验: whoever has the code learns the name and the standing of today, and nothing else."""

import re

import pytest
from bs4 import BeautifulSoup

from cms.models import AssociationSettings
from membership.units.certificates import in_groups, tidy_code
from membership.units.models import Body, Level, Membership
from membership.units.states import BodyKind, MembershipState
from tests.factories import MembershipFactory, UnitFactory, clerk

pytestmark = pytest.mark.django_db

S = MembershipState
PRIVATE = "不得外泄"


@pytest.fixture(autouse=True)
def association():
    settings = AssociationSettings.load()
    settings.name, settings.phone = "示范省建设工程质量安全协会", "028-86000000"
    settings.save()


@pytest.fixture
def unit():
    """A certified unit with a mark in everything that is nobody's business."""
    names = ["city", "address", "legal_representative", "contact_department", "contact_name", "introduction"]
    unit = UnitFactory(
        name="示范建设集团有限公司",
        certified=True,
        contact_phone="13811138999",
        telephone="028-86111111",
        qq="10000001",
        email="private@example.com",
        postcode="610999",
        website="https://private.example.com/",
        staff_count=98765,
        **dict.fromkeys(names, PRIVATE),
    )
    clerk(unit, name=PRIVATE)
    Membership.objects.update(member_no=PRIVATE, remark=PRIVATE, contact_name=PRIVATE, since="2012-03-06")
    return unit


def page_of(client, address, status=200):
    response = client.get(address)
    assert response.status_code == status
    return BeautifulSoup(response.content, "html.parser")


def rows(page):
    return [[cell.get_text(strip=True) for cell in row("th") + row("td")] for row in page.select("tbody tr")]


def put(unit, state):
    Membership.objects.filter(unit=unit, body__kind=BodyKind.ASSOCIATION).update(state=state)


def test_the_page_says_name_and_standing_and_nothing_more(client, unit):
    quality, safety, testing, appraisal = (
        Body.objects.get(slug=slug) for slug in ("quality", "safety", "testing", "appraisal")
    )
    council = Level.objects.get(name="理事", body_kind="branch")
    MembershipFactory(unit=unit, body=quality, active=True, level=council)
    MembershipFactory(unit=unit, body=safety, active=True, state=S.SUSPENDED)
    MembershipFactory(unit=unit, body=testing)
    MembershipFactory(unit=unit, body=appraisal, active=True, state=S.LEFT)
    page = page_of(client, f"/verify/{unit.certificate_code}/")
    card = page.select_one("main .card")
    text = re.sub(r"\d{4}-\d\d-\d\d \d\d:\d\d", "(此刻)", " ".join(card.get_text(" ", strip=True).split()))
    assert text == (
        "示范建设集团有限公司 单位的会员级别和状态 机构 等级 状态 "
        "示范省建设工程质量安全协会 普通会员 有效 安全分会 -- 已暂停 鉴定分会 -- 已退会 质量分会 理事 有效 "
        "查验时间：(此刻)。证书上的单位名称与本页一致，且本页网址为协会官方网址的，证书真实。 查验其他证书"
    )


def test_nothing_private_stands_anywhere_on_the_page(client, unit):
    html = client.get(f"/verify/{unit.certificate_code}/").content.decode()
    secrets = [PRIVATE, unit.uscc, unit.contact_phone, unit.telephone, unit.qq, unit.email, unit.postcode]
    secrets += [unit.website, "98765", "2012-03-06", unit.get_province_display(), unit.get_unit_type_display()]
    assert [secret for secret in secrets if secret in html] == []


@pytest.mark.parametrize(
    ("state", "told"),
    [(S.ACTIVE, ["普通会员", "有效"]), (S.SUSPENDED, ["--", "已暂停"]), (S.LEFT, ["--", "已退会"])],
)
def test_the_standing_is_that_of_today(client, unit, state, told):
    put(unit, state)
    assert rows(page_of(client, f"/verify/{unit.certificate_code}/")) == [["示范省建设工程质量安全协会", *told]]


@pytest.mark.parametrize("state", [S.DRAFT, S.PENDING, S.RETURNED, S.REJECTED])
def test_who_was_never_certified_has_no_certificate(client, unit, state):
    put(unit, state)
    response = client.get(f"/verify/{unit.certificate_code}/")
    assert response.status_code == 404
    assert unit.name not in response.content.decode()


@pytest.mark.parametrize("code", ["AAAABBBBCCCCDDDD", "x", "📄", "0" * 500, "%00"])
def test_an_unknown_code_is_answered_in_words(client, unit, code):
    page = page_of(client, f"/verify/{code}/", status=404)
    assert page.h1.text == "未查到该证书"
    assert [p.text for p in page.select(".card p")] == [
        "请核对查验码与证书是否一致，然后重新查验。",
        "如查验码无误，则该证书不是由本协会核发。 协会电话 028-86000000",
    ]
    assert page.select_one("main form")["action"] == "/verify/"


def full_width(text):
    return "".join(chr(ord(c) + 0xFEE0) for c in text)


@pytest.mark.parametrize(
    "typed",
    [
        str,
        str.lower,
        in_groups,
        full_width,
        lambda code: f"  {'-'.join(code)}　",
        lambda code: full_width(code.lower()),
    ],
)
def test_the_code_may_be_typed_in_many_ways(client, unit, typed):
    code = unit.certificate_code
    assert tidy_code(typed(code)) == code
    answer = client.get("/verify/", {"code": typed(code)})
    assert (answer.status_code, answer["Location"]) == (302, f"/verify/{code}/")
    assert page_of(client, f"/verify/{typed(code)}/").h1.text == unit.name


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("", "请输入证书上的查验码"),
        ("   ", "请输入证书上的查验码"),
        ("abc", "查验码由 16 位字母和数字组成，您输入了 3 位"),
        ("——", "查验码由 16 位字母和数字组成，您输入了 0 位"),
    ],
)
def test_what_is_no_code_is_told_beside_the_field(client, typed, told):
    page = page_of(client, f"/verify/?code={typed}", status=422)
    assert page.select_one(".field--error .field__error").get_text(strip=True).removeprefix("错误：") == told
    assert page.title.text.startswith("错误：")


def test_the_form_is_a_plain_open_page(client):
    page = page_of(client, "/verify/")
    assert page.h1.text == "会员证书查验"
    assert page.select("main form input") == [page.select_one("input[name=code]")]


@pytest.mark.parametrize("address", ["/verify/", "/verify/{code}/", "/verify/unknown/"])
def test_visitors_get_no_cookie_and_nothing_is_kept(client, unit, address):
    response = client.get(address.format(code=unit.certificate_code))
    assert list(response.cookies) == []
    assert "csrfmiddlewaretoken" not in response.content.decode()
    assert response["X-Robots-Tag"] == "noindex"
    assert "no-store" in response["Cache-Control"]
    assert '<meta name="robots" content="noindex">' in response.content.decode()


@pytest.mark.parametrize("method", ["post", "put", "delete"])
def test_it_is_only_read(client, unit, method):
    assert getattr(client, method)(f"/verify/{unit.certificate_code}/").status_code == 405


@pytest.mark.parametrize(("branches", "queries"), [(0, 6), (5, 6)])
def test_a_check_asks_the_same_number_of_times(client, unit, django_assert_num_queries, branches, queries):
    for body in Body.objects.filter(kind=BodyKind.BRANCH)[:branches]:
        MembershipFactory(unit=unit, body=body, active=True)
    with django_assert_num_queries(queries):
        client.get(f"/verify/{unit.certificate_code}/")
