"""Gateways: one module per provider, each with `send(recipient, text, *, template, variables) -> reference`.

`text` is the whole SMS with its signature. Providers in China take their own approved `template` (its code, empty when
the administrator has entered none) and the `variables` instead; the others pass over both. The reference is what the
provider calls the message.

Raise `TemporaryFailure` when the message certainly did not leave and may be tried again, `PermanentFailure` when it
never will. Anything else leaves the outcome unknown, and the message is not sent again by the machine. There is no
circuit breaker: only workers wait for a gateway, each a few seconds, and the back-off of jobs spaces the tries.
"""

from importlib import import_module

from django.conf import settings


class TemporaryFailure(Exception):
    """Not sent, may be tried again."""


class PermanentFailure(Exception):
    """Not sent, and trying again would not help (number switched off, refused by the provider)."""


def sms_gateway():
    """The gateway module that the environment asks for: a name of this package (sns), or the path of a module."""
    name = settings.SMS_GATEWAY
    return import_module(name if "." in name else f"{__name__}.{name}")
