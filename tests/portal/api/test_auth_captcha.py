"""The picture code for programs."""

from datetime import timedelta

import pytest
from captcha.models import CaptchaStore
from django.utils import timezone

from tests.captcha import ANSWER
from tests.portal.api.programs import Program, errors_of, pending

pytestmark = pytest.mark.django_db


@pytest.fixture(params=["browser", "app"])
def program(request):
    return Program(request.param)


def test_from_the_picture_to_the_next_step(program):
    answer = program.get("captcha")
    assert (answer.status_code, answer.json()["status"]) == (200, 200)
    assert "no-store" in answer["Cache-Control"]
    told = answer.json()["data"]
    key = CaptchaStore.objects.get().hashkey
    assert told == {"key": key, "image_url": f"/captcha/image/{key}/", "audio_url": None, "expires_in": 300}
    picture = program.client.get(told["image_url"])
    assert (picture.status_code, picture["Content-Type"]) == (200, "image/png")
    assert pending(program.sign_up(captcha={"key": key, "answer": ANSWER})) == ["verify_phone"]
    assert not CaptchaStore.objects.filter(hashkey=key).exists()


def test_five_minutes(program):
    key = program.get("captcha").json()["data"]["key"]
    shown = CaptchaStore.objects.get()
    assert timedelta(minutes=4, seconds=50) < shown.expiration - timezone.now() <= timedelta(minutes=5)
    CaptchaStore.objects.update(expiration=timezone.now())
    assert errors_of(program.sign_up(captcha={"key": key, "answer": ANSWER})) == [("captcha", "invalid")]


def test_old_ones_go(program):
    program.get("captcha")
    CaptchaStore.objects.update(expiration=timezone.now())
    program.get("captcha")
    assert CaptchaStore.objects.filter(expiration__gt=timezone.now()).count() == CaptchaStore.objects.count() == 1


def test_read_only(program):
    answer = program.post("captcha")
    assert (errors_of(answer), answer["Allow"]) == ([(None, "method_not_allowed")], "GET")
    assert CaptchaStore.objects.count() == 0
