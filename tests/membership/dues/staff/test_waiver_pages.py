"""减免 in the office: on the page of a unit, by whoever may, with the resolution; what the unit sees of it."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from membership.dues.models import DuesWaiver
from tests.files import pdf_bytes
from tests.membership.dues.conftest import place, snapshot, waive, years_of
from tests.membership.dues.staff.conftest import browser, errors, page_of

pytestmark = pytest.mark.django_db


def typed(**fields):
    return {
        "years": ["2026"],
        "title": "关于减免会费的决议",
        "document_no": "",
        "decided_on": "2026-03-01",
        "reason": "经营困难",
    } | fields


def file():
    return SimpleUploadedFile("决议.pdf", pdf_bytes(), "application/pdf")


def tab(unit):
    return f"{reverse('units_modeladmin_inspect', args=[unit.pk])}?tab=dues"


def address_of(unit):
    return reverse("dues_waive", args=[unit.pk])


@pytest.mark.parametrize("name", ["finance", "secretary_general", "administrator"])
def test_years_are_waived_on_the_page_of_the_unit(ours, desk, name):
    client = browser(getattr(desk, name))
    assert address_of(ours.unit) in client.get(tab(ours.unit)).content.decode()
    page = page_of(client.get(address_of(ours.unit)))
    assert [box["value"] for box in page.select("input[name=years]")] == ["2026", "2027", "2028"]
    client.post(address_of(ours.unit), typed(years=["2026", "2027"], document=file()))
    waiver = DuesWaiver.objects.get()
    assert (years_of(ours.unit), waiver.resolution_name, waiver.granted_by) == (
        [2026, 2027],
        "决议.pdf",
        getattr(desk, name),
    )
    html = client.get(tab(ours.unit)).content.decode()
    assert ("已减免" in html, "经营困难" in html) == (True, True)
    download = client.get(reverse("dues_waiver_resolution", args=[waiver.pk]))
    assert b"".join(download).startswith(b"%PDF")
    portal = browser(ours.clerk).get("/portal/dues/").content.decode()
    assert ("已减免年度" in portal, "2026-2027" in portal) == (True, True)


def test_the_resolution_is_mandatory_and_kept_while_another_field_is_wrong(ours, desk):
    client, before = browser(desk.finance), snapshot()
    page = page_of(client.post(address_of(ours.unit), typed()), 422)
    assert errors(page) == ["请上传决议文件，没有决议不能减免会费。"]
    page = page_of(client.post(address_of(ours.unit), typed(reason="", document=file())), 422)
    kept = page.select_one("input[name=kept]")["value"]
    assert snapshot() == before
    client.post(address_of(ours.unit), typed(kept=kept))
    assert years_of(ours.unit) == [2026]


@pytest.mark.parametrize(
    "fields",
    [
        {"years": []},
        {"years": ["2025"]},
        {"years": ["9" * 30]},
        {"title": ""},
        {"title": "字" * 201},
        {"decided_on": "2026-06-02"},
        {"reason": "甲\x00乙"},
    ],
)
def test_what_cannot_be_is_said_beside_the_field(ours, desk, fields):
    before = snapshot()
    response = browser(desk.finance).post(address_of(ours.unit), typed(document=file(), **fields))
    assert errors(page_of(response, 422))
    assert snapshot() == before


def test_an_open_order_is_named(ours, desk):
    order, client = place(ours.unit, ours.clerk), browser(desk.finance)
    assert order.number in client.get(address_of(ours.unit)).content.decode()
    said = errors(page_of(client.post(address_of(ours.unit), typed(document=file())), 422))
    assert said == [f"订单{order.number}包含所选年度且尚未完成，请先取消该订单再减免。"]


def test_a_waiver_is_taken_back_with_a_reason(ours, desk):
    waiver = waive(ours.unit, desk.finance, 2026)
    client, address = browser(desk.secretary_general), reverse("dues_take_back_waiver", args=[waiver.pk])
    assert errors(page_of(client.post(address, {"reason": " "}), 422))
    client.post(address, {"reason": "决议撤销"})
    assert years_of(ours.unit) == []
    assert "决议撤销" in client.get(tab(ours.unit)).content.decode()
    assert client.get(address).status_code == 404


def test_who_may_not(ours, desk):
    waiver, before = waive(ours.unit, desk.finance, 2026), snapshot()
    for person in (desk.reviewer, desk.editor, ours.clerk):
        client = browser(person)
        assert client.post(address_of(ours.unit), typed(years=["2027"], document=file())).status_code == 302
        assert client.get(reverse("dues_waiver_resolution", args=[waiver.pk])).status_code == 302
    assert snapshot() == before
