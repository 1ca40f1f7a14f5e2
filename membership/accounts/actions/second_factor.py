"""Verbs of the second factor: what its holder did is recorded, and the administrator takes one back that was lost."""

from allauth.mfa.models import Authenticator
from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from membership.accounts.models import User
from membership.audit.actions import record
from membership.exceptions import Refusal
from membership.messaging import actions as messaging


def note_second_factor(user, what, kind):
    """The person has `added`, `removed` or `renewed` a factor of this kind, on allauth's pages."""
    record("accounts.second_factor", user, by=user, after={what: str(kind)}, in_history=False)


def reset_second_factor(user, *, by):
    """Take every second factor from a colleague who has lost it; all sessions of the colleague end, who is told by SMS.

    Raises Refusal when there is none, and for one's own: that is changed on one's own page.
    """
    if user == by:
        raise Refusal(_("Change your own second factor on its own page."), code="own")
    with transaction.atomic():
        lost = Authenticator.objects.filter(user=user)
        kinds = sorted(lost.values_list("type", flat=True))
        if not lost.delete()[0]:
            raise Refusal(_("This colleague has no second factor."), code="none")
        User.objects.filter(pk=user.pk).update(sessions_ended=F("sessions_ended") + 1)
        record("accounts.reset_second_factor", user, by=by, before={"factors": kinds})
        messaging.post("sms", "second_factor_reset", str(user.phone), by=by)
