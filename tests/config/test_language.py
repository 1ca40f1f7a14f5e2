"""The language links work on cached pages and lead nowhere else."""

import pytest


@pytest.mark.parametrize(
    ("back", "goes_to"),
    [("/portal/", "/portal/"), ("//evil.example/", "/"), ("https://evil.example/", "/"), ("", "/")],
)
def test_choosing_a_language_sets_the_cookie_and_stays_on_this_site(client, back, goes_to):
    response = client.get("/language/en/", {"next": back})

    assert (response.status_code, response["Location"]) == (302, goes_to)
    assert response.cookies["django_language"].value == "en"


def test_an_unknown_language_is_not_found(client, db):
    assert client.get("/language/xx/").status_code == 404
