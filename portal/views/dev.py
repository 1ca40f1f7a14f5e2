"""For whoever tries the demo: the text messages that nobody really gets, codes among them."""

from django.conf import settings
from django.http import Http404
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from membership.messaging.gateways import console, sms_gateway


def has_inbox():
    """Whether texts are printed on a demo machine instead of sent. Anywhere else the inbox does not exist."""
    return settings.IS_DEMO and sms_gateway() is console


@require_safe
@never_cache
def inbox(request):
    """The last texts, newest first."""
    if not has_inbox():
        raise Http404
    return render(request, "portal/dev/inbox.html", {"texts": console.inbox()})
