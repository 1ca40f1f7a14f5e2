"""Bad input in one field of 单位信息 at a time, all the way: refused in words, or handed in and on file."""

import pytest

from membership.units.models import ProfileDraft, Review
from tests.membership.units.profiles import TEXTS, VECTORS, as_posted, certificate, entries, is_chinese
from tests.portal.profile import CHECK, EDIT, UNIT, Applicant, S, parsed, summary, version, written

pytestmark = pytest.mark.django_db

TYPED = [name for name in VECTORS if name != "surrogate"]  # a browser sends none


@pytest.fixture
def us(db):
    return Applicant()


def hand_in(us, values):
    """The answer to the form, and when it was taken the one to the check as well."""
    ProfileDraft.objects.all().delete()
    answer = us.client.post(EDIT, as_posted(values, action="submit"))
    if answer.status_code == 302:
        assert us.client.get(CHECK).status_code == 200
        answer = us.client.post(CHECK, {"version": version(us.unit)})
        assert answer["Location"] == f"{UNIT}?submitted"
    return answer


@pytest.mark.parametrize("vector", TYPED)
def test_a_field_at_a_time(us, vector):
    text = VECTORS[vector]
    for field in TEXTS:
        before = written()
        answer = hand_in(us, entries(us.unit, **{field: text}))
        if answer.status_code == 302:
            assert us.state == S.PENDING
            assert "\0" not in str(getattr(us.fresh, field))
            assert us.client.get(UNIT).status_code == 200
        else:
            told = [words for _link, words in summary(parsed(answer))]
            assert (field, answer.status_code, bool(told)) == (field, 422, True)
            assert [words for words in told if not is_chinese(words)] == []
            assert answer.context["form"][field].value() == text
            assert written() == before


@pytest.mark.parametrize("vector", TYPED)
def test_a_field_of_a_certificate_at_a_time(us, vector):
    text = VECTORS[vector]
    for field in ("grade", "certificate_no", "issuer", "valid_until"):
        answer = hand_in(us, entries(us.unit, rows=[certificate(us.unit) | {field: text}]))
        if answer.status_code == 302:
            assert "\0" not in str(Review.objects.open().get().snapshot)
            assert us.client.get(UNIT).status_code == 200
        else:
            assert [words for _link, words in summary(parsed(answer)) if not is_chinese(words)] == []
            assert answer.status_code == 422
