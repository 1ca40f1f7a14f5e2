"""`make run` refuses in words what it cannot do, and prints accounts that can exist."""

import socket

import pytest
from django.core.management import CommandError, call_command
from phonenumber_field.phonenumber import PhoneNumber

from config.demo.accounts import DEMO_ACCOUNTS, DEMO_STAFF
from config.management.commands.rundemo import HOST, staff_labels


def test_known_passwords_are_never_served_outside_development(settings):
    settings.IS_DEMO = False
    with pytest.raises(CommandError, match=r"开发设置|development settings"):
        call_command("rundemo")


def test_port_in_use_is_said_before_anything_starts(settings):
    settings.IS_DEMO = True
    with socket.create_server((HOST, 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(CommandError, match=f" {port} "):
            call_command("rundemo", port=port)


def test_every_demo_account_has_a_mobile_number_of_its_own():
    numbers = [PhoneNumber.from_string(account.phone, region="CN") for account in DEMO_ACCOUNTS]
    assert [number.is_valid() for number in numbers] == [True] * len(DEMO_ACCOUNTS)
    assert len(set(numbers)) == len(DEMO_ACCOUNTS)


def test_every_staff_role_has_a_word():
    assert set(staff_labels()) == {account.role for account in DEMO_STAFF}
