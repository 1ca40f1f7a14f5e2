"""Mobile numbers: what people type, what is a number of ours, how it is shown."""

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError

from membership.accounts.forms import MobileField
from membership.accounts.models import User
from membership.accounts.phones import mask, national, validate_mobile
from tests.factories import PASSWORD, UserFactory

NUMBER = "+8613811138111"
SENTENCE = ["请填写 11 位手机号码"]


@pytest.mark.parametrize(
    "typed",
    [
        "13811138111",
        "138 1113 8111",
        " 138-1113-8111 ",
        "+86 138 1113 8111",
        "+8613811138111",
        "8613811138111",
        "86 13811138111",
        "(+86)13811138111",
        "１３８１１１３８１１１",
        "＋８６１３８１１１３８１１１",
        "138\u30001113\u30008111",
        "138\u00a01113\u20118111",
        "\u202d13811138111\u202c",
        "\ufeff13811138111",
    ],
)
def test_mobile_field_forgives_how_a_number_is_typed(typed):
    assert MobileField().clean(typed) == NUMBER


@pytest.mark.parametrize(
    "typed",
    [
        "1381113811",
        "138111381111",
        "12345678901",
        "10000000000",
        "+85291234567",
        "+1 202 555 0123",
        "4008001234",
        "400-800-1234",
        "02886000000",
        "028-8600 0000",
        "0086 13811138111",
        "1381113811a",
        "13811138111;13811138112",
        "admin",
        "１３８１１１３８１１",
        "١٣٨١١١٣٨١١١",
        "8" * 31,
        "<script>",
    ],
)
def test_mobile_field_refuses_what_is_no_mainland_mobile(typed):
    with pytest.raises(ValidationError) as refused:
        MobileField().clean(typed)
    assert refused.value.messages == SENTENCE


@pytest.mark.parametrize("typed", ["1381113\x008111", "13811138111\x00"])
def test_mobile_field_refuses_nul(typed):
    with pytest.raises(ValidationError):
        MobileField().clean(typed)


@pytest.mark.parametrize("typed", ["", "   ", "\u3000", None])
def test_mobile_field_asks_for_a_number(typed):
    with pytest.raises(ValidationError) as refused:
        MobileField().clean(typed)
    assert [error.code for error in refused.value.error_list] == ["required"]
    assert MobileField(required=False).clean(typed) == ""


def test_mobile_field_calls_up_the_number_pad_once():
    html = MobileField().widget.render("login", None)
    assert html.count("type=") == 1
    assert 'type="tel"' in html


@pytest.mark.parametrize(
    "phone",
    [
        "13811138111",
        "+85291234567",
        "+862886000000",
        "+8612345678901",
        "+864008001234",
        NUMBER + "\n",
        NUMBER + "\0",
        "",
    ],
)
def test_validator_refuses(phone):
    with pytest.raises(ValidationError) as refused:
        validate_mobile(phone)
    assert (refused.value.messages, refused.value.code) == (SENTENCE, "not_mobile")


@pytest.mark.parametrize("prefix", range(13, 20))
def test_validator_accepts_every_mobile_range(prefix):
    validate_mobile(f"+86{prefix}000000000")


@pytest.mark.parametrize(
    ("phone", "digits", "shown"),
    [(NUMBER, "13811138111", "138****8111"), ("+85291234567", "", ""), ("", "", ""), (None, "", "")],
)
def test_national_and_masked_form(phone, digits, shown):
    assert (national(phone), mask(phone)) == (digits, shown)


# --- User -----------------------------------------------------------------------------------------------------------
@pytest.mark.django_db
@pytest.mark.parametrize("phone", ["13811138111", NUMBER, "138 1113 8111"])
def test_manager_stores_the_international_form(phone):
    user = User.objects.create_user(phone, PASSWORD, email="Li@EXAMPLE.com", name="李四")
    user.refresh_from_db()
    assert (str(user.phone), user.email, user.is_staff, user.is_superuser) == (NUMBER, "Li@example.com", False, False)
    assert user.check_password(PASSWORD)
    assert user.phone_verified  # or a stranger's sign-up would replace the account, and nobody could log in


@pytest.mark.django_db
def test_manager_makes_a_superuser_who_is_staff():
    user = User.objects.create_superuser("13811138111", PASSWORD)
    assert (user.is_staff, user.is_superuser, user.is_active) == (True, True, True)


@pytest.mark.django_db
@pytest.mark.parametrize("phone", ["+85291234567", "028-86000000", "4008001234", "", None, "nonsense"])
def test_manager_makes_no_account_without_a_mainland_mobile(phone):
    with pytest.raises(ValidationError):
        User.objects.create_user(phone, PASSWORD)
    assert User.objects.count() == 0


@pytest.mark.django_db
def test_account_without_password_cannot_log_in_by_one():
    assert User.objects.create_user("13811138111").has_usable_password() is False


@pytest.mark.django_db
def test_number_belongs_to_one_account():
    UserFactory(phone=NUMBER)
    with pytest.raises(IntegrityError):
        User.objects.create_user("138 1113 8111", PASSWORD)


@pytest.mark.parametrize(("name", "shown"), [("李四", "李四"), ("", "138****8111")])
def test_person_is_called_by_name_or_by_the_masked_number(name, shown):
    user = User(phone=NUMBER, name=name)
    assert [str(user), user.get_full_name(), user.get_short_name(), user.first_name] == [shown] * 4
    assert user.get_username() == NUMBER


@pytest.mark.django_db
def test_superusers_are_looked_after_by_superusers():
    root, administrator, member = UserFactory(root=True), UserFactory(staff=True), UserFactory()
    assert set(User.objects.staff_for(root)) == {root, administrator}
    assert set(User.objects.staff_for(administrator)) == {administrator}
    assert member not in User.objects.staff_for(root)
