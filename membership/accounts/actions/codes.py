"""Codes by text message: sent within limits, redeemed once. Every flow that sends or checks a code passes here."""

import ipaddress
import unicodedata
import uuid
from datetime import timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from membership.accounts.models import SmsCode, SmsCodeSettings
from membership.accounts.states import CodePurpose
from membership.audit.actions import record
from membership.audit.origin import current_address
from membership.exceptions import Refusal
from membership.messaging import actions as messaging

# (seconds, sends): for one number and for one address. Who has one IPv6 address has the 2⁶⁴ of its network.
NUMBER_LIMITS = [(60, 1), (3_600, 5), (86_400, 10)]
ADDRESS_LIMITS = [(3_600, 20), (86_400, 100)]
HOUR = timedelta(hours=1)
IPV6_NETWORK = 64


class TooManyCodes(Refusal):
    """A limit is reached; `seconds` says how long to wait, None that codes are switched off."""

    def __init__(self, seconds):
        super().__init__(words_for(seconds), code="too_many_codes")
        self.seconds = seconds


def send_code(key, purpose, phone, *, by=None):
    """Send the code `key` (a UUID that stands for it in the session) to this number; returns its row.

    Raises Refusal with the waiting time when a limit of the number, the address or the whole site is reached, or when
    the administrator has switched codes off. Nothing is sent then.
    """
    with transaction.atomic():
        code = _take_turn(phone, id=key, purpose=purpose)
        messaging.post(
            "sms",
            "verification_code",
            str(phone),
            by=by,
            secrets={"code": code.digits},
            expires_at=code.expires_at,
        )
        record("accounts.send_code", code, by=by, after={"purpose": purpose}, in_history=False)
    return code


def tell_holder(template, phone, *, by=None):
    """Tell the holder of a number what was tried with it, under the same limits as a code. Raises Refusal likewise."""
    with transaction.atomic():
        code = _take_turn(phone, purpose=CodePurpose.NONE)
        messaging.post("sms", template, str(phone), by=by)
        record("accounts.tell_holder", code, by=by, after={"template": template}, in_history=False)
    return code


def _take_turn(phone, **fields):
    """Count this send against every limit, one caller after the other; raises Refusal, returns the new row."""
    SmsCodeSettings.objects.get_or_create(pk=1)
    rules = SmsCodeSettings.objects.select_for_update().get(pk=1)
    wait = waiting_seconds(phone, rules)
    if wait != 0:
        raise TooManyCodes(wait)
    return SmsCode.objects.create(phone=phone, address=counted_address(), **fields)


def waiting_seconds(phone, rules, now=None):
    """Seconds until the next code may go to this number from this address; 0 for now, None for not at all."""
    now = now or timezone.now()
    if not rules.is_sending:
        return None
    waits = [_wait(SmsCode.objects.filter(phone=phone), seconds, limit, now) for seconds, limit in NUMBER_LIMITS]
    address = counted_address()
    if address:
        sent = SmsCode.objects.filter(address=address)
        waits += [_wait(sent, seconds, limit, now) for seconds, limit in ADDRESS_LIMITS]
    if SmsCode.objects.since(now - HOUR).count() >= rules.codes_per_hour:
        waits.append(3_600)
    return max(waits)


def counted_address():
    """The address of the request as limits count it: of IPv6 the network, of which one customer has all."""
    address = current_address()
    try:
        ip = ipaddress.IPv6Address(address)
    except ValueError:
        return address
    return str(ip.ipv4_mapped or ipaddress.IPv6Network((int(ip), IPV6_NETWORK), strict=False).network_address)


def _wait(sent, seconds, limit, now):
    """How long until fewer than `limit` of `sent` lie within the last `seconds`."""
    recent = sent.since(now - timedelta(seconds=seconds)).order_by("-sent_at").values_list("sent_at", flat=True)
    last = list(recent[limit - 1 : limit])
    return max(1, round((last[0] + timedelta(seconds=seconds) - now).total_seconds())) if last else 0


def words_for(seconds):
    """The sentence for somebody who must wait so long."""
    if seconds is None:
        return _("Codes by text message are switched off at present. Call the association.")
    if seconds <= 90:
        words = ngettext(
            "Wait %(number)d second before you ask for the next code.",
            "Wait %(number)d seconds before you ask for the next code.",
            seconds,
        )
        return words % {"number": seconds}
    return _("Too many codes have been asked for. Try again in %(minutes)d minutes.") % {"minutes": -(-seconds // 60)}


def redeem_code(key, typed, *, purpose, phone=None):
    """Use up the code that `key` stands for, if `typed` is right: true once, for one purpose, within ten minutes.

    With `phone` it must also have been sent to that number.

    Five wrong tries void a code, counted by the database. An unknown key does the same work and is false.
    """
    now = timezone.now()
    key = _uuid(key)
    bound = {"purpose": purpose} | ({"phone": phone} if phone else {})
    may_try = SmsCode.objects.count_try(key, now, **bound)
    code = SmsCode.objects.filter(pk=key).first()
    is_right = constant_time_compare(code.digits if code else "", _digits(typed))
    return bool(may_try and code and is_right and SmsCode.objects.use(key, now))


def _digits(typed):
    """What was typed, in half-width digits without spaces and dashes."""
    return "".join(c for c in unicodedata.normalize("NFKC", str(typed)) if c not in " -\u3000")


def _uuid(key):
    try:
        return uuid.UUID(str(key))
    except ValueError:
        return uuid.uuid4()


def forget_codes():
    """Delete the codes that no limit looks back to; returns how many."""
    return SmsCode.objects.forgettable(timezone.now()).delete()[0]
