"""工作台: what a unit has to do now."""

from django.db.models import Count, Min
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from membership.tracking.models import Delivery
from membership.units.states import DocumentKind, Duty
from portal.marks import Message, day_and_time, days_left
from portal.shell import Shell
from portal.steps import certification_steps, first_steps
from portal.views.gates import for_persons
from portal.views.people import invitations_to

LATEST = 5


@require_safe
@for_persons
def index(request):
    """The list of steps that lead to certification, with invitations; afterwards what is unread and unanswered."""
    if Shell.of(request).unit is None:
        context = {"steps": first_steps(), "invitations": invitations_to(request.user)}
        return render(request, "portal/home/steps.html", context)
    return _of_unit(request)


def _of_unit(request):
    shell = Shell.of(request)
    if not shell.is_certified:
        has_papers = shell.unit.documents.exclude(kind=DocumentKind.RECEIPT).exists()
        # Somebody who has begun a draft of a unit that the office has imported since may take that one over.
        offers = invitations_to(request.user).filter(duty=Duty.OWNER)
        context = {"steps": certification_steps(shell, has_papers), "invitations": offers}
        return render(request, "portal/home/steps.html", context)
    now = timezone.now()
    sent = Delivery.objects.for_user(request.user).filter(unit=shell.unit)
    owed = (
        sent.awaiting_receipt().open_for_receipt(now).order_by().aggregate(number=Count("pk"), nearest=Min("deadline"))
    )
    nearest = owed["nearest"]
    context = {
        "unread": shell.unread_total,
        "owed": owed["number"],
        "nearest": f"{day_and_time(nearest, now)}" if nearest else "",
        "nearest_left": days_left(nearest, now) if nearest else "",
        "latest": [Message(delivery, now) for delivery in sent.for_list().order_by("-delivered_at", "-pk")[:LATEST]],
    }
    return render(request, "portal/home/index.html", context)
