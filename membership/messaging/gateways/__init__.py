"""Gateways: one module per provider with `send(recipient, text) -> provider's reference`.

Raise `TemporaryFailure` when the message certainly did not leave and may be tried again, `PermanentFailure` when it
never will. Anything else leaves the outcome unknown, and the message is not sent again by the machine.
"""

from importlib import import_module

from django.conf import settings


class TemporaryFailure(Exception):
    """Not sent, may be tried again."""


class PermanentFailure(Exception):
    """Not sent, and trying again would not help (number switched off, refused by the provider)."""


def sms_gateway():
    """The gateway module that the environment asks for."""
    return import_module(settings.SMS_GATEWAY)
