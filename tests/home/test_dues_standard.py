"""会费标准 on the open site: the standard in force and the next one, the resolution for everybody, nothing private."""

from datetime import date

import pytest
import time_machine

from home.models import DuesStandardPage
from membership.dues import actions
from membership.dues.models import DuesStandard
from tests.files import pdf_bytes
from tests.membership.dues.conftest import set_standard
from tests.membership.units.conftest import employee

pytestmark = pytest.mark.django_db
PAGE = "/dues-standard/"


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel("2026-06-01T12:00:00+08:00", tick=False) as traveller:
        yield traveller


@pytest.fixture
def finance(db):
    return employee("财务", name="刘财务")


def html_of(client):
    response = client.get(PAGE)
    assert response.status_code == 200
    return response.content.decode()


def test_without_a_standard(client):
    assert "暂未公布会费标准。" in html_of(client)


def test_the_one_in_force_and_the_next(client, finance):
    for year, amount in ((2024, 1000), (2026, 2000), (2027, 2500), (2028, 3000)):
        set_standard(finance, first_year=year, ordinary=amount)
    html = html_of(client)
    assert [f"自{year}年度起" in html for year in (2024, 2026, 2027, 2028)] == [False, True, True, False]
    assert ["2,000.00" in html, "2,500.00" in html, "3,000.00" in html] == [True, True, False]
    assert "刘财务" not in html


def test_the_resolution_is_for_everybody_while_it_stands(client, finance):
    standard = set_standard(finance)
    address = f"/dues-standard/resolutions/{standard.pk}/"
    assert address in html_of(client)
    response = client.get(address)
    assert b"".join(response) == pdf_bytes()
    assert "attachment" in response["Content-Disposition"]
    assert client.post(address).status_code == 405
    actions.withdraw_standard(standard, by=finance)
    assert client.get(address).status_code == 404
    assert address not in html_of(client)
    assert client.get("/dues-standard/resolutions/99999999999999999999/").status_code == 404


def test_a_lost_file_is_not_found(client, finance):
    standard = set_standard(finance)
    standard.resolution.storage.delete(standard.resolution.name)
    assert client.get(f"/dues-standard/resolutions/{standard.pk}/").status_code == 404


def test_menu_sitemap_and_api_know_the_page(client, finance):
    standard = set_standard(finance)
    assert f'href="{PAGE}"' in client.get("/").content.decode()
    assert PAGE in client.get("/sitemap.xml").content.decode()
    page = DuesStandardPage.objects.get()
    answer = client.get(f"/api/content/v2/pages/{page.pk}/").json()
    [told] = answer["standards"]
    assert told["first_year"] == 2026
    assert told["rates"][0] == {"level": "会长单位", "amount": "10000.00"}
    assert told["resolution"].endswith(f"/dues-standard/resolutions/{standard.pk}/")
    assert sorted(answer) == sorted(["id", "meta", "title", "intro", "standards"])
    assert sorted(told) == ["first_year", "rates", "resolution", "title"]


@pytest.mark.parametrize("count", [1, 5])
def test_the_page_costs_the_same_for_one_standard_and_five(client, finance, django_assert_num_queries, count):
    for year in range(2026, 2026 + count):
        set_standard(finance, first_year=year)
    client.get(PAGE)
    with django_assert_num_queries(9):
        client.get(PAGE)


def test_a_visitor_gets_no_cookie(client, finance):
    set_standard(finance)
    response = client.get(PAGE)
    assert (list(response.cookies), "csrfmiddlewaretoken" in response.content.decode()) == ([], False)
    assert (DuesStandard.objects.count(), date(2025, 12, 1)) == (1, DuesStandard.objects.get().decided_on)
