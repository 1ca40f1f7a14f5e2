"""会费缴纳: how dues are reckoned and whom to ask."""

from django.shortcuts import render
from django.views.decorators.http import require_safe

from portal.views.gates import for_certified_units


@require_safe
@for_certified_units
def index(request):
    return render(request, "portal/dues/index.html")
