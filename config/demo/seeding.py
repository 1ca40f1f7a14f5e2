"""Makes the demo association, step by step; what is already there is left as it is."""

from collections import Counter

from django.db import transaction
from django.test.utils import override_settings
from django.utils import timezone, translation

from config.demo import association, notices_members, notices_open, notices_receipts, units
from config.demo.answers import Clerks
from config.demo.chasing import chase, take_attendance
from config.demo.dues import Bookkeeper
from config.demo.dues_papers import Cashier
from config.demo.notices_receipts import CHASED
from config.demo.publishing import Press
from config.demo.register import Register
from config.demo.site import Site, make_room_for_events
from config.demo.writing import Calendar
from membership.messaging import actions as messaging
from membership.messaging.models import OutboundMessage
from membership.messaging.states import MessageState
from membership.tracking.states import ReceiptKind


def seed():
    """Make what is missing of the demo association, all of it or nothing; returns a Counter of what is new."""
    with transaction.atomic(), translation.override("zh-hans"):
        return _seed()


def _seed():
    made = Counter()
    accounts = association.Accounts()
    made["facts"] += association.state_facts() + association.settle_site()
    staff, made["staff"] = association.employ_staff(accounts)
    made["facts"] += association.furnish_home_page(staff["editor"])

    today = timezone.localdate()
    before = OutboundMessage.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    register = Register(accounts, staff["reviewer"])
    named = units.named_units()
    made["units"] = sum(register.enter(plan) for plan in [*named, *units.invented_units(today)])
    made["seats"] = register.staff_first_unit(named[0])
    register.entrust_branches(staff["secretary"], by=staff["administrator"])
    register.ask_for_changes(named)
    made["orders"] = Bookkeeper(staff["finance"], today).open_books(named)
    if made["orders"]:
        Cashier(staff["finance"], today).clear_the_desk()

    days = Calendar(today)
    made["pages"] = make_room_for_events()
    plans = [*notices_open.notices(days), *notices_members.notices(days), *notices_receipts.notices(days)]
    press = Press(days, staff["editor"])
    issued = press.issue_all(plans)
    clerks = Clerks(timezone.now())
    for page, plan in issued.items():
        read, answered = clerks.react(page, plan)
        press.close(page, plan)
        if plan.slug == CHASED:
            chase(page, staff["editor"])
        if plan.receipt == ReceiptKind.ATTENDANCE and plan.event["ends_at"] < timezone.now():
            take_attendance(page, staff["editor"])
        made.update(read=read, receipts=answered)
    made["notices"] = len(issued)
    made["pages"] += Site(days, staff["editor"]).build()
    _settle_old_messages(before)
    return made


def _settle_old_messages(before):
    """The messages of the demo's past were received long ago: none shall appear on the console or leave the house."""
    with override_settings(SMS_GATEWAY="memory", EMAIL_BACKEND="django.core.mail.backends.dummy.EmailBackend"):
        for message in OutboundMessage.objects.filter(pk__gt=before, state=MessageState.QUEUED):
            messaging.send(message)
