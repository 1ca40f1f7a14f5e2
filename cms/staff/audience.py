"""What the editor's page asks while an audience is chosen: how many units it reaches, what publishing comes to, and
which units have a name."""

from django.core.exceptions import PermissionDenied
from django.db.models import Exists, OuterRef, Q
from django.http import JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_POST
from wagtail.admin.auth import user_has_any_page_permission

from cms.forms.audience import AudienceFields
from membership.tracking import audience
from membership.tracking.models import Delivery, Reminder
from membership.tracking.states import Occasion, ReceiptKind
from membership.units.models import Seat, Unit
from membership.units.states import Duty

PREVIEW = 20
FOUND = 20
# Of a unit: somebody answers for it and is told by text message; without one the association has no mobile number.
HAS_PHONE = Exists(Seat.objects.filter(unit=OuterRef("pk"), duty=Duty.OWNER))


@require_POST
def count(request):
    """「将发送给 N 家单位（其中 N 家无手机号）」 for the choices as they stand, with the first names."""
    require_editor(request.user)
    form = AudienceFields(request.POST)
    form.full_clean()
    rules = form.chosen_rules()
    reached = audience.units(rules)
    total = reached.count()
    context = {
        "count": total,
        "without_phone": reached.filter(~HAS_PHONE).count() if total else 0,
        "is_chosen": bool(rules),
        "units": reached.order_by("name", "pk")[:PREVIEW] if total else [],
        "rest": max(total - PREVIEW, 0),
    }
    return render(request, "cms/staff/audience_count.html", context)


@require_POST
def ask(request):
    """What publishing now would come to: how many units, how many new, how many text messages. Empty for nobody."""
    require_editor(request.user)
    form = AudienceFields(request.POST)
    form.full_clean()
    reached = audience.units(form.chosen_rules())
    page = request.POST.get("page", "")
    sent = Delivery.objects.filter(notice=int(page)) if page.isascii() and page.isdigit() and len(page) < 10 else None
    fresh = reached if sent is None else reached.exclude(pk__in=sent.values("unit"))
    new = fresh.count()
    asks = request.POST.get("receipt_kind", ReceiptKind.NONE) != ReceiptKind.NONE
    context = {
        "count": reached.count(),
        "new": new,
        "sms": _to_be_told(fresh, sent) if new and request.POST.get("notify_by_sms") else 0,
        "deadline": request.POST.get("deadline", "")[:16] if asks else "",
    }
    return render(request, "cms/staff/audience_ask.html", context)


def _to_be_told(fresh, sent):
    """How many units are sent a text message: new ones, and those that got the notice without one before."""
    told = Reminder.objects.filter(delivery=OuterRef("pk"), occasion=Occasion.NEW)
    concerned = Q(pk__in=fresh.values("pk"))
    if sent is not None:
        concerned |= Q(pk__in=sent.of_members().filter(~Exists(told)).values("unit"))
    return Unit.objects.filter(concerned, HAS_PHONE).count()


@require_GET
def units(request):
    """Certified units whose name contains, or whose credit code starts with, what was typed."""
    require_editor(request.user)
    words = request.GET.get("q", "").strip()
    found = Unit.objects.certified().filter(Q(name__icontains=words) | Q(uscc__istartswith=words)) if words else []
    rows = [{"id": unit.pk, "name": unit.name} for unit in found[:FOUND]]
    return JsonResponse({"units": rows})


def require_editor(user):
    if not user_has_any_page_permission(user):
        raise PermissionDenied
