"""What the editor's page asks while an audience is chosen: how many units it reaches, and which units have a name."""

from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_POST
from wagtail.admin.auth import user_has_any_page_permission

from cms.forms.audience import AudienceFields
from membership.tracking import audience
from membership.units.models import Unit

PREVIEW = 20
FOUND = 20


@require_POST
def count(request):
    """「将发送给 N 家单位」 for the choices as they stand, with the first names."""
    _require_editor(request.user)
    form = AudienceFields(request.POST)
    form.full_clean()
    rules = form.chosen_rules()
    reached = audience.units(rules)
    total = reached.count()
    context = {
        "count": total,
        "is_chosen": bool(rules),
        "units": reached.order_by("name", "pk")[:PREVIEW] if total else [],
        "rest": max(total - PREVIEW, 0),
    }
    return render(request, "cms/staff/audience_count.html", context)


@require_GET
def units(request):
    """Certified units whose name contains, or whose credit code starts with, what was typed."""
    _require_editor(request.user)
    words = request.GET.get("q", "").strip()
    found = Unit.objects.certified().filter(Q(name__icontains=words) | Q(uscc__istartswith=words)) if words else []
    rows = [{"id": unit.pk, "name": unit.name} for unit in found[:FOUND]]
    return JsonResponse({"units": rows})


def _require_editor(user):
    if not user_has_any_page_permission(user):
        raise PermissionDenied
