"""What people and others may type into the forms of a branch: understood, kept, or refused beside its field."""

import pytest

from membership.units.profile import CONTACT
from membership.units.states import MembershipState
from tests.membership.units.profiles import VECTORS as EVERY_VECTOR
from tests.membership.units.profiles import is_chinese
from tests.portal.branches import APPLY, TABLE, counted, entered, errors, in_branch, look_at, nothing_happened, of

pytestmark = pytest.mark.django_db

S = MembershipState
TOO_MUCH = "字" * 10_000
VECTORS = ["", "   ", "\u3000", "一" * 51, TOO_MUCH, "一\x00二", "一\u202e二", "\n"]
KEPT = {
    "王\u200b五": "王五",
    "𠮷田😀": "𠮷田😀",
    "王\n五": "王 五",
    "<script>alert(1)</script>": "<script>alert(1)</script>",
    "{{7*7}}": "{{7*7}}",
    "'\"--": "'\"--",
    "=1+1": "=1+1",
    "../": "../",
    "%0d%0aX:1": "%0d%0aX:1",
    "字" * 50: "字" * 50,
}


@pytest.mark.parametrize("name", VECTORS)
@pytest.mark.parametrize("address", [APPLY, f"{TABLE}safety/contact/"])
def test_a_name_that_is_none_is_refused_beside_its_field(ours, address, name):
    in_branch(ours.unit, S.ACTIVE, slug="safety")
    before = counted(ours.unit)
    response = ours.client.post(address, entered(contact_name=name, contact_department="安全部"))
    page = look_at(response, 422)
    assert list(errors(page)) == ["contact_name"]
    assert page.title.text.startswith("错误：")
    assert page.select_one(".error-summary a")["href"] == "#id_contact_name"
    assert page.select_one("#id_contact_department")["value"] == "安全部"
    assert nothing_happened(ours.unit, before)


@pytest.mark.parametrize("name", KEPT)
def test_a_name_is_kept_as_it_was_meant(ours, name):
    assert ours.client.post(APPLY, entered(contact_name=name)).status_code == 302
    assert of(ours.unit).contact_name == KEPT[name]
    assert ours.client.get(APPLY).text.count("<script>alert") == 0


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("contact_phone", ""),
        ("contact_phone", "12345"),
        ("contact_phone", "13811138111; drop"),
        ("contact_phone", "＋1 202 555 0123"),
        ("contact_department", "一" * 51),
        ("qq", "1234"),
        ("qq", "1234567890123"),
        ("qq", "abcde"),
        ("email", "中文@"),
        ("email", "a@" + "b" * 300 + ".cn"),
        ("email", "a@b\x00.cn"),
    ],
)
def test_every_field_says_what_is_wrong_with_it(ours, field, value):
    before = counted(ours.unit)
    page = look_at(ours.client.post(APPLY, entered(**{field: value})), 422)
    assert list(errors(page)) == [field]
    assert nothing_happened(ours.unit, before)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("138 1113 8111", "13811138111"),
        ("０２８—８６００００００", "028-86000000"),
        ("028-86000000-801", "028-86000000-801"),
    ],
)
def test_numbers_are_understood_as_people_type_them(ours, typed, kept):
    ours.client.post(APPLY, entered(contact_phone=typed))
    assert of(ours.unit).contact_phone == kept


@pytest.mark.parametrize("number", ["", "-1", "x", "9" * 20, "1.5"])
def test_a_forged_round_does_no_harm(ours, number):
    before = counted(ours.unit)
    assert ours.client.post(APPLY, entered(number)).status_code == 422
    assert nothing_happened(ours.unit, before)


@pytest.mark.parametrize("missing", [*CONTACT, "round"])
def test_a_field_that_is_not_sent_is_empty(ours, missing):
    data = {name: value for name, value in entered().items() if name != missing}
    response = ours.client.post(APPLY, data)
    assert response.status_code == (422 if missing in {"contact_name", "contact_phone", "round"} else 302)


def test_of_two_values_the_last_one_counts(ours):
    ours.client.post(APPLY, entered(contact_name=["王五", "李四"]))
    assert of(ours.unit).contact_name == "李四"


@pytest.mark.parametrize("field", CONTACT)
@pytest.mark.parametrize("vector", [name for name in EVERY_VECTOR if name != "surrogate"])
def test_every_vector_in_every_field_is_written_or_refused_in_words(ours, vector, field):
    text = EVERY_VECTOR[vector]
    before = counted(ours.unit)
    answer = ours.client.post(APPLY, entered(**{field: text}))
    if answer.status_code == 302:
        written = getattr(of(ours.unit), field)
        assert (of(ours.unit).state, "\0" in written, "\n" in written) == (S.PENDING, False, False)
        assert ours.client.get(APPLY).status_code == 200
    else:
        told = errors(look_at(answer, 422))
        assert (list(told), is_chinese(told[field])) == ([field], True)
        assert answer.context["form"][field].value() == text
        assert nothing_happened(ours.unit, before)
