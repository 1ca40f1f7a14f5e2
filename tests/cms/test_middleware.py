"""A query of the staff area with the character NUL is refused before any table is asked."""

import pytest

from tests.factories import UserFactory

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "address",
    [
        "/cms/units/?q=%00",
        "/cms/notices/units/?q=%00",
        "/cms/notices/?q=a%00b",
        "/cms/notice_list/?q=%00",
    ],
)
def test_nul_is_refused(client, address):
    client.force_login(UserFactory(root=True))
    assert client.get(address).status_code == 400


def test_the_open_site_passes_over_it(client):
    assert client.get("/notices/?category=%00").status_code == 200


def test_no_page_has_such_an_address(client):
    assert client.get("/notices/%00/").status_code == 404


def test_other_characters_pass(client):
    client.force_login(UserFactory(root=True))
    assert client.get("/cms/notices/units/?q=%01%27%22%5C").status_code == 200


@pytest.mark.parametrize("number", ["abc", "-1", "9" * 30])
@pytest.mark.parametrize("register", ["message-texts/edit", "units/inspect", "jobs/inspect", "bodies/edit"])
def test_a_row_of_a_register_that_cannot_be_is_not_found(client, register, number):
    client.force_login(UserFactory(root=True))
    assert client.get(f"/cms/{register}/{number}/").status_code == 404
