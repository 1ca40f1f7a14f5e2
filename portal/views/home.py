"""工作台: what a unit has to do now."""

from django.db.models import Count, Min
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from membership.dues.standing import Account
from membership.tracking.models import Delivery
from membership.units.models import Review
from membership.units.states import Duty, ReviewState, ReviewSubject
from portal.dues_marks import standing_mark
from portal.expiry import expiring
from portal.marks import Message, day_and_time, days_left
from portal.shell import Shell
from portal.steps import certification_steps, first_steps
from portal.views.gates import for_persons
from portal.views.people import invitations_to

LATEST = 5
TO_BE_TOLD = [ReviewState.OPEN, ReviewState.RETURNED]


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
    if shell.has_stopped:
        return render(request, "portal/home/stopped.html")
    if not shell.is_certified:
        # Somebody who has begun a draft of a unit that the office has imported since may take that one over.
        offers = invitations_to(request.user).filter(duty=Duty.OWNER)
        context = {"steps": certification_steps(shell), "invitations": offers}
        return render(request, "portal/home/steps.html", context)
    now = timezone.now()
    sent = Delivery.objects.for_user(request.user).filter(unit=shell.unit)
    owed = (
        sent.awaiting_receipt().open_for_receipt(now).order_by().aggregate(number=Count("pk"), nearest=Min("deadline"))
    )
    nearest = owed["nearest"]
    dues = Account(shell.unit, now, certification=shell.certification).standing
    context = {
        "unread": shell.unread_total,
        "owed": owed["number"],
        "nearest": f"{day_and_time(nearest, now)}" if nearest else "",
        "nearest_left": days_left(nearest, now) if nearest else "",
        "latest": [Message(delivery, now) for delivery in sent.for_list().order_by("-delivered_at", "-pk")[:LATEST]],
        "dues": dues,
        "dues_mark": standing_mark(dues),
        "papers": expiring(shell.unit, timezone.localdate(now)),
        **_requests(request),
    }
    return render(request, "portal/home/index.html", context)


def _requests(request):
    """The newest request for a change and to leave, while it is under review or has come back. One query."""
    asked = Review.objects.for_user(request.user).filter(membership=Shell.of(request).certification)
    asked = asked.exclude(subject=ReviewSubject.APPLICATION).exclude(state=ReviewState.VOID)
    newest = {review.subject: review for review in asked.order_by("pk")}
    told = {subject: review if review.state in TO_BE_TOLD else None for subject, review in newest.items()}
    return {"change": told.get(ReviewSubject.CHANGE), "leaving": told.get(ReviewSubject.LEAVE)}
