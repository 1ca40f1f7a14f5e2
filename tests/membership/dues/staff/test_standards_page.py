"""会费标准 in the office: who sees and sets it, the file that outlives a refused form, withdrawing."""

from datetime import date, timedelta

import pytest
from django.core.files.storage import storages
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from membership.dues import resolutions
from membership.dues.models import DuesStandard
from membership.units.models import Level
from tests.files import pdf_bytes
from tests.membership.dues.conftest import AMOUNTS, place, resolution, snapshot
from tests.membership.dues.staff.conftest import EVERYBODY, KEEPS, SEES, browser, errors, page_of

pytestmark = pytest.mark.django_db
LIST, NEW = "/cms/dues/standards/", "/cms/dues/standards/new/"


def entries(**fields):
    levels = Level.objects.filter(body_kind="association")
    amounts = {f"level-{level.pk}": str(AMOUNTS[level.slug]) for level in levels}
    facts = {
        "title": "关于调整会费标准的决议",
        "document_no": "示协会〔2026〕12号",
        "decided_on": "2026-05-20",
        "first_year": "2027",
    }
    return facts | amounts | fields


def level_field(slug="ordinary"):
    return f"level-{Level.objects.get(body_kind='association', slug=slug).pk}"


def kept_files():
    try:
        return storages["private"].listdir(resolutions.FOLDER)[1]
    except FileNotFoundError:
        return []


def test_who_sees_and_who_sets(ours, desk):
    file = f"{LIST}{desk.standard.pk}/resolution/"
    for name in EVERYBODY:
        client = browser(getattr(desk, name))
        seen, sets = (200 if name in SEES else 302), (200 if name in KEEPS else 302)
        assert client.get(LIST).status_code == seen, name
        response = client.get(file)
        b"".join(response)
        assert response.status_code == seen
        assert [client.get(NEW).status_code, client.get(f"{LIST}{desk.standard.pk}/withdraw/").status_code] == [
            sets,
            sets,
        ]
    before = snapshot()
    for person in (desk.secretary_general, desk.reviewer, ours.clerk):
        client = browser(person)
        assert client.post(NEW, entries(resolution=resolution())).status_code == 302
        assert client.post(f"{LIST}{desk.standard.pk}/withdraw/").status_code == 302
    assert snapshot() == before


def test_a_standard_is_set_with_its_resolution(desk):
    client = browser(desk.finance)
    response = client.post(NEW, entries(resolution=resolution(), **{level_field(): "2,500"}), follow=True)
    assert "自2027年度起的会费标准已设定" in response.content.decode()
    standard = DuesStandard.objects.get(first_year=2027)
    assert (standard.title, standard.decided_on, standard.created_by) == (
        "关于调整会费标准的决议", date(2026, 5, 20), desk.finance,
    )  # fmt: skip
    assert sorted(standard.rates.values_list("amount", flat=True)) == [2500, 4000, 6000, 10000, 10000]
    assert standard.resolution.read() == pdf_bytes()
    standard.resolution.close()
    assert kept_files() == []
    page = page_of(client.get(LIST))
    assert [section.h2.text for section in page.select("section.unit-register__body")] == [
        "自2027年度起",
        "自2026年度起",
    ]
    assert [mark.text for mark in page.select(".dues-mark")] == ["尚未开始", "有效"]


def test_the_file_outlives_a_refused_form_for_its_owner_alone(desk):
    client = browser(desk.finance)
    page = page_of(client.post(NEW, entries(title="", resolution=resolution())), 422)
    assert errors(page) == ["请填写决议名称。"]
    token = page.select_one("input[name=kept]")["value"]
    assert "会员代表大会决议.pdf" in page.select_one(".decision__kept").text
    stranger = page_of(browser(desk.colleague).post(NEW, entries(kept=token)), 422)
    assert errors(stranger) == ["请上传决议文件：没有决议不能设定标准。"]
    again = page_of(client.post(NEW, entries(first_year="2026", kept=token)), 422)
    assert len(errors(again)) == 1
    assert again.select_one("input[name=kept]")["value"] == token
    assert client.post(NEW, entries(kept=token)).status_code == 302
    assert DuesStandard.objects.get(first_year=2027).resolution_name == "会员代表大会决议.pdf"
    assert kept_files() == []
    assert errors(page_of(client.post(NEW, entries(first_year="2028", kept=token)), 422)) != []


@pytest.mark.parametrize(
    ("fields", "number"),
    [
        ({"title": "题" * 201}, 1),
        ({"decided_on": "2026-06-02"}, 1),
        ({"decided_on": "x"}, 1),
        ({"first_year": "1999"}, 1),
        ({"first_year": "99999999999999999999"}, 1),
        ({"first_year": ""}, 1),
        ({"kept": "forged:token"}, 1),
        ({"resolution": SimpleUploadedFile("决议.pdf", b"<html>", "application/pdf")}, 1),
        ({"resolution": SimpleUploadedFile("决议.exe", b"MZ", "application/pdf")}, 1),
        ({"resolution": ""}, 1),
    ],
)
def test_bad_entries_are_told(desk, fields, number):
    fields = {"resolution": resolution()} | fields if "kept" not in fields else fields
    before = snapshot()
    page = page_of(browser(desk.finance).post(NEW, entries(**fields)), 422)
    assert len(errors(page)) == number
    assert snapshot() == before


@pytest.mark.parametrize("amount", ["", "0", "-1", "x", "1.234", "100000000", "1" * 31])
def test_every_level_has_an_amount(desk, amount):
    before = snapshot()
    page = page_of(browser(desk.finance).post(NEW, entries(resolution=resolution(), **{level_field(): amount})), 422)
    assert len(errors(page)) == 1
    assert snapshot() == before


def test_more_than_four_amounts_are_refused_in_words(desk):
    client = browser(desk.finance)
    page = page_of(client.post(NEW, entries(resolution=resolution(), **{level_field("president"): "20000"})), 422)
    assert len(errors(page)) == 1
    assert page.select_one("input[name=kept]")


def test_withdrawing_until_somebody_has_ordered(ours, desk):
    client = browser(desk.finance)
    client.post(NEW, entries(resolution=resolution()))
    later = DuesStandard.objects.get(first_year=2027)
    assert client.get(f"{LIST}{later.pk}/withdraw/").status_code == 200
    client.post(f"{LIST}{later.pk}/withdraw/")
    later.refresh_from_db()
    assert later.withdrawn_by == desk.finance
    place(ours.unit, ours.clerk)
    before = snapshot()
    response = client.post(f"{LIST}{desk.standard.pk}/withdraw/", follow=True)
    assert len(page_of(response).select(".messages .error, .messages [class*=error]")) >= 1
    assert snapshot() == before
    assert client.post(f"{LIST}{later.pk}/withdraw/", follow=True).status_code == 200
    assert snapshot() == before


def test_what_nobody_came_back_for_is_deleted(desk, clock):
    resolutions.keep(resolution(), by=desk.finance)
    assert resolutions.forget_abandoned(timezone.now()) == 0
    assert resolutions.forget_abandoned(timezone.now() + timedelta(days=36500)) == 1
    assert kept_files() == []
