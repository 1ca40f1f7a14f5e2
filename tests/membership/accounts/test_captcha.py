"""The graphic captcha: readable characters, used up by one of two who send it at once, read aloud where it can be."""

import io

import pytest
from captcha.conf import settings as captcha_settings
from captcha.models import CaptchaStore
from django.core.exceptions import ValidationError
from PIL import Image

from membership.accounts.captcha import CHARACTERS, GraphicCodeField, challenge
from tests.captcha import ANSWER
from tests.races import at_once

pytestmark = pytest.mark.django_db


def test_challenge_shows_capitals_that_look_like_nothing_else():
    shown, answer = zip(*(challenge() for _ in range(200)), strict=True)
    assert {len(text) for text in answer} == {4}
    assert [text.lower() for text in shown] == list(answer)
    assert not set("0o1il25sz") & set(CHARACTERS)
    assert set("".join(answer)) <= set(CHARACTERS)
    assert len(set(answer)) > 190


@pytest.mark.parametrize("value", [None, [], "", ["key"], ["", ""], [None, None], ["x", "\0"], [["a"], ["b"]]])
def test_strange_values_are_refused(value):
    with pytest.raises(ValidationError):
        GraphicCodeField().clean(value)


def test_picture_is_large_enough_to_be_enlarged_twice(client):
    answer = client.get(f"/captcha/image/{CaptchaStore.generate_key()}/")
    assert Image.open(io.BytesIO(answer.content)).size == (400, 140)


@pytest.mark.parametrize(("program", "offered"), [("/usr/bin/flite", True), (None, False)])
def test_it_is_read_aloud_where_the_program_is_installed(client, monkeypatch, program, offered):
    monkeypatch.setattr(captcha_settings, "CAPTCHA_FLITE_PATH", program)
    assert ("data-captcha-audio" in client.get("/accounts/signup/").content.decode()) is offered


def test_another_picture_comes_for_scripts_only(client):
    assert client.get("/captcha/refresh/").status_code == 404
    fresh = client.get("/captcha/refresh/", headers={"x-requested-with": "XMLHttpRequest"}).json()
    assert GraphicCodeField().clean([fresh["key"], ANSWER])


def passes(key):
    try:
        return bool(GraphicCodeField().clean([key, ANSWER]))
    except ValidationError:
        return False


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_one_of_many_at_once_passes():
    key = CaptchaStore.generate_key()
    assert sorted(at_once(5, lambda _: passes(key))) == [False] * 4 + [True]
