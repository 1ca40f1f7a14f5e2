"""发送名单: all units that the choices reach, searched, paged, taken away as XLSX; without a number they are marked."""

from io import BytesIO

import pytest
from bs4 import BeautifulSoup

from tests.cms.conftest import GROUPS, staff
from tests.factories import UnitFactory, clerk
from tests.files import cells

pytestmark = pytest.mark.django_db

COUNT, LIST = "/cms/notices/audience/", "/cms/notices/audience/units/"
ALL = {"to_all": "on"}


def rows(client, data):
    """[(unit, mobile number, level, province, credit code)] of the page that is shown."""
    answer = client.post(LIST, data)
    assert answer.status_code == 200
    page = BeautifulSoup(answer.content, "html.parser")
    return [[cell.text.strip() for cell in line.select("td")] for line in page.select("tbody tr")]


def names(client, data):
    return [row[0] for row in rows(client, data)]


@pytest.fixture
def many(db):
    return [UnitFactory(certified=True, name=f"第{number:03d}建设有限公司") for number in range(60)]


def test_it_shows_everybody_in_portions(client, editor, many):
    first, second = names(client, ALL), names(client, {**ALL, "p": "2"})
    assert (len(first), len(second)) == (50, 10)
    assert first + second == [unit.name for unit in many]
    assert names(client, {**ALL, "p": "x\0"}) == first
    assert names(client, {**ALL, "p": "9" * 30}) == second


def test_it_carries_the_choices_along(client, editor, unit, outsider):
    page = BeautifulSoup(client.post(LIST, {"to_units": [unit.pk, outsider.pk], "q": ""}).content, "html.parser")
    carried = [(field["name"], field["value"]) for field in page.select("form input[type=hidden][name^=to_]")]
    assert carried == [("to_units", str(unit.pk)), ("to_units", str(outsider.pk))]


def test_only_those_that_are_reached_and_searched_for(client, editor, many, unit, outsider):
    UnitFactory(certified=False, name="第000建设有限公司分公司")
    assert names(client, {"to_units": [unit.pk]}) == [unit.name]
    assert names(client, {**ALL, "q": "第00"}) == [each.name for each in many[:10]]
    assert names(client, {**ALL, "q": many[7].uscc}) == [many[7].name]
    assert names(client, {**ALL, "not_to_units": [many[0].pk], "q": "第000"}) == []
    assert names(client, {}) == []
    for nonsense in ("\0", "%", "'\"<b>", "😀" * 200, "9" * 500):
        assert names(client, {**ALL, "q": nonsense}) == ([] if nonsense != "\0" else names(client, ALL))


def test_who_has_no_number_is_marked_and_counted(client, editor, unit, outsider):
    clerk(unit)
    for lonely in (UnitFactory(certified=True, name="无人有限公司"), outsider):
        lonely.seats.all().delete()
    marks = {row[0]: row[1] for row in rows(client, ALL)}
    assert marks == {unit.name: "有", outsider.name: "无", "无人有限公司": "无"}
    assert sorted(names(client, {**ALL, "without_phone": "1"})) == sorted(["无人有限公司", outsider.name])
    assert "（其中 2 家无手机号）" in client.post(COUNT, ALL).content.decode()
    assert "无手机号" not in client.post(COUNT, {"to_units": [unit.pk]}).content.decode()


def test_it_is_taken_away_as_xlsx_without_persons(client, editor, many, unit):
    clerk(unit, name="王联系")
    answer = client.post(LIST, {**ALL, "export": "1", "q": ""})
    assert answer["Content-Disposition"].startswith("attachment")
    [table] = cells(BytesIO(b"".join(answer.streaming_content))).values()
    assert len(table) == 62
    assert [row[0] for row in table[1:4]] == sorted(each.name for each in [*many, unit])[:3]
    assert "王联系" not in str(table)


@pytest.mark.parametrize("number", [1, 50])
def test_it_asks_the_database_a_fixed_number_of_times(client, editor, number, django_assert_num_queries):
    for each in range(number):
        UnitFactory(certified=True, name=f"第{each:03d}建设有限公司")
    client.post(LIST, ALL)
    with django_assert_num_queries(QUERIES):
        client.post(LIST, ALL)


QUERIES = 14


@pytest.mark.parametrize("group", [*GROUPS, "member", "visitor"])
def test_who_may_see_it(client, unit, group):
    if group == "member":
        client.force_login(clerk(unit))
    elif group != "visitor":
        client.force_login(staff(group))
    writes = group in {"编辑", "秘书长", "系统管理员"}
    shown, taken = client.post(LIST, ALL), client.post(LIST, {**ALL, "export": "1"})
    assert [shown.status_code, taken.status_code] == ([200, 200] if writes else [302, 302])
    if writes:
        assert b"".join(taken.streaming_content)[:2] == b"PK"
        assert client.get(LIST).status_code == 405
